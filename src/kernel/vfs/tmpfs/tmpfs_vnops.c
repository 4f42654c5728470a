/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs: names, and the table of its operations. */
#include <errno.h>
#include <string.h>

#include "vfs/tmpfs/tmpfs.h"

static int
tmpfs_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret)
{
	struct tmpfs_entry *e;
	int error;

	tmpfs_sweep((struct tmpfs *)dir->mount, false);
	e = tmpfs_dir_find(tmpfs_node_of(dir), name, len);
	if (e == NULL)
		return ENOENT;
	tmpfs_dir_attach(e->node, tmpfs_node_of(dir), e);
	error = tmpfs_refresh(&e->node->v);
	if (error == 0)
		*ret = vnode_get(&e->node->v);
	return error;
}

static int
tmpfs_parent(struct vnode *dir, struct vnode **ret)
{
	*ret = vnode_get(&tmpfs_node_of(dir)->dir.parent->v);
	return 0;
}

static int
tmpfs_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len)
{
	const struct tmpfs_entry *e = tmpfs_node_of(vn)->dir.self;

	if (e == NULL)
		return ENOENT;
	memcpy(ret_name, e->name, e->len);
	*ret_len = e->len;
	return 0;
}

static int
tmpfs_create(struct vnode *dirvn, const char *name, size_t len, const struct vnode_new *what,
    struct vnode **ret)
{
	struct tmpfs_node *dir = tmpfs_node_of(dirvn), *n;
	int error = tmpfs_node_new(tmpfs_of(dir), what, &n);

	if (error != 0)
		return error;
	error = tmpfs_dir_add(dir, name, len, n);
	if (error != 0) {
		vnode_unref(&n->v);
		return error;
	}
	if (S_ISDIR(what->mode))
		dirvn->nlink++;
	tmpfs_touch(dir, true);
	*ret = &n->v;
	return 0;
}

static int
tmpfs_tmpfile(struct vnode *dir, const struct vnode_new *what, struct vnode **ret)
{
	struct tmpfs_node *n;
	int error = tmpfs_node_new((struct tmpfs *)dir->mount, what, &n);

	if (error != 0)
		return error;
	n->v.nlink = 0;
	n->linkable = what->linkable;
	*ret = &n->v;
	return 0;
}

static int
tmpfs_link(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	int error;

	if (vn->nlink == 0 && !n->linkable)
		return ENOENT;
	error = tmpfs_dir_add(tmpfs_node_of(dir), name, len, n);
	if (error != 0)
		return error;
	vn->nlink++;
	n->linkable = false;
	tmpfs_touch(n, false);
	tmpfs_touch(tmpfs_node_of(dir), true);
	return 0;
}

static int
tmpfs_remove(struct vnode *dirvn, const char *name, size_t len, struct vnode *vn)
{
	struct tmpfs_node *dir = tmpfs_node_of(dirvn), *n = tmpfs_node_of(vn);
	struct tmpfs_entry *e = tmpfs_dir_find(dir, name, len);

	if (e == NULL || e->node != n)
		return ENOENT;
	if (S_ISDIR(vn->mode)) {
		if (n->dir.count != 0)
			return ENOTEMPTY;
		vn->nlink = 0;
		dirvn->nlink--;
		tmpfs_dir_attach(n, NULL, NULL);
	} else {
		vn->nlink--;
	}
	tmpfs_touch(n, false);
	tmpfs_touch(dir, true);
	tmpfs_dir_remove(dir, e);
	return 0;
}

static int
tmpfs_readlink(struct vnode *vn, char ret_target[PATH_MAX])
{
	const char *target = tmpfs_node_of(vn)->target;

	tmpfs_accessed(tmpfs_node_of(vn));
	memcpy(ret_target, target, strlen(target) + 1);
	return 0;
}

const struct vnode_ops tmpfs_vnode_ops = {
    .lookup = tmpfs_lookup,
    .parent = tmpfs_parent,
    .name = tmpfs_name,
    .create = tmpfs_create,
    .tmpfile = tmpfs_tmpfile,
    .link = tmpfs_link,
    .remove = tmpfs_remove,
    .rename = tmpfs_rename,
    .readdir = tmpfs_readdir,
    .readlink = tmpfs_readlink,
    .refresh = tmpfs_refresh,
    .getattr = tmpfs_getattr,
    .setattr = tmpfs_setattr,
    .set_inode_flags = tmpfs_set_inode_flags,
    .open = tmpfs_host_open,
    .object = tmpfs_host_object,
    .getxattr = tmpfs_getxattr,
    .setxattr = tmpfs_setxattr,
    .listxattr = tmpfs_listxattr,
    .inactive = tmpfs_inactive,
    .publish = tmpfs_publish,
    .mirrored = true,
};
