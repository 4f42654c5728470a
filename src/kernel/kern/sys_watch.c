/* SPDX-License-Identifier: BSD-2-Clause */
/* inotify(7): see vfs/watch/. */
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

int
sys_deleg_watch(struct lwp *l, uint64_t dirfd, struct upath path, unsigned int mask)
{
	int flags = (mask & IN_DONT_FOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0;
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = upath_lookup(l, dirfd, path, flags, &vn);

	if (error == 0)
		error = vnode_access(vn, &l->proc->cred, R_OK);
	if (error == 0 && (mask & IN_ONLYDIR) != 0 && !vnode_is_dir(vn))
		error = ENOTDIR;
	if (error != 0)
		return error;
	return vn->ops->mirrored ? watch_add(vn, &l->out_fd)
				 : vn->ops->open(vn, O_PATH, &l->out_fd);
}

int
sys_deleg_watch_sync(struct lwp *l)
{
	(void)l;
	watch_sync();
	return 0;
}
