/* SPDX-License-Identifier: BSD-2-Clause */
/* renameat2(2): the checks, in Linux's order, which programs can tell. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/namei.h"
#include "vfs/names.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

/* Is `dir` at or below `top`? */
static bool
is_below(struct vnode *dir, struct vnode *top)
{
	CLEANUP_VNODE struct vnode *at = vnode_get(dir);
	struct vnode *up;

	while (at != top && at != at->mount->root) {
		if (at->ops->parent(at, &up) != 0)
			return false;
		vnode_unref(at);
		at = up;
	}
	return at == top;
}

/* Is the directory there, whatever is wrong with the name in it? */
static bool
is_about_name(const struct namei *n, int error)
{
	return error == 0 || (error == ENAMETOOLONG && n->dir != NULL);
}

/* What the names are, whoever asks. */
static int
check_names(
    const struct namei *from, int from_error, const struct namei *to, int to_error, unsigned flags)
{
	bool exchange = (flags & RENAME_EXCHANGE) != 0;

	if (from->dir->mount != to->dir->mount)
		return EXDEV;
	if (from->last != NAMEI_NAME)
		return EBUSY;
	if (to->last != NAMEI_NAME)
		return (flags & RENAME_NOREPLACE) != 0 ? EEXIST : EBUSY;
	if (vnode_is_readonly(from->dir))
		return EROFS;
	if (from_error != 0)
		return from_error;
	if (from->vn == NULL)
		return ENOENT;
	if (to_error != 0)
		return to_error;
	if ((flags & RENAME_NOREPLACE) != 0 && to->vn != NULL)
		return EEXIST;
	if (exchange && to->vn == NULL)
		return ENOENT;
	if (exchange && !vnode_is_dir(to->vn) && to->slash)
		return ENOTDIR;
	if (!vnode_is_dir(from->vn) && (from->slash || (!exchange && to->slash)))
		return ENOTDIR;
	/* Neither may be above the other's directory. */
	if (vnode_is_dir(from->vn) && is_below(to->dir, from->vn))
		return EINVAL;
	if (to->vn != NULL && vnode_is_dir(to->vn) && is_below(from->dir, to->vn))
		return exchange ? EINVAL : ENOTEMPTY;
	return 0;
}

/* What the caller may. */
static int
check_rights(const struct namei *from, const struct namei *to, unsigned flags, const struct cred *c)
{
	bool exchange = (flags & RENAME_EXCHANGE) != 0;
	bool isdir = vnode_is_dir(from->vn);
	int error;

	error = vnode_may_remove(from->dir, from->vn, isdir, c);
	if (error == 0 && to->vn == NULL)
		error = vnode_may_create(to->dir, c);
	else if (error == 0)
		error =
		    vnode_may_remove(to->dir, to->vn, exchange ? vnode_is_dir(to->vn) : isdir, c);
	/* A directory that gets another parent is written: its "..". */
	if (error == 0 && from->dir != to->dir && isdir)
		error = vnode_access(from->vn, c, W_OK);
	if (error == 0 && from->dir != to->dir && exchange && vnode_is_dir(to->vn))
		error = vnode_access(to->vn, c, W_OK);
	return error;
}

/* The whiteout that was left at the old name belongs to the caller. */
static int
own_whiteout(struct lwp *l, const struct namei *n)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct vnode_new what = {.mode = S_IFCHR};
	struct vnode_attr attr = {.set = ATTR_UID | ATTR_GID};
	int error = n->dir->ops->lookup(n->dir, n->name, n->len, &vn);

	if (error != 0)
		return error;
	if (watch_count != 0)
		watch_created(n->dir, n->name, n->len, vn);
	vnode_inherit(l, n->dir, &what);
	attr.uid = what.uid;
	attr.gid = what.gid;
	return vn->ops->setattr(vn, &attr);
}

int
vfs_rename(struct lwp *l, uint64_t fromdir, const char *from, uint64_t todir, const char *to,
    unsigned flags)
{
	CLEANUP_NAMEI struct namei f = {
	    .l = l, .dirword = fromdir, .path = from, .flags = NAMEI_PARENT};
	CLEANUP_NAMEI struct namei t = {
	    .l = l, .dirword = todir, .path = to, .flags = NAMEI_PARENT, .which = 1};
	int error, to_error;

	error = namei(&f);
	if (!is_about_name(&f, error))
		return error;
	to_error = namei(&t);
	if (!is_about_name(&t, to_error))
		return to_error;
	error = check_names(&f, error, &t, to_error, flags);
	if (error != 0)
		return error;
	if (f.vn == t.vn)
		return 0;
	error = check_rights(&f, &t, flags, &l->proc->cred);
	if (error != 0)
		return error;
	error = f.dir->ops->rename(f.dir, f.name, f.len, f.vn, t.dir, t.name, t.len, t.vn, flags);
	if (error == 0 && watch_count != 0)
		watch_moved(&f, &t, flags);
	if (error == 0 && (flags & RENAME_WHITEOUT) != 0)
		error = own_whiteout(l, &f);
	return error;
}
