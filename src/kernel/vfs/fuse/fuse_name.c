/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that were looked up.  The program says for how long each holds; after that it is asked
 * again.  A directory keeps its name for as long as anything below it is known, so that the path
 * of a directory in use can be told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs/fuse/fuse.h"

struct fuse_name *
fuse_name_find(struct fuse_node *dir, const char *name, size_t len)
{
	struct fuse_mount *fm = fuse_of(dir);
	struct fuse_name *nm;

	HASH_FIND(hh, dir->children, name, len, nm);
	if (nm != NULL) {
		TAILQ_REMOVE(&fm->lru, nm, lru);
		TAILQ_INSERT_TAIL(&fm->lru, nm, lru);
	}
	return nm;
}

void
fuse_name_remove(struct fuse_name *nm)
{
	struct fuse_node *dir = nm->dir, *node = nm->node;
	struct fuse_mount *fm = fuse_of(dir);

	HASH_DEL(dir->children, nm);
	if (node != NULL)
		LIST_REMOVE(nm, of_node);
	TAILQ_REMOVE(&fm->lru, nm, lru);
	fm->nnames--;
	free(nm);
	if (node != NULL)
		vnode_unref(&node->v);
	vnode_unref(&dir->v);
}

void
fuse_name_forget(struct fuse_node *dir, const char *name, size_t len)
{
	struct fuse_name *nm;

	HASH_FIND(hh, dir->children, name, len, nm);
	if (nm != NULL)
		fuse_name_remove(nm);
}

/* Names of what nobody uses, the longest unused ones first. */
static void
make_room(struct fuse_mount *fm)
{
	struct fuse_name *nm, *next;
	unsigned looks = 64;

	for (nm = TAILQ_FIRST(&fm->lru); nm != NULL && looks-- != 0; nm = next) {
		next = TAILQ_NEXT(nm, lru);
		if ((nm->node == NULL || nm->node->v.refs == 1) && fm->nnames > FUSE_NAMES_MAX) {
			fuse_name_remove(nm);
			return;
		}
		TAILQ_REMOVE(&fm->lru, nm, lru);
		TAILQ_INSERT_TAIL(&fm->lru, nm, lru);
	}
}

static uint64_t
expiry(const struct fuse_entry_out *e)
{
	uint64_t now = fuse_now();

	if (e->entry_valid > (UINT64_MAX - now) / FUSE_NS - 1)
		return UINT64_MAX;
	return now + e->entry_valid * FUSE_NS + e->entry_valid_nsec;
}

/* Is n the directory or above it?  A program that says so would make the tree a ring. */
static bool
is_above(const struct fuse_node *n, const struct fuse_node *dir)
{
	while (dir != n && !LIST_EMPTY(&dir->names))
		dir = LIST_FIRST(&dir->names)->dir;
	return dir == n;
}

static int
add(struct fuse_node *dir, const char *name, size_t len, struct fuse_node *n, uint64_t expires)
{
	struct fuse_mount *fm = fuse_of(dir);
	struct fuse_name *nm = calloc(1, sizeof *nm + len);

	if (nm == NULL)
		return ENOMEM;
	nm->len = len;
	memcpy(nm->name, name, len);
	nm->expires = expires;
	HASH_ADD_KEYPTR(hh, dir->children, nm->name, len, nm);
	if (nm->hh.tbl == NULL) {
		free(nm);
		return ENOMEM;
	}
	nm->dir = fuse_node_of(vnode_get(&dir->v));
	if (n != NULL) {
		nm->node = fuse_node_of(vnode_get(&n->v));
		LIST_INSERT_HEAD(&n->names, nm, of_node);
	}
	TAILQ_INSERT_TAIL(&fm->lru, nm, lru);
	if (++fm->nnames > FUSE_NAMES_MAX)
		make_room(fm);
	return 0;
}

int
fuse_name_add(struct fuse_node *dir, const char *name, size_t len, struct fuse_node *n,
    const struct fuse_entry_out *e)
{
	struct fuse_name *nm = fuse_name_find(dir, name, len);

	if (nm != NULL && nm->node == n) {
		nm->expires = expiry(e);
		return 0;
	}
	if (nm != NULL)
		fuse_name_remove(nm);
	if (S_ISDIR(n->v.mode) && is_above(n, dir)) {
		fuse_end(fuse_of(dir));
		return EIO;
	}
	/* A directory has one name: if another leads to it now, it was moved. */
	if (S_ISDIR(n->v.mode) && !LIST_EMPTY(&n->names))
		fuse_name_remove(LIST_FIRST(&n->names));
	return add(dir, name, len, n, expiry(e));
}

void
fuse_name_add_missing(
    struct fuse_node *dir, const char *name, size_t len, const struct fuse_entry_out *e)
{
	fuse_name_forget(dir, name, len);
	if (e->entry_valid != 0 || e->entry_valid_nsec != 0)
		add(dir, name, len, NULL, expiry(e));
}

void
fuse_name_expire(struct fuse_node *dir, const char *name, size_t len)
{
	struct fuse_name *nm = fuse_name_find(dir, name, len);

	if (nm != NULL)
		nm->expires = 0;
	fuse_node_stale(dir);
}

void
fuse_names_drop_all(struct fuse_mount *fm)
{
	while (!TAILQ_EMPTY(&fm->lru))
		fuse_name_remove(TAILQ_LAST(&fm->lru, fuse_lru));
}

int
fuse_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len)
{
	struct fuse_name *nm = LIST_FIRST(&fuse_node_of(vn)->names);

	if (nm == NULL)
		return ENOENT;
	memcpy(ret_name, nm->name, nm->len);
	*ret_len = nm->len;
	return 0;
}

int
fuse_parent(struct vnode *vn, struct vnode **ret)
{
	struct fuse_name *nm = LIST_FIRST(&fuse_node_of(vn)->names);

	if (vn == vn->mount->root) {
		*ret = vnode_get(vn);
		return 0;
	}
	if (nm == NULL && fuse_node_of(vn)->above == NULL)
		return ENOENT;
	*ret = vnode_get(nm != NULL ? &nm->dir->v : &fuse_node_of(vn)->above->v);
	return 0;
}
