/* SPDX-License-Identifier: BSD-2-Clause */
/* Bind mounts: operations, handed down to the vnode below. */
#include <errno.h>
#include <fcntl.h>

#include "kern/proc.h"
#include "vfs/bind/bind_priv.h"
#include "vfs/placeholder.h"

static int
bind_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret)
{
	struct vnode *lower;
	int error = dir->lower->ops->lookup(dir->lower, name, len, &lower);

	return error != 0 ? error : bind_node_get(dir->mount, lower, ret);
}

static bool
is_root(const struct vnode *vn)
{
	return vn == vn->mount->root;
}

static int
bind_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len)
{
	return is_root(vn) ? ENOENT : vn->lower->ops->name(vn->lower, ret_name, ret_len);
}

/* Is the directory below the mount's root (and was not moved away from there)? */
static bool
is_below_root(const struct mount *mp, struct vnode *lower)
{
	CLEANUP_VNODE struct vnode *at = vnode_get(lower);
	struct vnode *up;

	while (at != mp->root->lower && at != at->mount->root) {
		if (at->ops->parent(at, &up) != 0)
			return false;
		vnode_unref(at);
		at = up;
	}
	return at == mp->root->lower;
}

static int
bind_parent(struct vnode *vn, struct vnode **ret)
{
	struct vnode *lower;
	int error;

	if (is_root(vn)) {
		*ret = vnode_get(vn);
		return 0;
	}
	error = vn->lower->ops->parent(vn->lower, &lower);
	if (error != 0)
		return error;
	if (!is_below_root(vn->mount, lower)) {
		vnode_unref(lower);
		return ENOENT;
	}
	return bind_node_get(vn->mount, lower, ret);
}

static int
bind_create(struct vnode *dir, const char *name, size_t len, const struct vnode_new *what,
    struct vnode **ret)
{
	struct vnode *lower;
	int error = dir->lower->ops->create(dir->lower, name, len, what, &lower);

	return error != 0 ? error : bind_node_get(dir->mount, lower, ret);
}

static int
bind_tmpfile(struct vnode *dir, const struct vnode_new *what, struct vnode **ret)
{
	struct vnode *lower;
	int error;

	if (dir->lower->ops->tmpfile == NULL)
		return EOPNOTSUPP;
	error = dir->lower->ops->tmpfile(dir->lower, what, &lower);
	return error != 0 ? error : bind_node_get(dir->mount, lower, ret);
}

static int
bind_link(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	int error = dir->lower->ops->link(dir->lower, name, len, vn->lower);

	bind_copy_attributes(vn);
	return error;
}

static int
bind_remove(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	int error = dir->lower->ops->remove(dir->lower, name, len, vn->lower);

	bind_copy_attributes(vn);
	return error;
}

static int
bind_rename(struct vnode *fdir, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdir, const char *tname, size_t tlen, struct vnode *over, unsigned flags)
{
	int error = fdir->lower->ops->rename(fdir->lower, fname, flen, vn->lower, tdir->lower,
	    tname, tlen, over == NULL ? NULL : over->lower, flags);

	if (over != NULL)
		bind_copy_attributes(over);
	return error;
}

static int
bind_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	return dir->lower->ops->readdir(dir->lower, cookie, emit, arg);
}

static int
bind_readlink(struct vnode *vn, char ret_target[PATH_MAX])
{
	return vn->lower->ops->readlink(vn->lower, ret_target);
}

static int
bind_refresh(struct vnode *vn)
{
	int error = vn->lower->ops->refresh == NULL ? 0 : vn->lower->ops->refresh(vn->lower);

	bind_copy_attributes(vn);
	return error;
}

static int
bind_access(struct vnode *vn, const struct cred *c, int accmode)
{
	return vnode_rights(vn->lower, c, accmode);
}

static int
bind_access_asked(struct vnode *vn, const struct cred *c, int accmode)
{
	return vnode_rights_asked(vn->lower, c, accmode);
}

static int
bind_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	return vn->lower->ops->getattr(vn->lower, st, ret_btime);
}

static int
bind_setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	int error = vn->lower->ops->setattr(vn->lower, attr);

	bind_copy_attributes(vn);
	return error;
}

static int
bind_set_inode_flags(struct vnode *vn, unsigned flags)
{
	int error = vn->lower->ops->set_inode_flags == NULL
			? ENOTTY
			: vn->lower->ops->set_inode_flags(vn->lower, flags);

	bind_copy_attributes(vn);
	return error;
}

/* A directory's descriptor leads back to this place, a file's to the file. */
static int
bind_open(struct vnode *vn, int flags, int *ret_fd)
{
	return vnode_is_dir(vn) ? placeholder_open(vn, flags, ret_fd)
				: vnode_open(curlwp, vn->lower, flags, ret_fd);
}

static int
bind_fsync(struct vnode *vn, bool datasync)
{
	return vn->lower->ops->fsync == NULL ? 0 : vn->lower->ops->fsync(vn->lower, datasync);
}

static int
bind_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len)
{
	const struct vnode_ops *ops = vn->lower->ops;

	return ops->getxattr == NULL ? EOPNOTSUPP
				     : ops->getxattr(vn->lower, name, value, size, ret_len);
}

static int
bind_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags)
{
	const struct vnode_ops *ops = vn->lower->ops;

	return ops->setxattr == NULL ? EOPNOTSUPP
				     : ops->setxattr(vn->lower, name, value, len, flags);
}

static int
bind_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len)
{
	const struct vnode_ops *ops = vn->lower->ops;

	return ops->listxattr == NULL ? EOPNOTSUPP : ops->listxattr(vn->lower, list, size, ret_len);
}

const struct vnode_ops bind_vnode_ops = {
    .lookup = bind_lookup,
    .name = bind_name,
    .parent = bind_parent,
    .create = bind_create,
    .tmpfile = bind_tmpfile,
    .link = bind_link,
    .remove = bind_remove,
    .rename = bind_rename,
    .readdir = bind_readdir,
    .readlink = bind_readlink,
    .refresh = bind_refresh,
    .access = bind_access,
    .access_asked = bind_access_asked,
    .getattr = bind_getattr,
    .setattr = bind_setattr,
    .set_inode_flags = bind_set_inode_flags,
    .open = bind_open,
    .open_special = true,
    .fsync = bind_fsync,
    .getxattr = bind_getxattr,
    .setxattr = bind_setxattr,
    .listxattr = bind_listxattr,
    .inactive = bind_inactive,
};
