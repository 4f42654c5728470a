/* SPDX-License-Identifier: BSD-2-Clause */
/* Device nodes: the few devices of the rump kernel are the host's own, by number. */
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "vfs/vnode.h"

int
device_open(const struct vnode *vn, int flags, int *ret_fd)
{
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
	};
	int fd;

	if (S_ISCHR(vn->mode))
		for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++)
			if (vn->rdev == makedev(devices[i].major, devices[i].minor)) {
				flags &= O_ACCMODE | O_APPEND | O_NONBLOCK;
				fd = open(devices[i].host_path, flags | O_NOCTTY | O_CLOEXEC);
				if (fd == -1)
					return errno == EMFILE ? ENFILE : errno;
				*ret_fd = fd;
				return 0;
			}
	return ENXIO;
}
