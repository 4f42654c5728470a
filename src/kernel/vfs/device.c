/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device nodes: the few devices of the rump kernel are the host's, by number, but for those that
 * have a driver of ours (device.h).  Where the host lets us, a program gets a node that is this
 * vnode's alone (special.h).  Else, and for terminals, it is the host's own node: a program that
 * sees two worlds opens that itself, so that what is said of its terminal is true of its own; for
 * others the server does.
 */
#include "vfs/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/sysmacros.h>

#include "kern/proc.h"
#include "vfs/special.h"
#include "vfs/vnode.h"

static const struct device {
	unsigned major, minor;
	const char *host_path;
	bool is_terminal;
} devices[] = {
    {1, 3, "/dev/null", false},
    {1, 5, "/dev/zero", false},
    {1, 7, "/dev/full", false},
    {1, 8, "/dev/random", false},
    {1, 9, "/dev/urandom", false},
    {5, 0, "/dev/tty", true},
    {5, 2, "/dev/ptmx", true},
};

static SLIST_HEAD(, device_driver) drivers = SLIST_HEAD_INITIALIZER(drivers);

static struct device_driver *
driver_of(dev_t number)
{
	struct device_driver *d;

	SLIST_FOREACH(d, &drivers, link)
	if (number == makedev(d->major, d->minor))
		return d;
	return NULL;
}

void
device_add(struct device_driver *d)
{
	if (driver_of(makedev(d->major, d->minor)) == NULL)
		SLIST_INSERT_HEAD(&drivers, d, link);
}

static const struct device *
device_of(const struct vnode *vn)
{
	if (S_ISCHR(vn->mode))
		for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++)
			if (vn->rdev == makedev(devices[i].major, devices[i].minor))
				return &devices[i];
	return NULL;
}

int
device_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd)
{
	const struct device_driver *own = S_ISCHR(vn->mode) ? driver_of(vn->rdev) : NULL;
	const struct device *d = device_of(vn);
	int fd;

	if (own != NULL)
		return own->open(flags, ret_fd);
	if (d == NULL)
		return ENXIO;
	flags &= SPECIAL_OPEN_FLAGS;
	if (!d->is_terminal && special_need(vn) == 0 && special_open(vn, flags, ret_fd) == 0)
		return 0;
	if (l->proc->abslinks) {
		vfs_redirect_to_host(l, d->host_path);
		return EREDIRECT;
	}
	fd = open(d->host_path, flags | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return errno == EMFILE ? ENFILE : errno;
	*ret_fd = fd;
	return 0;
}
