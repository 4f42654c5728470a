/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inode flags (FS_*_FL of ioctl_iflags(2), what chattr(1) sets).  Of those that a tmpfs has, two
 * are minded: an immutable file or directory does not change at all, an append-only one only grows.
 * They hold for what is opened after they were set.
 */
#ifndef KERNEL_VFS_INODE_FLAGS_H
#define KERNEL_VFS_INODE_FLAGS_H

#include <linux/fs.h>
#include <stdbool.h>

#include "vfs/vnode.h"

#define INODE_FLAGS_SETTABLE  (FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL)
#define INODE_FLAGS_INHERITED (FS_NODUMP_FL | FS_NOATIME_FL)

static inline bool
vnode_is_immutable(const struct vnode *vn)
{
	return (vn->inode_flags & FS_IMMUTABLE_FL) != 0;
}

static inline bool
vnode_is_append_only(const struct vnode *vn)
{
	return (vn->inode_flags & FS_APPEND_FL) != 0;
}

/* Neither removed, linked nor given other attributes. */
static inline bool
vnode_is_fixed(const struct vnode *vn)
{
	return vnode_is_immutable(vn) || vnode_is_append_only(vn);
}

/* ENOTTY: the file system has none.  EPERM, EROFS, EOPNOTSUPP for a flag that it has not. */
int vfs_set_inode_flags(struct vnode *vn, unsigned flags, const struct cred *c);

#endif
