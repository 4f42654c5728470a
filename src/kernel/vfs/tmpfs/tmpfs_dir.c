/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directory entries: a hash for lookup and a list for readdir.
 *
 * readdir goes from the newest entry to the oldest, and its position is the sequence number of the
 * last entry it gave.  So entries may come and go between two reads: what stays is seen once, and a
 * program that adds names while it reads comes to an end.  Positions 1 and 2 stand after "." and
 * "..", sequence numbers begin behind them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs/publish.h"
#include "vfs/tmpfs/tmpfs.h"

enum { AFTER_DOT = 1, AFTER_DOTDOT = 2 };

struct tmpfs_entry *
tmpfs_dir_find(struct tmpfs_node *dir, const char *name, size_t len)
{
	struct tmpfs_entry *e;

	HASH_FIND(hh, dir->dir.names, name, len, e);
	return e;
}

void
tmpfs_dir_attach(struct tmpfs_node *child, struct tmpfs_node *dir, struct tmpfs_entry *e)
{
	child->dir.self = e;
	if (dir != NULL)
		child->dir.parent = dir;
	else
		vnode_ref(&child->dir.parent->v);
}

/* The entry is no longer the name of n.  (A directory that is removed is detached before, and one
 * that moves was attached elsewhere.) */
static void
lose_name(struct tmpfs_node *n, const struct tmpfs_entry *e)
{
	if (n->dir.self == e && !S_ISDIR(n->v.mode))
		n->dir.self = NULL;
}

int
tmpfs_dir_add(struct tmpfs_node *dir, const char *name, size_t len, struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(dir);
	struct tmpfs_entry *e;

	if (fs->names >= fs->limits.nodes_max)
		return ENOSPC;
	e = calloc(1, sizeof *e + len + 1);
	if (e == NULL)
		return ENOSPC;
	memcpy(e->name, name, len);
	e->len = len;
	HASH_ADD_KEYPTR(hh, dir->dir.names, e->name, len, e);
	if (e->hh.tbl == NULL) {
		free(e);
		return ENOSPC;
	}
	if (dir->dir.last_seq < AFTER_DOTDOT)
		dir->dir.last_seq = AFTER_DOTDOT;
	e->seq = ++dir->dir.last_seq;
	e->node = n;
	publish_forget_name(&dir->v, name, len);
	vnode_ref(&n->v);
	TAILQ_INSERT_HEAD(&dir->dir.order, e, order);
	dir->dir.count++;
	fs->names++;
	if (n->dir.self == NULL || S_ISDIR(n->v.mode))
		tmpfs_dir_attach(n, dir, e);
	return 0;
}

void
tmpfs_dir_remove(struct tmpfs_node *dir, struct tmpfs_entry *e)
{
	publish_forget_name(&dir->v, e->name, e->len);
	HASH_DEL(dir->dir.names, e);
	TAILQ_REMOVE(&dir->dir.order, e, order);
	dir->dir.count--;
	tmpfs_of(dir)->names--;
	lose_name(e->node, e);
	vnode_unref(&e->node->v);
	free(e);
}

struct tmpfs_node *
tmpfs_dir_swap(struct tmpfs_node *dir, struct tmpfs_entry *e, struct tmpfs_node *n)
{
	struct tmpfs_node *old = e->node;

	publish_forget_name(&dir->v, e->name, e->len);
	e->node = n;
	vnode_ref(&n->v);
	lose_name(old, e);
	tmpfs_dir_attach(n, dir, e);
	return old;
}

static unsigned char
type_of(const struct tmpfs_node *n)
{
	return (unsigned char)IFTODT(n->v.mode);
}

int
tmpfs_readdir(struct vnode *vn, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	struct tmpfs_node *dir = tmpfs_node_of(vn);
	struct tmpfs_entry *e;

	if (vn->nlink == 0)
		return ENOENT;
	tmpfs_accessed(dir);
	if (*cookie < AFTER_DOT) {
		if (!emit(arg, vn->ino, DT_DIR, ".", 1, AFTER_DOT))
			return 0;
		*cookie = AFTER_DOT;
	}
	if (*cookie < AFTER_DOTDOT) {
		if (!emit(arg, dir->dir.parent->v.ino, DT_DIR, "..", 2, AFTER_DOTDOT))
			return 0;
		*cookie = AFTER_DOTDOT;
	}
	TAILQ_FOREACH (e, &dir->dir.order, order) {
		if (*cookie != AFTER_DOTDOT && e->seq >= *cookie)
			continue;
		if (!emit(arg, e->node->v.ino, type_of(e->node), e->name, e->len, e->seq))
			return 0;
		*cookie = e->seq;
	}
	return 0;
}
