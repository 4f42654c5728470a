/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the bind file system share. */
#ifndef KERNEL_VFS_BIND_PRIV_H
#define KERNEL_VFS_BIND_PRIV_H

#include "vfs/hash.h"
#include "vfs/vnode.h"

struct bind_node {
	struct vnode v; /* first; v.lower is the key */
	UT_hash_handle hh;
};

struct bind {
	struct mount mount;      /* first */
	struct bind_node *nodes; /* by lower vnode */
};

extern const struct vnode_ops bind_vnode_ops;

/* The vnode for `lower`, whose reference it takes over, also in case of an error. */
int bind_node_get(struct mount *mp, struct vnode *lower, struct vnode **ret);
/* The attributes are those of the vnode below. */
void bind_copy_attributes(struct vnode *vn);
void bind_inactive(struct vnode *vn);

#endif
