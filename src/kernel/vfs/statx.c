/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * statx(2).  Which of its fields are filled in, for a mask, differs from one version of Linux to
 * another; so a file of the host's tmpfs is asked for the same.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dcache/dcache.h"
#include "vfs/attr.h"
#include "vfs/vnode.h"

static void
ask_model(unsigned mask, struct statx *ret)
{
	static int model = -1;

	if (model == -1)
		model = memfd_create("rump-statx", MFD_CLOEXEC);
	if (statx(model, "", AT_EMPTY_PATH, mask, ret) == -1) {
		ret->stx_mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
		ret->stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	}
}

static uint64_t
attributes_of(unsigned inode_flags)
{
	uint64_t attributes = 0;

	if ((inode_flags & FS_IMMUTABLE_FL) != 0)
		attributes |= STATX_ATTR_IMMUTABLE;
	if ((inode_flags & FS_APPEND_FL) != 0)
		attributes |= STATX_ATTR_APPEND;
	if ((inode_flags & FS_NODUMP_FL) != 0)
		attributes |= STATX_ATTR_NODUMP;
	return attributes;
}

int
vfs_statx(struct vnode *vn, unsigned mask, struct statx *stx)
{
	struct timespec btime;
	struct statx model;
	struct stat st;
	int error = vfs_stat_born(vn, &st, &btime);

	if (error != 0)
		return error;
	ask_model(mask, &model);
	dcache_statx(&st, btime, vn->mount->id, vn == vn->mount->root, &model, stx);
	stx->stx_attributes |= attributes_of(vn->inode_flags) & model.stx_attributes_mask;
	return 0;
}
