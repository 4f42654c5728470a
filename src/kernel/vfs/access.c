/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what: permission bits, the sticky bit, ownership. */
#include <errno.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/acl.h"
#include "vfs/inode_flags.h"
#include "vfs/vnode.h"

/* What the mount or a flag of the file forbids, whatever the rights. */
static int
absolute_access(const struct vnode *vn, int accmode)
{
	if ((accmode & W_OK) != 0 && vnode_is_readonly(vn) &&
	    (S_ISREG(vn->mode) || S_ISDIR(vn->mode) || S_ISLNK(vn->mode)))
		return EROFS;
	if ((accmode & W_OK) != 0 && vnode_is_immutable(vn))
		return EPERM;
	if ((accmode & X_OK) != 0 && S_ISREG(vn->mode) && (vn->mount->flags & MS_NOEXEC) != 0)
		return EACCES;
	return 0;
}

int
vnode_rights(struct vnode *vn, const struct cred *c, int accmode)
{
	return vn->ops->access != NULL ? vn->ops->access(vn, c, accmode)
				       : vnode_mode_access(vn, c, accmode);
}

int
vnode_rights_asked(struct vnode *vn, const struct cred *c, int accmode)
{
	return vn->ops->access_asked != NULL ? vn->ops->access_asked(vn, c, accmode)
					     : vnode_rights(vn, c, accmode);
}

int
vnode_access(struct vnode *vn, const struct cred *c, int accmode)
{
	int error = absolute_access(vn, accmode);

	return error != 0 ? error : vnode_rights(vn, c, accmode);
}

int
vnode_access_asked(struct vnode *vn, const struct cred *c, int accmode)
{
	int error = absolute_access(vn, accmode);

	return error != 0 ? error : vnode_rights_asked(vn, c, accmode);
}

int
vnode_mode_access(struct vnode *vn, const struct cred *c, int accmode)
{
	mode_t granted;
	int error;

	if (cred_is_file_root(c)) {
		/* Root may do all but execute what nobody may. */
		if ((accmode & X_OK) != 0 && !S_ISDIR(vn->mode) && (vn->mode & 0111) == 0)
			return EACCES;
		return 0;
	}
	if (c->fsuid != vn->uid && (vn->mode & S_IRWXG) != 0) {
		error = acl_access(vn, c, accmode);
		if (error != -1)
			return error;
	}
	if (c->fsuid == vn->uid)
		granted = vn->mode >> 6;
	else if (cred_in_group(c, vn->gid))
		granted = vn->mode >> 3;
	else
		granted = vn->mode;
	return (accmode & ~granted & 7) == 0 ? 0 : EACCES;
}

bool
vnode_is_owner(const struct vnode *vn, const struct cred *c)
{
	return cred_is_file_root(c) || c->fsuid == vn->uid;
}

bool
vnode_may_change(const struct vnode *vn, const struct cred *c)
{
	return vn->mount->own_rights || vnode_is_owner(vn, c);
}

int
vnode_may_create(struct vnode *dir, const struct cred *c)
{
	if (dir->nlink == 0)
		return ENOENT;
	return vnode_access(dir, c, W_OK | X_OK);
}

int
vnode_may_remove(struct vnode *dir, struct vnode *victim, bool isdir, const struct cred *c)
{
	int error = vnode_access(dir, c, W_OK | X_OK);

	if (error != 0)
		return error;
	if (vnode_is_append_only(dir) || vnode_is_fixed(victim))
		return EPERM;
	if ((dir->mode & S_ISVTX) != 0 && !vnode_is_owner(dir, c) && !vnode_is_owner(victim, c))
		return EPERM;
	if (isdir && !vnode_is_dir(victim))
		return ENOTDIR;
	if (!isdir && vnode_is_dir(victim))
		return EISDIR;
	if (victim == victim->mount->root || victim->covered_by != NULL)
		return EBUSY;
	return 0;
}
