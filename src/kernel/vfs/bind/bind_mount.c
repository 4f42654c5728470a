/* SPDX-License-Identifier: BSD-2-Clause */
/* Bind mounts: nodes, and the mount as a whole. */
#include <errno.h>
#include <stdlib.h>

#include "vfs/attr.h"
#include "vfs/bind/bind.h"
#include "vfs/bind/bind_priv.h"

void
bind_copy_attributes(struct vnode *vn)
{
	const struct vnode *lower = vn->lower;

	vn->mode = lower->mode;
	vn->uid = lower->uid;
	vn->gid = lower->gid;
	vn->nlink = lower->nlink;
	vn->rdev = lower->rdev;
	vn->inode_flags = lower->inode_flags;
}

int
bind_node_get(struct mount *mp, struct vnode *lower, struct vnode **ret)
{
	struct bind *fs = (struct bind *)mp;
	struct bind_node *n;

	HASH_FIND_PTR(fs->nodes, &lower, n);
	if (n != NULL) {
		vnode_unref(lower);
		vnode_ref(&n->v);
	} else {
		n = calloc(1, sizeof *n);
		if (n == NULL) {
			vnode_unref(lower);
			return ENOMEM;
		}
		n->v = (struct vnode){.ops = &bind_vnode_ops,
		    .mount = mp,
		    .refs = 1,
		    .ino = lower->ino,
		    .lower = lower};
		HASH_ADD_PTR(fs->nodes, v.lower, n);
		if (n->hh.tbl == NULL) {
			free(n);
			vnode_unref(lower);
			return ENOMEM;
		}
	}
	bind_copy_attributes(&n->v);
	*ret = &n->v;
	return 0;
}

void
bind_inactive(struct vnode *vn)
{
	struct bind *fs = (struct bind *)vn->mount;
	struct bind_node *n = (struct bind_node *)vn;
	struct vnode *lower = vn->lower;

	HASH_DEL(fs->nodes, n);
	free(n);
	vnode_unref(lower);
}

static int
bind_statfs(struct mount *mp, struct statfs *st)
{
	return vfs_statfs(mp->root->lower, st);
}

/* Who writes through which of a file's mounts does not show in its host object. */
static bool
bind_busy(struct mount *mp, bool writers)
{
	struct bind *fs = (struct bind *)mp;

	return !writers && (HASH_COUNT(fs->nodes) > 1 || mp->root->refs > 1);
}

static void
bind_show(const struct mount *mp, char *buf, size_t size)
{
	const struct mount *lower = mp->root->lower->mount;

	if (lower->ops->show != NULL)
		lower->ops->show(lower, buf, size);
}

static int
bind_unmount(struct mount *mp)
{
	struct bind *fs = (struct bind *)mp;
	struct bind_node *n, *next;

	HASH_ITER (hh, fs->nodes, n, next)
		bind_inactive(&n->v);
	free(fs);
	return 0;
}

static const struct mount_ops bind_mount_ops = {
    .statfs = bind_statfs,
    .busy = bind_busy,
    .show = bind_show,
    .unmount = bind_unmount,
};

int
bind_mount(struct vnode *what, struct mount **ret)
{
	struct vnode *lower = what->lower != NULL ? what->lower : what;
	struct bind *fs = calloc(1, sizeof *fs);
	int error;

	if (fs == NULL)
		return ENOMEM;
	fs->mount.ops = &bind_mount_ops;
	fs->mount.dev = lower->mount->dev;
	fs->mount.acl = lower->mount->acl;
	fs->mount.own_rights = lower->mount->own_rights;
	fs->mount.own_groups = lower->mount->own_groups;
	fs->mount.own_umask = lower->mount->own_umask;
	error = bind_node_get(&fs->mount, vnode_get(lower), &fs->mount.root);
	if (error != 0)
		free(fs);
	else
		*ret = &fs->mount;
	return error;
}
