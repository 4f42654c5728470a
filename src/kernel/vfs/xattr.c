/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extended attributes: namespaces and who may use them.  user.* follows the file's permission bits
 * and is for files and directories only; trusted.* is root's and others do not see it; security.*
 * is root's to write and anybody's to read; access control lists are in acl.c.
 */
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/acl.h"
#include "vfs/attr.h"
#include "vfs/inode_flags.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

#define VALUE_MAX    65536 /* XATTR_SIZE_MAX and XATTR_LIST_MAX of Linux */
#define NAME_LEN_MAX 255

enum space { SPACE_USER, SPACE_TRUSTED, SPACE_SECURITY, SPACE_SYSTEM, SPACE_NONE };

static const char *const prefixes[] = {
    [SPACE_USER] = "user.",
    [SPACE_TRUSTED] = "trusted.",
    [SPACE_SECURITY] = "security.",
    [SPACE_SYSTEM] = "system.",
};

static enum space
space_of(const char *name)
{
	enum space space = SPACE_USER;

	while (space < SPACE_NONE && strncmp(name, prefixes[space], strlen(prefixes[space])) != 0)
		space++;
	return space;
}

static int
may_use_user(struct vnode *vn, bool writing, const struct cred *c)
{
	if (!S_ISREG(vn->mode) && !S_ISDIR(vn->mode))
		return writing ? EPERM : ENODATA;
	if (writing && S_ISDIR(vn->mode) && (vn->mode & S_ISVTX) != 0 && !vnode_is_owner(vn, c))
		return EPERM;
	return vnode_access(vn, c, writing ? W_OK : R_OK);
}

/* Linux asks for the right first, and for somebody who knows the name afterwards. */
static int
may_use(struct vnode *vn, const char *name, bool writing, const struct cred *c)
{
	enum space space = space_of(name);
	int error = 0;

	if (writing && vnode_is_readonly(vn))
		return EROFS;
	switch (space) {
	case SPACE_TRUSTED:
		if (!cred_is_file_root(c))
			return writing ? EPERM : ENODATA;
		break;
	case SPACE_SECURITY:
		if (writing && !cred_is_file_root(c))
			return EPERM;
		break;
	case SPACE_SYSTEM:
		return EOPNOTSUPP;
	case SPACE_USER:
		error = may_use_user(vn, writing, c);
		break;
	case SPACE_NONE:
		error = vnode_access(vn, c, writing ? W_OK : R_OK);
		return error != 0 ? error : EOPNOTSUPP;
	}
	if (error == 0 && name[strlen(prefixes[space])] == '\0')
		error = EINVAL;
	return error;
}

static bool
has_length(const char *name)
{
	return name[0] != '\0' && strlen(name) <= NAME_LEN_MAX;
}

int
vfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len,
    const struct cred *c)
{
	int error;

	if (!has_length(name))
		return ERANGE;
	if (acl_is_name(name))
		return acl_get(vn, name, value, size, ret_len);
	error = may_use(vn, name, false, c);
	if (error == 0 && vn->ops->getxattr == NULL)
		error = EOPNOTSUPP;
	return error != 0 ? error : vn->ops->getxattr(vn, name, value, size, ret_len);
}

/* A file's capabilities, as struct vfs_cap_data of version 2 or 3.  What is in them is stored only:
 * programs of the rump kernel run with what they have. */
static bool
is_valid(const char *name, const void *value, size_t len)
{
	uint32_t magic;

	if (strcmp(name, XATTR_NAME_CAPS) != 0 || value == NULL)
		return true;
	if (len < sizeof magic)
		return false;
	memcpy(&magic, value, sizeof magic);
	magic &= VFS_CAP_REVISION_MASK;
	return (len == XATTR_CAPS_SZ_2 && magic == VFS_CAP_REVISION_2) ||
	       (len == XATTR_CAPS_SZ_3 && magic == VFS_CAP_REVISION_3);
}

static int
set(struct vnode *vn, const char *name, const void *value, size_t len, int flags,
    const struct cred *c)
{
	int error;

	if (vnode_is_fixed(vn))
		return vnode_is_readonly(vn) ? EROFS : EPERM;
	if (acl_is_name(name))
		return acl_set(vn, name, value, len, c);
	if (!is_valid(name, value, len))
		return EINVAL;
	error = may_use(vn, name, true, c);
	if (error == 0 && vn->ops->setxattr == NULL)
		error = EOPNOTSUPP;
	if (error == 0)
		error = vn->ops->setxattr(vn, name, value, len, flags);
	if (error == 0 && watch_count != 0)
		watch_changed(vn);
	return error;
}

int
vfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags,
    const struct cred *c)
{
	if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0)
		return EINVAL;
	if (!has_length(name))
		return ERANGE;
	if (len > VALUE_MAX)
		return E2BIG;
	return set(vn, name, value, len, flags, c);
}

int
vfs_removexattr(struct vnode *vn, const char *name, const struct cred *c)
{
	return has_length(name) ? set(vn, name, NULL, 0, XATTR_REPLACE, c) : ERANGE;
}

/* Takes out of the list what is not for the caller; the length of the rest. */
static size_t
hide_trusted(char *list, size_t len)
{
	size_t kept = 0, n;

	for (size_t at = 0; at < len; at += n) {
		n = strlen(list + at) + 1;
		if (space_of(list + at) == SPACE_TRUSTED)
			continue;
		memmove(list + kept, list + at, n);
		kept += n;
	}
	return kept;
}

int
vfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len, const struct cred *c)
{
	CLEANUP_FREE char *all = NULL;
	size_t len;
	int error;

	if (vn->ops->listxattr == NULL)
		return EOPNOTSUPP;
	if (cred_is_file_root(c))
		return vn->ops->listxattr(vn, list, size, ret_len);
	all = malloc(VALUE_MAX);
	if (all == NULL)
		return ENOMEM;
	error = vn->ops->listxattr(vn, all, VALUE_MAX, &len);
	if (error != 0)
		return error == ERANGE ? E2BIG : error;
	len = hide_trusted(all, len);
	if (size != 0 && len > size)
		return ERANGE;
	if (size != 0)
		memcpy(list, all, len);
	*ret_len = len;
	return 0;
}
