/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX access control lists: acl(5) has the rules. */
#include "vfs/acl.h"

#include <errno.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/vnode.h"

#define ACCESS_NAME  "system.posix_acl_access"
#define DEFAULT_NAME "system.posix_acl_default"

/* Tags, in the order in which entries stand. */
enum {
	TAG_USER_OBJ = 0x01,
	TAG_USER = 0x02,
	TAG_GROUP_OBJ = 0x04,
	TAG_GROUP = 0x08,
	TAG_MASK = 0x10,
	TAG_OTHER = 0x20,
};

typedef struct posix_acl_xattr_entry entry;

/* A list, inside the attribute's value. */
struct acl {
	entry *entries;
	size_t count;
};

bool
acl_is_name(const char *name)
{
	return strcmp(name, ACCESS_NAME) == 0 || strcmp(name, DEFAULT_NAME) == 0;
}

static struct acl
acl_of(void *value, size_t len)
{
	struct posix_acl_xattr_header *head = value;

	return (struct acl){(entry *)(void *)(head + 1), (len - sizeof *head) / sizeof(entry)};
}

static bool
has_shape(const void *value, size_t len)
{
	struct posix_acl_xattr_header head;

	if (len < sizeof head || (len - sizeof head) % sizeof(entry) != 0)
		return false;
	memcpy(&head, value, sizeof head);
	return head.a_version == POSIX_ACL_XATTR_VERSION;
}

/* The entry with this tag, which stands there once; or NULL. */
static entry *
find(struct acl acl, unsigned tag)
{
	for (size_t i = 0; i < acl.count; i++)
		if (acl.entries[i].e_tag == tag)
			return &acl.entries[i];
	return NULL;
}

/* One each of owner, group and other, in order; a mask if anybody is named. */
static bool
is_valid(struct acl acl)
{
	unsigned last = 0, seen = 0;

	for (size_t i = 0; i < acl.count; i++) {
		unsigned tag = acl.entries[i].e_tag;
		bool named = tag == TAG_USER || tag == TAG_GROUP;

		if (tag < last || (tag == last && !named) || (acl.entries[i].e_perm & ~7u) != 0)
			return false;
		if ((tag & (tag - 1)) != 0 || tag == 0 || tag > TAG_OTHER)
			return false;
		if (named && acl.entries[i].e_id == (uint32_t)ACL_UNDEFINED_ID)
			return false;
		last = tag;
		seen |= tag;
	}
	if ((seen & (TAG_USER | TAG_GROUP)) != 0 && (seen & TAG_MASK) == 0)
		return false;
	return (seen & (TAG_USER_OBJ | TAG_GROUP_OBJ | TAG_OTHER)) ==
	       (TAG_USER_OBJ | TAG_GROUP_OBJ | TAG_OTHER);
}

/* Does it say no more than a mode? */
static bool
is_plain(struct acl acl)
{
	return acl.count == 3;
}

/* What stands for the group in a mode. */
static entry *
group_class(struct acl acl)
{
	entry *mask = find(acl, TAG_MASK);

	return mask != NULL ? mask : find(acl, TAG_GROUP_OBJ);
}

static mode_t
mode_of(struct acl acl)
{
	return (mode_t)(find(acl, TAG_USER_OBJ)->e_perm << 6 | group_class(acl)->e_perm << 3 |
			find(acl, TAG_OTHER)->e_perm);
}

static void
set_mode(struct acl acl, mode_t mode)
{
	find(acl, TAG_USER_OBJ)->e_perm = mode >> 6 & 7;
	group_class(acl)->e_perm = mode >> 3 & 7;
	find(acl, TAG_OTHER)->e_perm = mode & 7;
}

/* A copy of the list that vn has by this name; ENODATA. */
static int
load(struct vnode *vn, const char *name, void **ret_value, size_t *ret_len)
{
	int error = ENODATA;

	if (vn->mount->acl && !S_ISLNK(vn->mode))
		error = vn->ops->getxattr(vn, name, NULL, 0, ret_len);
	if (error != 0)
		return error;
	*ret_value = malloc(*ret_len);
	if (*ret_value == NULL)
		return ENOMEM;
	return vn->ops->getxattr(vn, name, *ret_value, *ret_len, ret_len);
}

static int
grants(const entry *e, unsigned limit, int accmode)
{
	return ((unsigned)accmode & ~(e->e_perm & limit)) == 0 ? 0 : EACCES;
}

int
acl_access(struct vnode *vn, const struct cred *c, int accmode)
{
	CLEANUP_FREE void *value = NULL;
	bool in_group = false;
	unsigned limit = 7;
	struct acl acl;
	entry *e;
	size_t len;
	int error = load(vn, ACCESS_NAME, &value, &len);

	if (error != 0)
		return error == ENODATA ? -1 : error;
	acl = acl_of(value, len);
	e = find(acl, TAG_MASK);
	if (e != NULL)
		limit = e->e_perm;
	for (size_t i = 0; i < acl.count; i++) {
		e = &acl.entries[i];
		if (e->e_tag == TAG_USER && e->e_id == c->fsuid)
			return grants(e, limit, accmode);
		if ((e->e_tag == TAG_GROUP_OBJ && cred_in_group(c, vn->gid)) ||
		    (e->e_tag == TAG_GROUP && cred_in_group(c, e->e_id))) {
			in_group = true;
			if (grants(e, 7, accmode) == 0)
				return grants(e, limit, accmode);
		}
	}
	return in_group ? EACCES : grants(find(acl, TAG_OTHER), 7, accmode);
}

static int
store(struct vnode *vn, const char *name, const void *value, size_t len)
{
	int error = vn->ops->setxattr(vn, name, value, len, 0);

	return error == ENODATA ? 0 : error;
}

/* The access list and the mode that goes with it. */
static int
set_access(struct vnode *vn, const void *value, size_t len, const struct cred *c)
{
	struct vnode_attr attr = {.set = ATTR_MODE, .mode = vn->mode & 07000};
	CLEANUP_FREE void *copy = malloc(len);
	struct acl acl;
	int error;

	if (copy == NULL)
		return ENOMEM;
	memcpy(copy, value, len);
	acl = acl_of(copy, len);
	attr.mode |= mode_of(acl);
	if (!cred_is_file_root(c) && !cred_in_group(c, vn->gid))
		attr.mode &= ~S_ISGID;
	error = store(vn, ACCESS_NAME, is_plain(acl) ? NULL : value, is_plain(acl) ? 0 : len);
	return error != 0 ? error : vn->ops->setattr(vn, &attr);
}

int
acl_set(struct vnode *vn, const char *name, const void *value, size_t len, const struct cred *c)
{
	bool is_access = strcmp(name, ACCESS_NAME) == 0;
	bool remove = len == 0 || len == sizeof(struct posix_acl_xattr_header);
	CLEANUP_FREE void *copy = NULL;

	if (vnode_is_readonly(vn))
		return EROFS;
	if (len != 0 && !has_shape(value, len))
		return len < sizeof(struct posix_acl_xattr_header) ? EINVAL : EOPNOTSUPP;
	if (!vn->mount->acl || S_ISLNK(vn->mode))
		return EOPNOTSUPP;
	if (!is_access && !vnode_is_dir(vn))
		return remove ? 0 : EACCES;
	if (!vnode_is_owner(vn, c))
		return EPERM;
	if (remove)
		return store(vn, name, NULL, 0);
	copy = malloc(len);
	if (copy == NULL)
		return ENOMEM;
	memcpy(copy, value, len);
	if (!is_valid(acl_of(copy, len)))
		return EINVAL;
	return is_access ? set_access(vn, copy, len, c) : store(vn, name, copy, len);
}

int
acl_get(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len)
{
	if (!vn->mount->acl || S_ISLNK(vn->mode))
		return EOPNOTSUPP;
	return vn->ops->getxattr(vn, name, value, size, ret_len);
}

int
acl_chmod(struct vnode *vn)
{
	CLEANUP_FREE void *value = NULL;
	size_t len;
	int error = load(vn, ACCESS_NAME, &value, &len);

	if (error != 0)
		return error == ENODATA ? 0 : error;
	set_mode(acl_of(value, len), vn->mode);
	return store(vn, ACCESS_NAME, value, len);
}

bool
acl_mask(struct vnode *dir, struct vnode_new *what, mode_t asked)
{
	CLEANUP_FREE void *value = NULL;
	size_t len;

	if (S_ISLNK(what->mode) || load(dir, DEFAULT_NAME, &value, &len) != 0)
		return false;
	what->mode &= ~(mode_t)0777 | (mode_of(acl_of(value, len)) & asked);
	return true;
}

int
acl_inherit(struct vnode *dir, struct vnode *vn, mode_t asked)
{
	CLEANUP_FREE void *value = NULL;
	size_t len;
	int error;

	if (S_ISLNK(vn->mode))
		return 0;
	error = load(dir, DEFAULT_NAME, &value, &len);
	if (error != 0)
		return error == ENODATA ? 0 : error;
	if (vnode_is_dir(vn))
		error = store(vn, DEFAULT_NAME, value, len);
	if (error != 0 || is_plain(acl_of(value, len)))
		return error;
	set_mode(acl_of(value, len), mode_of(acl_of(value, len)) & asked);
	return store(vn, ACCESS_NAME, value, len);
}
