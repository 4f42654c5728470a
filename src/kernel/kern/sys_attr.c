/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that change the attributes of files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/attr.h"
#include "vfs/inode_flags.h"
#include "vfs/vnode.h"

int
sys_fchmodat(struct lwp *l, uint64_t dirfd, struct upath path, mode_t mode, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return EINVAL;
	error = upath_lookup(l, dirfd, path, flags, &vn);
	return error != 0 ? error : vfs_chmod(vn, mode, &l->proc->cred);
}

int
sys_fchmod(struct lwp *l, uint64_t fd, mode_t mode)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, false, &vn);

	return error != 0 ? error : vfs_chmod(vn, mode, &l->proc->cred);
}

int
sys_deleg_inode_flags(struct lwp *l, uint64_t fd, int set, unsigned flags, int64_t *retval)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, false, &vn);

	if (error == 0 && vn->ops->set_inode_flags == NULL)
		error = ENOTTY;
	if (error == 0 && set != 0)
		error = vfs_set_inode_flags(vn, flags, &l->proc->cred);
	if (error == 0)
		*retval = vn->inode_flags;
	return error;
}

int
sys_fchownat(struct lwp *l, uint64_t dirfd, struct upath path, uid_t owner, gid_t group, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return EINVAL;
	error = upath_lookup(l, dirfd, path, flags, &vn);
	return error != 0 ? error : vfs_chown(vn, owner, group, &l->proc->cred);
}

int
sys_fchown(struct lwp *l, uint64_t fd, uid_t owner, gid_t group)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, false, &vn);

	return error != 0 ? error : vfs_chown(vn, owner, group, &l->proc->cred);
}

/* What utimensat works on: a path, or with a NULL path the descriptor itself. */
static int
utimens_target(struct lwp *l, uint64_t dirfd, struct upath path, int flags, struct vnode **ret)
{
	if (!u_is_null(path.addr))
		return upath_lookup(l, dirfd, path, flags, ret);
	if ((int32_t)dirfd == AT_FDCWD)
		return EFAULT;
	return flags != 0 ? EINVAL : fdword_vnode(l, dirfd, false, ret);
}

int
sys_utimensat(struct lwp *l, uint64_t dirfd, struct upath path, struct uin times, int flags)
{
	bool both_now = u_is_null(times.addr);
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct timespec ts[2];
	int error = 0;

	if (!both_now) {
		error = uin_get(l, times, 0, ts, sizeof ts);
		if (error != 0)
			return error;
		/* Nothing to do: Linux does not even look at the path. */
		if (ts[0].tv_nsec == UTIME_OMIT && ts[1].tv_nsec == UTIME_OMIT)
			return 0;
	}
	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return EINVAL;
	error = utimens_target(l, dirfd, path, flags, &vn);
	return error != 0 ? error : vfs_utimens(vn, both_now ? NULL : ts, &l->proc->cred);
}
