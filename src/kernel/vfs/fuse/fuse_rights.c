/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may use a mount, and who decides what they may do there: as Linux has it.  Unless the option
 * allow_other was given, others than the one who mounted it, root too, are kept out.  Mode and
 * owner count with the option default_permissions only; else the program allows or refuses when it
 * is asked for something, and is asked (ACCESS) on behalf of those who only want to know.
 */
#include <errno.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

int
fuse_check_user(const struct fuse_mount *fm)
{
	const struct fuse_options *o = &fm->options;
	const struct cred *c;

	if (o->allow_other || curlwp == NULL)
		return 0;
	c = &curlwp->proc->cred;
	return c->ruid == o->user && c->euid == o->user && c->suid == o->user &&
		       c->rgid == o->group && c->egid == o->group && c->sgid == o->group
		   ? 0
		   : EACCES;
}

/* Rights that are refused may have been given meanwhile. */
static int
by_mode(struct fuse_node *n, const struct cred *c, int accmode)
{
	uint64_t expires = n->expires;
	int error = fuse_node_refresh(n);

	if (error == 0)
		error = vnode_mode_access(&n->v, c, accmode);
	if (error != EACCES || n->expires != expires)
		return error;
	fuse_node_stale(n);
	error = fuse_node_refresh(n);
	return error != 0 ? error : vnode_mode_access(&n->v, c, accmode);
}

static int
check_caller(const struct fuse_mount *fm)
{
	return fm->ended != 0 ? fm->ended : fuse_check_user(fm);
}

int
fuse_access(struct vnode *vn, const struct cred *c, int accmode)
{
	struct fuse_node *n = fuse_node_of(vn);
	int error = check_caller(fuse_of(n));

	if (error != 0)
		return error;
	if (fuse_of(n)->options.default_permissions)
		return by_mode(n, c, accmode);
	if ((accmode & X_OK) == 0 || !S_ISREG(vn->mode))
		return 0;
	/* What nobody may execute the program cannot refuse: it does not hear of that. */
	error = fuse_node_refresh(n);
	return error == 0 && (vn->mode & 0111) == 0 ? EACCES : error;
}

int
fuse_access_asked(struct vnode *vn, const struct cred *c, int accmode)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_request r = fuse_request(FUSE_ACCESS, n->nodeid);
	struct fuse_access_in in = {.mask = (uint32_t)accmode};
	int error = check_caller(fuse_of(n));

	if (error != 0)
		return error;
	if (fuse_of(n)->options.default_permissions)
		return by_mode(n, c, accmode);
	fuse_in(&r, &in, sizeof in);
	error = fuse_call(fuse_of(n), &r);
	return error == ENOSYS ? 0 : error;
}
