/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path lookup.
 *
 * The walk has a current directory and the text that is left.  A component is looked up in the
 * directory; a symbolic link is followed by putting its target in front of what is left, so a link
 * in the middle and at the end are one case.  ".." stops at the process's root.
 *
 * A process that sees two worlds in one tree (proc.abslinks) resolves absolute targets itself: the
 * walk stops there with EREDIRECT and l->redirect = which path, target, what is left.  Two slashes
 * at its beginning say that the target is on the host.
 *
 * Such a process may also begin a path with two slashes and the hexadecimal inode number of a
 * handle: the object itself, as behind /proc/self/fd/N, and then what is left.  It never sends two
 * slashes otherwise.
 */
#include "vfs/namei.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/handle.h"
#include "vfs/names.h"
#include "vfs/placeholder.h"
#include "vfs/protect.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"

#define LINKS_MAX 40 /* as Linux */

void
namei_done(struct namei *n)
{
	vnode_put(&n->dir);
	vnode_put(&n->vn);
	vnode_put(&n->top);
	free(n->pending);
	n->pending = NULL;
}

/* `//` and a handle: its vnode and what follows. */
static int
start_at_handle(struct namei *n, const char **rest, struct vnode **ret)
{
	char *end;
	uint64_t ino = strtoull(n->path + 2, &end, 16);
	int error;

	if (*end != '\0' && *end != '/')
		return ENOENT;
	*rest = end;
	error = vnode_by_word(n->l, RUMP_HANDLE | ino, ret);
	if (error != 0)
		return ENOENT;
	return *end == '/' && !vnode_is_dir(*ret) ? ENOTDIR : 0;
}

static int
start(struct namei *n, const char **rest, struct vnode **ret)
{
	int error;

	*rest = n->path;
	if (n->l->proc->abslinks && n->path[0] == '/' && n->path[1] == '/')
		return start_at_handle(n, rest, ret);
	if (n->path[0] == '/' && (n->resolve & RESOLVE_BENEATH) != 0)
		return EXDEV;
	if (n->path[0] == '/' && (n->resolve & RESOLVE_IN_ROOT) == 0)
		return vnode_hold(n->l->proc->root, ret);
	if (n->path[0] == '\0' && (n->flags & NAMEI_EMPTY) == 0)
		return ENOENT;
	error = vnode_by_word(n->l, n->dirword, ret);
	if (error == 0 && n->path[0] != '\0' && !vnode_is_dir(*ret)) {
		vnode_put(ret);
		return ENOTDIR;
	}
	if (error == 0 && (n->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0)
		n->top = vnode_get(*ret);
	return error;
}

static bool
is_dots(const char *name, size_t len, size_t dots)
{
	return len == dots && memcmp(name, "..", dots) == 0;
}

static int
step_up(struct namei *n, struct vnode *dir, struct vnode **ret)
{
	struct vnode *from, *up;
	int error;

	if (dir == n->top && (n->resolve & RESOLVE_BENEATH) != 0)
		return EXDEV;
	if (dir == n->top || dir == n->l->proc->root) {
		*ret = vnode_get(dir);
		return 0;
	}
	from = mount_cross_up(vnode_get(dir));
	error = from->ops->parent(from, &up);
	vnode_unref(from);
	return error != 0 ? error : mount_cross_down(up, ret);
}

static int
step(struct namei *n, struct vnode *dir, const char *name, size_t len, struct vnode **ret)
{
	struct vnode *found;
	int error;

	if (is_dots(name, len, 1)) {
		*ret = vnode_get(dir);
		return 0;
	}
	if (is_dots(name, len, 2)) {
		error = step_up(n, dir, ret);
	} else if (len > NAME_MAX) {
		error = ENAMETOOLONG;
	} else {
		error = dir->ops->lookup(dir, name, len, &found);
		if (error == 0 || error == ENOENT)
			publish_name(dir, name, len, error == 0 ? found : NULL);
		if (error == 0 && (n->flags & NAMEI_MOUNT) != 0)
			*ret = mount_top(found);
		else if (error == 0)
			error = mount_cross_down(found, ret);
	}
	if (error == 0 && (n->resolve & RESOLVE_NO_XDEV) != 0 && (*ret)->mount != dir->mount) {
		vnode_put(ret);
		error = EXDEV;
	}
	return error;
}

/* What is left is the link's target and then `rest`, which is empty or begins with a slash. */
static int
follow_text(struct namei *n, struct vnode *link, const char *rest, struct vnode **cur)
{
	struct lwp *l = n->l;
	char target[PATH_MAX], *text;
	const char *to;
	int error, len;

	error = link->ops->readlink(link, target);
	if (error != 0)
		return error;
	if (target[0] == '/' && (n->resolve & RESOLVE_BENEATH) != 0)
		return EXDEV;
	if (target[0] == '/' && l->proc->abslinks && n->top == NULL) {
		to = target + strspn(target, "/") - 1;
		len = snprintf(
		    l->redirect, sizeof l->redirect, "%c%s%s", n->which == 0 ? '0' : '1', to, rest);
		return len < (int)sizeof l->redirect ? EREDIRECT : ENAMETOOLONG;
	}
	if (asprintf(&text, "%s%s", target, rest) < 0)
		return ENOMEM;
	free(n->pending);
	n->pending = text;
	if (target[0] != '/')
		return 0;
	vnode_put(cur);
	return vnode_hold(n->top != NULL ? n->top : l->proc->root, cur);
}

void
vfs_redirect_to_host(struct lwp *l, const char *path)
{
	snprintf(l->redirect, sizeof l->redirect, "0/%s", path);
}

/* The link is a place of its own to go on from. */
static int
follow_object(struct namei *n, struct vnode *link, const char *rest, struct vnode **cur)
{
	struct vnode *to;
	char *text = strdup(rest);
	int error = text == NULL ? ENOMEM : link->ops->follow(link, &to);

	if (error == 0 && *rest != '\0' && !vnode_is_dir(to)) {
		vnode_unref(to);
		error = ENOTDIR;
	}
	if (error == EREDIRECT)
		strncat(n->l->redirect, rest, sizeof n->l->redirect - strlen(n->l->redirect) - 1);
	if (error != 0) {
		free(text);
		return error;
	}
	free(n->pending);
	n->pending = text;
	vnode_put(cur);
	*cur = to;
	return 0;
}

static int
follow(struct namei *n, struct vnode *link, const char *rest, struct vnode **cur)
{
	int error;

	if (n->links++ >= LINKS_MAX)
		return ELOOP;
	error = protect_follow(*cur, link, &n->l->proc->cred);
	if (error != 0)
		return error;
	if ((n->resolve & RESOLVE_NO_SYMLINKS) != 0)
		return ELOOP;
	error = link->ops->follow == NULL ? VNODE_FOLLOW_TEXT : follow_object(n, link, rest, cur);
	if (error == VNODE_FOLLOW_TEXT)
		return follow_text(n, link, rest, cur);
	return (n->resolve & RESOLVE_NO_MAGICLINKS) != 0 ? ELOOP : error;
}

static enum namei_last
kind_of_last(const char *name, size_t len)
{
	if (is_dots(name, len, 1))
		return NAMEI_DOT;
	return is_dots(name, len, 2) ? NAMEI_DOTDOT : NAMEI_NAME;
}

/* Notes the last component, as NAMEI_PARENT wants it. */
static int
keep_last(struct namei *n, struct vnode *dir, const char *name, size_t len)
{
	vnode_put(&n->dir);
	n->dir = vnode_get(dir);
	n->last = kind_of_last(name, len);
	if (len > NAME_MAX)
		return ENAMETOOLONG;
	memcpy(n->name, name, len);
	n->len = len;
	return 0;
}

static bool
follows_last(const struct namei *n)
{
	bool wanted = (n->flags & NAMEI_FOLLOW) != 0;

	return (n->flags & NAMEI_PARENT) != 0 ? wanted && !n->slash : wanted || n->slash;
}

int
namei(struct namei *n)
{
	bool want_parent = (n->flags & NAMEI_PARENT) != 0;
	CLEANUP_VNODE struct vnode *cur = NULL;
	const char *p, *rest;
	size_t len;
	bool final;
	int error;

	placeholder_sweep(false);
	mount_reap();
	error = start(n, &p, &cur);
	if (error != 0)
		return error;
	n->last = NAMEI_ROOT;
	publish_vnode(cur);
	for (p += strspn(p, "/"); *p != '\0'; p += strspn(p, "/")) {
		CLEANUP_VNODE struct vnode *next = NULL;

		len = strcspn(p, "/");
		rest = p + len;
		final = rest[strspn(rest, "/")] == '\0';
		n->slash = final && *rest == '/';
		if (!vnode_is_dir(cur))
			return ENOTDIR;
		error = vnode_access(cur, &n->l->proc->cred, X_OK);
		if (error != 0)
			return error;
		/* Looking it up may cost a question to a program. */
		if (final && (n->flags & NAMEI_OBJECT) != 0 && cur->ops->object == NULL)
			return VFS_PASS;
		if (final && want_parent) {
			error = keep_last(n, cur, p, len);
			if (error != 0 || n->last != NAMEI_NAME)
				return error;
		}
		error = step(n, cur, p, len, &next);
		if (error == ENOENT && final && want_parent)
			return 0;
		if (error != 0)
			return error;
		if (S_ISLNK(next->mode) && (!final || follows_last(n))) {
			error = follow(n, next, rest, &cur);
			if (error != 0)
				return error;
			p = n->pending;
			continue;
		}
		vnode_put(&cur);
		cur = take_ptr(&next);
		if (final) {
			if (n->slash && !want_parent && !vnode_is_dir(cur))
				return ENOTDIR;
			break;
		}
		p = rest;
	}
	if (want_parent && n->last == NAMEI_ROOT)
		n->dir = vnode_get(cur);
	n->vn = take_ptr(&cur);
	return 0;
}

int
vfs_lookup(struct lwp *l, uint64_t dir, const char *path, int flags, struct vnode **ret)
{
	CLEANUP_NAMEI struct namei n = {
	    .l = l,
	    .dirword = dir,
	    .path = path,
	    .flags = ((flags & AT_SYMLINK_NOFOLLOW) != 0 ? 0 : NAMEI_FOLLOW) |
		     ((flags & AT_EMPTY_PATH) != 0 ? NAMEI_EMPTY : 0),
	};
	int error = namei(&n);

	if (error == 0)
		*ret = take_ptr(&n.vn);
	return error;
}
