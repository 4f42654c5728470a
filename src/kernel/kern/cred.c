/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Credentials: who may do what.
 */
#include <unistd.h>

#include "kern/proc.h"

bool
cred_is_root(const struct cred *c)
{
	return c->euid == 0;
}

bool
cred_is_file_root(const struct cred *c)
{
	return c->fsuid == 0;
}

bool
cred_is_admin(const struct cred *c)
{
	return cred_is_root(c) || c->euid == geteuid();
}

bool
cred_in_group(const struct cred *c, gid_t gid)
{
	if (c->fsgid == gid)
		return true;
	for (unsigned i = 0; i < c->ngroups; i++) {
		if (c->groups[i] == gid)
			return true;
	}
	return false;
}

bool
cred_has_uid(const struct cred *c, uid_t uid)
{
	return uid == c->ruid || uid == c->euid || uid == c->suid;
}

bool
cred_has_gid(const struct cred *c, gid_t gid)
{
	return gid == c->rgid || gid == c->egid || gid == c->sgid;
}
