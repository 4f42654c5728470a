/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about the calling process: its ids.
 */
#include <errno.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "syscall/sys_proto.h"

#define UNCHANGED UINT32_MAX /* (uid_t)-1: keep this id */

/* Also gives the parent's pid, in the second word, as the 0.4 protocol's kernels do. */
int
sys_getpid(struct lwp *l, int64_t *retval)
{
	retval[0] = l->proc->pid;
	retval[1] = l->proc->parent != NULL ? l->proc->parent->pid : 0;
	return 0;
}

int
sys_getppid(struct lwp *l, int64_t *retval)
{
	*retval = l->proc->parent != NULL ? l->proc->parent->pid : 0;
	return 0;
}

int
sys_getuid(struct lwp *l, int64_t *retval)
{
	*retval = l->proc->cred.ruid;
	return 0;
}

int
sys_geteuid(struct lwp *l, int64_t *retval)
{
	*retval = l->proc->cred.euid;
	return 0;
}

int
sys_getgid(struct lwp *l, int64_t *retval)
{
	*retval = l->proc->cred.rgid;
	return 0;
}

int
sys_getegid(struct lwp *l, int64_t *retval)
{
	*retval = l->proc->cred.egid;
	return 0;
}

static void
set_id(uint32_t *id, uint32_t new)
{
	if (new != UNCHANGED)
		*id = new;
}

static void
set_uids(struct cred *c, uid_t ruid, uid_t euid, uid_t suid)
{
	set_id(&c->ruid, ruid);
	set_id(&c->euid, euid);
	set_id(&c->suid, suid);
	c->fsuid = c->euid;
}

static void
set_gids(struct cred *c, gid_t rgid, gid_t egid, gid_t sgid)
{
	set_id(&c->rgid, rgid);
	set_id(&c->egid, egid);
	set_id(&c->sgid, sgid);
	c->fsgid = c->egid;
}

static bool
may_have_uid(const struct cred *c, uid_t uid)
{
	return uid == UNCHANGED || cred_has_uid(c, uid);
}

static bool
may_have_gid(const struct cred *c, gid_t gid)
{
	return gid == UNCHANGED || cred_has_gid(c, gid);
}

static bool
may_have_uids(const struct cred *c, uid_t ruid, uid_t euid, uid_t suid)
{
	return may_have_uid(c, ruid) && may_have_uid(c, euid) && may_have_uid(c, suid);
}

static bool
may_have_gids(const struct cred *c, gid_t rgid, gid_t egid, gid_t sgid)
{
	return may_have_gid(c, rgid) && may_have_gid(c, egid) && may_have_gid(c, sgid);
}

int
sys_setresuid(struct lwp *l, uid_t ruid, uid_t euid, uid_t suid)
{
	struct cred *c = &l->proc->cred;

	if (!cred_is_root(c) && !may_have_uids(c, ruid, euid, suid))
		return EPERM;
	set_uids(c, ruid, euid, suid);
	return 0;
}

int
sys_setresgid(struct lwp *l, gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred *c = &l->proc->cred;

	if (!cred_is_root(c) && !may_have_gids(c, rgid, egid, sgid))
		return EPERM;
	set_gids(c, rgid, egid, sgid);
	return 0;
}

/* Whose files: any of the caller's ids.  Never an error, but the old one tells. */
int
sys_setfsuid(struct lwp *l, uid_t uid, int64_t *retval)
{
	struct cred *c = &l->proc->cred;

	*retval = c->fsuid;
	if (uid != UNCHANGED && (cred_is_root(c) || l->proc->host_root || cred_has_uid(c, uid)))
		c->fsuid = uid;
	return 0;
}

int
sys_setfsgid(struct lwp *l, gid_t gid, int64_t *retval)
{
	struct cred *c = &l->proc->cred;

	*retval = c->fsgid;
	if (gid != UNCHANGED && (cred_is_root(c) || l->proc->host_root || cred_has_gid(c, gid)))
		c->fsgid = gid;
	return 0;
}

int
sys_getgroups(struct lwp *l, int n, struct uout list, int64_t *retval)
{
	const struct cred *c = &l->proc->cred;
	int error;

	if (n < 0 || (n > 0 && (unsigned)n < c->ngroups))
		return EINVAL;
	if (n > 0) {
		error = uout_put(l, list, 0, c->groups, c->ngroups * sizeof c->groups[0]);
		if (error != 0)
			return error;
	}
	*retval = c->ngroups;
	return 0;
}

int
sys_setgroups(struct lwp *l, size_t n, struct uin list)
{
	gid_t groups[PROC_NGROUPS];
	struct cred *c = &l->proc->cred;
	int error;

	if (!cred_is_root(c))
		return EPERM;
	if (n > PROC_NGROUPS)
		return EINVAL;
	error = uin_get(l, list, 0, groups, n * sizeof groups[0]);
	if (error != 0)
		return error;
	for (size_t i = 0; i < n; i++)
		c->groups[i] = groups[i];
	c->ngroups = (unsigned)n;
	return 0;
}

/*
 * The client has changed its ids on the host, where the host has judged it.  We saw the host's word
 * only when it connected: who was root then may be anybody, others only who they are already.
 */
int
sys_deleg_cred(
    struct lwp *l, uid_t ruid, uid_t euid, uid_t suid, gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred *c = &l->proc->cred;

	if (!l->proc->host_root &&
	    (!may_have_uids(c, ruid, euid, suid) || !may_have_gids(c, rgid, egid, sgid)))
		return EPERM;
	set_uids(c, ruid, euid, suid);
	set_gids(c, rgid, egid, sgid);
	return 0;
}
