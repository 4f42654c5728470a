/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and removing names. */
#include "vfs/names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/acl.h"
#include "vfs/inode_flags.h"
#include "vfs/namei.h"
#include "vfs/protect.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

void
vnode_inherit(struct lwp *l, struct vnode *dir, struct vnode_new *what)
{
	const struct cred *c = &l->proc->cred;
	const mode_t setgid = S_ISGID | S_IXGRP;

	what->uid = c->fsuid;
	what->gid = c->fsgid;
	what->inode_flags = dir->inode_flags & INODE_FLAGS_INHERITED;
	if ((dir->mode & S_ISGID) != 0 && !dir->mount->own_groups) {
		what->gid = dir->gid;
		if (S_ISDIR(what->mode))
			what->mode |= S_ISGID;
		else if ((what->mode & setgid) == setgid && !cred_is_file_root(c) &&
			 !cred_in_group(c, dir->gid))
			what->mode &= ~S_ISGID;
	}
	if (!acl_mask(dir, what, what->mode) && !S_ISLNK(what->mode) && !dir->mount->own_umask)
		what->mode &= ~l->proc->umask;
}

int
vnode_create(struct lwp *l, struct vnode *dir, const char *name, size_t len, struct vnode_new *what,
    struct vnode **ret)
{
	const mode_t asked = what->mode;
	int error = vnode_may_create(dir, &l->proc->cred);

	if (error != 0)
		return error;
	/* A character device 0:0 is a whiteout, which anybody may make. */
	if ((S_ISBLK(what->mode) || (S_ISCHR(what->mode) && what->rdev != makedev(0, 0))) &&
	    !cred_is_file_root(&l->proc->cred))
		return EPERM;
	vnode_inherit(l, dir, what);
	error = dir->ops->create(dir, name, len, what, ret);
	if (error == 0 && watch_count != 0)
		watch_created(dir, name, len, *ret);
	return error != 0 ? error : acl_inherit(dir, *ret, asked);
}

int
vnode_tmpfile(struct lwp *l, struct vnode *dir, struct vnode_new *what, struct vnode **ret)
{
	const mode_t asked = what->mode;
	int error = vnode_may_create(dir, &l->proc->cred);

	if (error != 0)
		return error;
	vnode_inherit(l, dir, what);
	error = dir->ops->tmpfile == NULL ? EOPNOTSUPP : dir->ops->tmpfile(dir, what, ret);
	return error != 0 ? error : acl_inherit(dir, *ret, asked);
}

static int
create_at(struct lwp *l, uint64_t dir, const char *path, struct vnode_new *what, struct vnode **ret)
{
	CLEANUP_NAMEI struct namei n = {
	    .l = l, .dirword = dir, .path = path, .flags = NAMEI_PARENT};
	int error = namei(&n);

	if (error != 0)
		return error;
	if (n.last != NAMEI_NAME || n.vn != NULL)
		return EEXIST;
	if (n.slash && !S_ISDIR(what->mode))
		return ENOENT;
	return vnode_create(l, n.dir, n.name, n.len, what, ret);
}

int
vfs_mknod(struct lwp *l, uint64_t dir, const char *path, mode_t mode, dev_t dev)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct vnode_new what = {.mode = mode};

	switch (mode & S_IFMT) {
	case 0:
		what.mode |= S_IFREG;
		break;
	case S_IFCHR:
	case S_IFBLK:
		what.rdev = dev;
		break;
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	case S_IFDIR:
		return EPERM;
	default:
		return EINVAL;
	}
	return create_at(l, dir, path, &what, &vn);
}

int
vfs_mkdir(struct lwp *l, uint64_t dir, const char *path, mode_t mode)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct vnode_new what = {.mode = S_IFDIR | (mode & 01777)};

	return create_at(l, dir, path, &what, &vn);
}

int
vfs_symlink(struct lwp *l, const char *target, uint64_t dir, const char *path)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct vnode_new what = {.mode = S_IFLNK | 0777, .target = target};

	return target[0] == '\0' ? ENOENT : create_at(l, dir, path, &what, &vn);
}

int
vfs_mksocket(struct lwp *l, const char *path, mode_t mode, void *data, void (*reclaim)(void *),
    struct vnode **ret)
{
	struct vnode_new what = {.mode = S_IFSOCK | (mode & 07777)};
	struct vnode *node;
	int error = create_at(l, (uint64_t)AT_FDCWD, path, &what, ret);

	if (error == EEXIST)
		return EADDRINUSE;
	if (error == 0) {
		node = (*ret)->lower != NULL ? (*ret)->lower : *ret;
		node->socket = data;
		node->socket_reclaim = reclaim;
	}
	return error;
}

static int
remove_at(struct lwp *l, struct namei *n, bool isdir)
{
	int error = vnode_may_remove(n->dir, n->vn, isdir, &l->proc->cred);

	if (error == 0)
		error = n->dir->ops->remove(n->dir, n->name, n->len, n->vn);
	if (error == 0 && watch_count != 0)
		watch_removed(n->dir, n->name, n->len, n->vn);
	return error;
}

int
vfs_unlink(struct lwp *l, uint64_t dir, const char *path)
{
	CLEANUP_NAMEI struct namei n = {
	    .l = l, .dirword = dir, .path = path, .flags = NAMEI_PARENT};
	int error = namei(&n);

	if (error != 0)
		return error;
	if (n.last != NAMEI_NAME)
		return EISDIR;
	if (vnode_is_readonly(n.dir))
		return EROFS;
	if (n.vn == NULL)
		return ENOENT;
	if (n.slash)
		return vnode_is_dir(n.vn) ? EISDIR : ENOTDIR;
	return remove_at(l, &n, false);
}

int
vfs_rmdir(struct lwp *l, uint64_t dir, const char *path)
{
	CLEANUP_NAMEI struct namei n = {
	    .l = l, .dirword = dir, .path = path, .flags = NAMEI_PARENT};
	int error = namei(&n);

	if (error != 0)
		return error;
	switch (n.last) {
	case NAMEI_DOT:
		return EINVAL;
	case NAMEI_DOTDOT:
		return ENOTEMPTY;
	case NAMEI_ROOT:
		return EBUSY;
	case NAMEI_NAME:
		break;
	}
	if (vnode_is_readonly(n.dir))
		return EROFS;
	return n.vn == NULL ? ENOENT : remove_at(l, &n, true);
}

int
vfs_link(
    struct lwp *l, uint64_t fromdir, const char *from, uint64_t todir, const char *to, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	CLEANUP_NAMEI struct namei n = {
	    .l = l, .dirword = todir, .path = to, .flags = NAMEI_PARENT, .which = 1};
	int error;

	error = vfs_lookup(l, fromdir, from,
	    (flags & AT_EMPTY_PATH) | ((flags & AT_SYMLINK_FOLLOW) != 0 ? 0 : AT_SYMLINK_NOFOLLOW),
	    &vn);
	/* By descriptor alone only the file that one made, or as root: others passed it on. */
	if (error == 0 && from[0] == '\0' && (int32_t)fromdir != AT_FDCWD &&
	    !vnode_is_owner(vn, &l->proc->cred))
		error = ENOENT;
	if (error == 0)
		error = namei(&n);
	if (error != 0)
		return error;
	if (n.last != NAMEI_NAME || n.vn != NULL)
		return EEXIST;
	if (n.slash)
		return ENOENT;
	if (vn->mount != n.dir->mount)
		return EXDEV;
	error = protect_link(vn, &l->proc->cred);
	if (error == 0)
		error = vnode_may_create(n.dir, &l->proc->cred);
	if (error != 0)
		return error;
	if (vnode_is_dir(vn) || vnode_is_fixed(vn))
		return EPERM;
	error = n.dir->ops->link(n.dir, n.name, n.len, vn);
	if (error == 0 && watch_count != 0)
		watch_linked(n.dir, n.name, n.len, vn);
	return error;
}
