/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rename: vfs/rename.c has checked what may be renamed over what.
 *
 * What was at the target is replaced inside its entry, and a name that changes within a directory
 * keeps its sequence number: a program that reads the directory meanwhile sees each file once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "vfs/tmpfs/tmpfs.h"

static bool
is_dir(const struct tmpfs_node *n)
{
	return S_ISDIR(n->v.mode);
}

static void
exchange(
    struct tmpfs_node *fdir, struct tmpfs_entry *f, struct tmpfs_node *tdir, struct tmpfs_entry *t)
{
	struct tmpfs_node *n = f->node, *other = t->node;

	tmpfs_dir_swap(fdir, f, other);
	tmpfs_dir_swap(tdir, t, n);
	/* Both entries gave their reference away and both nodes got one more. */
	vnode_unref(&n->v);
	vnode_unref(&other->v);
	if (is_dir(n)) {
		fdir->v.nlink--;
		tdir->v.nlink++;
	}
	if (is_dir(other)) {
		tdir->v.nlink--;
		fdir->v.nlink++;
	}
	tmpfs_touch(other, false);
}

/* The target loses its name to n. */
static void
replace(struct tmpfs_node *tdir, struct tmpfs_entry *t, struct tmpfs_node *n)
{
	struct tmpfs_node *over = tmpfs_dir_swap(tdir, t, n);

	if (is_dir(over)) {
		over->v.nlink = 0;
		tdir->v.nlink--;
		tmpfs_dir_attach(over, NULL, NULL);
	} else {
		over->v.nlink--;
	}
	tmpfs_touch(over, false);
	vnode_unref(&over->v);
}

/* The name left behind: removed, or a whiteout for overlays. */
static void
leave(struct tmpfs_node *fdir, struct tmpfs_entry *f, struct tmpfs_node *whiteout)
{
	struct tmpfs_node *n = f->node;

	if (whiteout == NULL) {
		tmpfs_dir_remove(fdir, f);
		return;
	}
	tmpfs_dir_swap(fdir, f, whiteout);
	vnode_unref(&n->v);
	vnode_unref(&whiteout->v); /* the entry has its own */
}

static int
new_whiteout(struct tmpfs_node *dir, struct tmpfs_node **ret)
{
	struct vnode_new what = {.mode = S_IFCHR, .rdev = makedev(0, 0)};

	what.uid = dir->v.uid;
	what.gid = dir->v.gid;
	return tmpfs_node_new(tmpfs_of(dir), &what, ret);
}

static int
move(struct tmpfs_node *fdir, struct tmpfs_entry *f, struct tmpfs_node *tdir, const char *tname,
    size_t tlen, struct tmpfs_entry *t, struct tmpfs_node *whiteout)
{
	struct tmpfs_node *n = f->node;
	uint64_t seq = f->seq;
	int error;

	vnode_ref(&n->v);
	if (t != NULL) {
		replace(tdir, t, n);
	} else {
		error = tmpfs_dir_add(tdir, tname, tlen, n);
		if (error != 0) {
			vnode_unref(&n->v);
			return error;
		}
		t = tmpfs_dir_find(tdir, tname, tlen);
		tmpfs_dir_attach(n, tdir, t);
		if (fdir == tdir && whiteout == NULL) {
			/* The new entry takes the old one's place in the order. */
			TAILQ_REMOVE(&tdir->dir.order, t, order);
			TAILQ_INSERT_BEFORE(f, t, order);
			t->seq = seq;
		}
	}
	if (is_dir(n)) {
		fdir->v.nlink--;
		tdir->v.nlink++;
	}
	leave(fdir, f, whiteout);
	vnode_unref(&n->v);
	return 0;
}

int
tmpfs_rename(struct vnode *fdirvn, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdirvn, const char *tname, size_t tlen, struct vnode *over, unsigned flags)
{
	struct tmpfs_node *fdir = tmpfs_node_of(fdirvn), *tdir = tmpfs_node_of(tdirvn);
	struct tmpfs_node *whiteout = NULL;
	struct tmpfs_entry *f = tmpfs_dir_find(fdir, fname, flen);
	struct tmpfs_entry *t = over == NULL ? NULL : tmpfs_dir_find(tdir, tname, tlen);
	int error;

	if (f == NULL || (over != NULL && t == NULL))
		return ENOENT;
	if ((flags & RENAME_EXCHANGE) != 0) {
		exchange(fdir, f, tdir, t);
	} else {
		if (t != NULL && is_dir(t->node) && t->node->dir.count != 0)
			return ENOTEMPTY;
		if ((flags & RENAME_WHITEOUT) != 0) {
			error = new_whiteout(fdir, &whiteout);
			if (error != 0)
				return error;
		}
		error = move(fdir, f, tdir, tname, tlen, t, whiteout);
		if (error != 0) {
			if (whiteout != NULL)
				vnode_unref(&whiteout->v);
			return error;
		}
	}
	tmpfs_touch(tmpfs_node_of(vn), false);
	tmpfs_touch(fdir, true);
	tmpfs_touch(tdir, true);
	return 0;
}
