/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking a path in the table: the plain cases of what the kernel's namei does.  Symbolic links,
 * "..", and whatever is not in the table are left to the kernel.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "dcache/dcache.h"

static bool
in_group(const struct dcache_cred *c, gid_t gid)
{
	if (c->gid == gid)
		return true;
	for (unsigned i = 0; i < c->ngroups; i++) {
		if (c->groups[i] == gid)
			return true;
	}
	return false;
}

int
dcache_access(const struct dcache_facts *f, const struct dcache_cred *c, int accmode)
{
	mode_t granted = f->st.st_mode;

	if (c->uid == 0) {
		if ((accmode & X_OK) != 0 && !S_ISDIR(f->st.st_mode) && (granted & 0111) == 0)
			return EACCES;
		return 0;
	}
	if (c->uid == f->st.st_uid)
		granted >>= 6;
	else if ((f->flags & DCACHE_ACL) != 0)
		return DCACHE_UNKNOWN;
	else if (in_group(c, f->st.st_gid))
		granted >>= 3;
	return (accmode & ~(int)granted & 7) == 0 ? 0 : EACCES;
}

/* One component below `f`, which becomes what is there. */
static int
step(const struct dcache_table *t, struct dcache_facts *f, const char *name, size_t len,
    const struct dcache_cred *c)
{
	uint64_t ino;
	int error;

	if (!S_ISDIR(f->st.st_mode))
		return ENOTDIR;
	error = dcache_access(f, c, X_OK);
	if (error != 0)
		return error;
	if (len == 1 && name[0] == '.')
		return 0;
	if (len == 2 && name[0] == '.' && name[1] == '.')
		return DCACHE_UNKNOWN;
	if (!dcache_get_entry(t, f->st.st_ino, name, len, &ino))
		return DCACHE_UNKNOWN;
	if (ino == 0)
		return ENOENT;
	return dcache_get_record(t, ino, f) ? 0 : DCACHE_UNKNOWN;
}

int
dcache_walk(const struct dcache_table *t, uint64_t dir, const char *path, bool follow,
    const struct dcache_cred *c, struct dcache_facts *ret)
{
	const char *p = path;

	/* Two slashes have a meaning of their own between hijacker and kernel. */
	if (*p == '\0' || (p[0] == '/' && p[1] == '/') || strnlen(path, PATH_MAX) == PATH_MAX)
		return DCACHE_UNKNOWN;
	if (!dcache_get_record(t, *p == '/' ? t->root : dir, ret))
		return DCACHE_UNKNOWN;
	for (p += strspn(p, "/"); *p != '\0'; p += strspn(p, "/")) {
		size_t len = strcspn(p, "/");
		int error = step(t, ret, p, len, c);

		if (error != 0)
			return error;
		p += len;
		if (S_ISLNK(ret->st.st_mode) && (follow || *p == '/'))
			return DCACHE_UNKNOWN;
		if (*p == '/' && !S_ISDIR(ret->st.st_mode))
			return ENOTDIR;
	}
	return 0;
}
