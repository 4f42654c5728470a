/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls about mounts. */
#include <errno.h>
#include <limits.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "syscall/sys_proto.h"
#include "vfs/mount.h"

/* A string that may be NULL, which is the same as empty. */
static int
get_string(struct lwp *l, struct upath u, char buf[PATH_MAX])
{
	int error;

	buf[0] = '\0';
	error = u_is_null(u.addr) ? 0 : upath_get(l, u, buf, true);
	return error == ENAMETOOLONG ? EINVAL : error;
}

int
sys_mount(struct lwp *l, struct upath source, struct upath target, struct upath type,
    unsigned long flags, struct upath data)
{
	char from[PATH_MAX], on[PATH_MAX], fs[PATH_MAX], options[PATH_MAX];
	int error = get_string(l, type, fs);

	if (error == 0)
		error = get_string(l, source, from);
	if (error == 0)
		error = get_string(l, data, options);
	if (error == 0)
		error = upath_get(l, target, on, false);
	if (error != 0)
		return error;
	return vfs_mount(l, from, on, u_is_null(type.addr) ? NULL : fs, flags, options);
}

int
sys_umount2(struct lwp *l, struct upath target, int flags)
{
	char on[PATH_MAX];
	int error = upath_get(l, target, on, false);

	return error != 0 ? error : vfs_umount(l, on, flags);
}
