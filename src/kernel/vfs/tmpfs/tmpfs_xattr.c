/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes of a node: a list sorted by name, which is the order they are shown in. */
#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "vfs/tmpfs/tmpfs.h"

struct tmpfs_xattr {
	struct tmpfs_xattr *next;
	size_t len;
	char *name; /* behind the value */
	char value[];
};

/* What an attribute takes of the file system's room. */
static size_t
space_of(const struct tmpfs_xattr *x)
{
	return sizeof *x + x->len + strlen(x->name) + 1;
}

static bool
has_room(const struct tmpfs *fs, size_t more)
{
	return (fs->xattr_bytes + more) / 1024 < fs->limits.nodes_max;
}

/* Access control lists (system.*) are shown before all others. */
static int
compare(const char *a, const char *b)
{
	bool a_first = strncmp(a, "system.", 7) == 0, b_first = strncmp(b, "system.", 7) == 0;

	return a_first == b_first ? strcmp(a, b) : b_first - a_first;
}

/* Where the attribute is, or where it would be. */
static struct tmpfs_xattr **
find(struct tmpfs_node *n, const char *name, bool *ret_found)
{
	struct tmpfs_xattr **p = &n->xattrs;
	int order = 1;

	while (*p != NULL && (order = compare((*p)->name, name)) < 0)
		p = &(*p)->next;
	*ret_found = *p != NULL && order == 0;
	return p;
}

int
tmpfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len)
{
	struct tmpfs_xattr **p;
	bool found;

	p = find(tmpfs_node_of(vn), name, &found);
	if (!found)
		return ENODATA;
	*ret_len = (*p)->len;
	if (size != 0 && *ret_len > size)
		return ERANGE;
	if (size != 0)
		memcpy(value, (*p)->value, *ret_len);
	return 0;
}

int
tmpfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct tmpfs *fs = tmpfs_of(n);
	struct tmpfs_xattr **p, *x = NULL, *old = NULL;
	bool found;

	p = find(n, name, &found);
	if (found && (flags & XATTR_CREATE) != 0)
		return EEXIST;
	if (!found && (flags & XATTR_REPLACE) != 0)
		return ENODATA;
	if (value != NULL) {
		if (!has_room(fs, len))
			return ENOSPC;
		x = malloc(sizeof *x + len + strlen(name) + 1);
		if (x == NULL)
			return ENOSPC;
		x->len = len;
		x->name = x->value + len;
		memcpy(x->value, value, len);
		memcpy(x->name, name, strlen(name) + 1);
	}
	if (found) {
		old = *p;
		*p = old->next;
		fs->xattr_bytes -= space_of(old);
	}
	if (x != NULL) {
		x->next = *p;
		*p = x;
		fs->xattr_bytes += space_of(x);
	}
	free(old);
	tmpfs_touch(n, false);
	return 0;
}

int
tmpfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len)
{
	struct tmpfs_xattr *x;
	size_t len = 0, n;

	for (x = tmpfs_node_of(vn)->xattrs; x != NULL; x = x->next) {
		n = strlen(x->name) + 1;
		if (len + n > XATTR_LIST_MAX)
			return E2BIG;
		if (size != 0 && len + n > size)
			return ERANGE;
		if (size != 0)
			memcpy(list + len, x->name, n);
		len += n;
	}
	*ret_len = len;
	return 0;
}

void
tmpfs_xattr_free(struct tmpfs_node *n)
{
	struct tmpfs_xattr *x;

	while ((x = n->xattrs) != NULL) {
		n->xattrs = x->next;
		tmpfs_of(n)->xattr_bytes -= space_of(x);
		free(x);
	}
}
