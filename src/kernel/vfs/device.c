/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device nodes: the few devices of the rump kernel are the host's own, by number.  A program that
 * sees two worlds opens them itself, so that what is said of its terminal is true of its own;
 * for others the server does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "kern/proc.h"
#include "vfs/vnode.h"

static const struct {
	unsigned major, minor;
	const char *host_path;
} devices[] = {
    {1, 3, "/dev/null"},
    {1, 5, "/dev/zero"},
    {1, 7, "/dev/full"},
    {1, 8, "/dev/random"},
    {1, 9, "/dev/urandom"},
    {5, 0, "/dev/tty"},
    {5, 2, "/dev/ptmx"},
};

static const char *
host_path(const struct vnode *vn)
{
	if (S_ISCHR(vn->mode))
		for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++)
			if (vn->rdev == makedev(devices[i].major, devices[i].minor))
				return devices[i].host_path;
	return NULL;
}

int
device_open(struct lwp *l, const struct vnode *vn, int flags, int *ret_fd)
{
	const char *path = host_path(vn);
	int fd;

	if (path == NULL)
		return ENXIO;
	if (l->proc->abslinks) {
		vfs_redirect_to_host(l, path);
		return EREDIRECT;
	}
	flags &= O_ACCMODE | O_APPEND | O_NONBLOCK;
	fd = open(path, flags | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return errno == EMFILE ? ENFILE : errno;
	*ret_fd = fd;
	return 0;
}
