/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * statx(2).  Which of its fields are filled in, for a mask, differs from one version of Linux to
 * another; so a file of the host's tmpfs is asked for the same.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vfs/attr.h"
#include "vfs/vnode.h"

static void
follow_model(unsigned mask, struct statx *stx)
{
	static int model = -1;
	struct statx host;

	if (model == -1)
		model = memfd_create("rump-statx", MFD_CLOEXEC);
	if (statx(model, "", AT_EMPTY_PATH, mask, &host) == -1) {
		stx->stx_mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
		stx->stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	} else {
		stx->stx_mask = host.stx_mask;
		stx->stx_attributes_mask = host.stx_attributes_mask;
	}
}

static struct statx_timestamp
to_statx_time(struct timespec ts)
{
	return (struct statx_timestamp){.tv_sec = ts.tv_sec, .tv_nsec = (uint32_t)ts.tv_nsec};
}

int
vfs_statx(struct vnode *vn, unsigned mask, struct statx *stx)
{
	struct timespec btime;
	struct stat st;
	int error = vfs_stat_born(vn, &st, &btime);

	if (error != 0)
		return error;
	memset(stx, 0, sizeof *stx);
	follow_model(mask, stx);
	stx->stx_blksize = (uint32_t)st.st_blksize;
	if (vn == vn->mount->root)
		stx->stx_attributes |= STATX_ATTR_MOUNT_ROOT;
	stx->stx_nlink = (uint32_t)st.st_nlink;
	stx->stx_uid = st.st_uid;
	stx->stx_gid = st.st_gid;
	stx->stx_mode = (uint16_t)st.st_mode;
	stx->stx_ino = st.st_ino;
	stx->stx_size = (uint64_t)st.st_size;
	stx->stx_blocks = (uint64_t)st.st_blocks;
	stx->stx_atime = to_statx_time(st.st_atim);
	if ((stx->stx_mask & STATX_BTIME) != 0)
		stx->stx_btime = to_statx_time(btime);
	if ((stx->stx_mask & STATX_CTIME) != 0)
		stx->stx_ctime = to_statx_time(st.st_ctim);
	if ((stx->stx_mask & STATX_MTIME) != 0)
		stx->stx_mtime = to_statx_time(st.st_mtim);
	stx->stx_rdev_major = major(st.st_rdev);
	stx->stx_rdev_minor = minor(st.st_rdev);
	stx->stx_dev_major = major(st.st_dev);
	stx->stx_dev_minor = minor(st.st_dev);
	stx->stx_mnt_id = vn->mount->id;
	return 0;
}
