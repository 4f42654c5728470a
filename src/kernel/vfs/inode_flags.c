/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting inode flags, with Linux's rules of who may. */
#include "vfs/inode_flags.h"

#include <errno.h>

#include "kern/proc.h"
#include "vfs/publish.h"
#include "vfs/watch/watch.h"

int
vfs_set_inode_flags(struct vnode *vn, unsigned flags, const struct cred *c)
{
	unsigned changed = flags ^ vn->inode_flags;
	int error;

	if (vn->ops->set_inode_flags == NULL)
		return ENOTTY;
	if (vnode_is_readonly(vn))
		return EROFS;
	if (!vnode_is_owner(vn, c))
		return EPERM;
	if ((changed & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0 && !cred_is_admin(c))
		return EPERM;
	if ((flags & ~(unsigned)INODE_FLAGS_SETTABLE) != 0)
		return EOPNOTSUPP;
	error = vn->ops->set_inode_flags(vn, flags);
	if (error == 0 && watch_count != 0)
		watch_changed(vn);
	return error;
}
