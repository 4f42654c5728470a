/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls about names: making, removing, moving and reading them; the current directory. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/attr.h"
#include "vfs/names.h"
#include "vfs/vnode.h"

int
sys_mkdirat(struct lwp *l, uint64_t dirfd, struct upath path, mode_t mode)
{
	char buf[PATH_MAX];
	int error = upath_get(l, path, buf, false);

	return error != 0 ? error : vfs_mkdir(l, dirfd, buf, mode);
}

int
sys_mknodat(struct lwp *l, uint64_t dirfd, struct upath path, mode_t mode, dev_t dev)
{
	char buf[PATH_MAX];
	int error = upath_get(l, path, buf, true); /* the mode comes before an empty path */

	return error != 0 ? error : vfs_mknod(l, dirfd, buf, mode, dev);
}

int
sys_unlinkat(struct lwp *l, uint64_t dirfd, struct upath path, int flags)
{
	char buf[PATH_MAX];
	int error;

	if ((flags & ~AT_REMOVEDIR) != 0)
		return EINVAL;
	error = upath_get(l, path, buf, false);
	if (error != 0)
		return error;
	return (flags & AT_REMOVEDIR) != 0 ? vfs_rmdir(l, dirfd, buf) : vfs_unlink(l, dirfd, buf);
}

int
sys_renameat2(struct lwp *l, uint64_t fromfd, struct upath from, uint64_t tofd, struct upath to,
    unsigned int flags)
{
	bool exchange = (flags & RENAME_EXCHANGE) != 0;
	char a[PATH_MAX], b[PATH_MAX];
	int error;

	if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) != 0 ||
	    (exchange && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) != 0))
		return EINVAL;
	/* An empty path is found out in its turn. */
	error = upath_get(l, from, a, true);
	if (error == 0)
		error = upath_get(l, to, b, true);
	return error != 0 ? error : vfs_rename(l, fromfd, a, tofd, b, flags);
}

int
sys_linkat(
    struct lwp *l, uint64_t fromfd, struct upath from, uint64_t tofd, struct upath to, int flags)
{
	char a[PATH_MAX], b[PATH_MAX];
	int error;

	if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0)
		return EINVAL;
	error = upath_get(l, from, a, true);
	if (error == 0)
		error = upath_get(l, to, b, true);
	return error != 0 ? error : vfs_link(l, fromfd, a, tofd, b, flags);
}

int
sys_symlinkat(struct lwp *l, struct upath target, uint64_t dirfd, struct upath path)
{
	char a[PATH_MAX], b[PATH_MAX];
	int error = upath_get(l, target, a, false);

	if (error == 0)
		error = upath_get(l, path, b, false);
	return error != 0 ? error : vfs_symlink(l, a, dirfd, b);
}

int
sys_readlinkat(
    struct lwp *l, uint64_t dirfd, struct upath path, struct uout buf, size_t size, int64_t *retval)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	char name[PATH_MAX], target[PATH_MAX];
	size_t len;
	int error;

	if (size == 0 || size > INT_MAX)
		return EINVAL;
	/* An empty path means a link that was opened with O_PATH. */
	error = upath_get(l, path, name, true);
	if (error == 0)
		error = vfs_lookup(l, dirfd, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &vn);
	if (error != 0)
		return error;
	error = vfs_readlink(vn, target);
	if (error != 0)
		return error == EINVAL && name[0] == '\0' ? ENOENT : error;
	len = strlen(target);
	if (len > size)
		len = size;
	*retval = (int64_t)len;
	return uout_put(l, buf, 0, target, len);
}

/* With the real ids in place of the effective ones. */
static void
use_real_ids(struct cred *c)
{
	c->fsuid = c->ruid;
	c->fsgid = c->rgid;
}

int
sys_faccessat2(struct lwp *l, uint64_t dirfd, struct upath path, int mode, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct cred *c = &l->proc->cred, saved;
	char buf[PATH_MAX];
	int error;

	if ((mode & ~(R_OK | W_OK | X_OK)) != 0 ||
	    (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return EINVAL;
	error = upath_get(l, path, buf, (flags & AT_EMPTY_PATH) != 0);
	if (error != 0)
		return error;
	saved = *c;
	if ((flags & AT_EACCESS) == 0)
		use_real_ids(c);
	error = vfs_lookup(l, dirfd, buf, flags, &vn);
	if (error == 0 && mode != F_OK)
		error = vnode_access_asked(vn, c, mode);
	*c = saved;
	return error;
}

int
sys_truncate(struct lwp *l, struct upath path, off_t length)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error;

	if (length < 0)
		return EINVAL;
	error = upath_lookup(l, (uint64_t)AT_FDCWD, path, 0, &vn);
	return error != 0 ? error : vfs_truncate(vn, length, false, &l->proc->cred);
}

static int
change_dir(struct lwp *l, struct vnode *vn)
{
	int error = vnode_is_dir(vn) ? vnode_access_asked(vn, &l->proc->cred, X_OK) : ENOTDIR;

	if (error != 0)
		return error;
	vnode_ref(vn);
	vnode_unref(l->proc->cwd);
	l->proc->cwd = vn;
	return 0;
}

int
sys_chdir(struct lwp *l, struct upath path)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = upath_lookup(l, (uint64_t)AT_FDCWD, path, 0, &vn);

	return error != 0 ? error : change_dir(l, vn);
}

int
sys_fchdir(struct lwp *l, uint64_t fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, true, &vn);

	if (error == EINVAL)
		return ENOTDIR;
	return error != 0 ? error : change_dir(l, vn);
}

int
sys_getcwd(struct lwp *l, struct uout buf, size_t size, int64_t *retval)
{
	char path[PATH_MAX];
	size_t len;
	int error =
	    vfs_path_of(l, l->proc->cwd, path, size < sizeof path ? size : sizeof path, &len);

	if (error != 0)
		return error;
	*retval = (int64_t)len;
	return uout_put(l, buf, 0, path, len);
}

int
sys_deleg_path(struct lwp *l, uint64_t fd, struct uout buf, size_t size, int64_t *retval)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	char path[PATH_MAX];
	size_t len;
	int error = fdword_vnode(l, fd, true, &vn);

	if (error == 0)
		error = vfs_path_of(l, vn, path, size < sizeof path ? size : sizeof path, &len);
	if (error != 0)
		return error;
	*retval = (int64_t)len;
	return uout_put(l, buf, 0, path, len);
}

int
sys_umask(struct lwp *l, mode_t mask, int64_t *retval)
{
	*retval = l->proc->umask;
	l->proc->umask = mask & 0777;
	return 0;
}
