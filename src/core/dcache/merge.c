/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes from two sources, and in two shapes. */
#include <string.h>
#include <sys/sysmacros.h>

#include "dcache/dcache.h"

static bool
is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

void
dcache_merge(struct stat *st, const struct stat *object, struct timespec own_ctime)
{
	/* A write took these away on the host. */
	st->st_mode &= object->st_mode | ~(mode_t)(S_ISUID | S_ISGID);
	st->st_size = object->st_size;
	st->st_blocks = object->st_blocks;
	st->st_blksize = object->st_blksize;
	st->st_atim = object->st_atim;
	st->st_mtim = object->st_mtim;
	/* Another ctime than after the kernel's own last change: somebody wrote. */
	if (memcmp(&object->st_ctim, &own_ctime, sizeof own_ctime) != 0 &&
	    is_later(object->st_ctim, st->st_ctim))
		st->st_ctim = object->st_ctim;
}

static struct statx_timestamp
to_statx_time(struct timespec ts)
{
	return (struct statx_timestamp){.tv_sec = ts.tv_sec, .tv_nsec = (uint32_t)ts.tv_nsec};
}

void
dcache_statx(const struct stat *st, struct timespec btime, uint64_t mount, bool mount_root,
    const struct statx *model, struct statx *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->stx_mask = model->stx_mask;
	ret->stx_attributes_mask = model->stx_attributes_mask;
	ret->stx_blksize = (uint32_t)st->st_blksize;
	if (mount_root)
		ret->stx_attributes |= STATX_ATTR_MOUNT_ROOT;
	ret->stx_nlink = (uint32_t)st->st_nlink;
	ret->stx_uid = st->st_uid;
	ret->stx_gid = st->st_gid;
	ret->stx_mode = (uint16_t)st->st_mode;
	ret->stx_ino = st->st_ino;
	ret->stx_size = (uint64_t)st->st_size;
	ret->stx_blocks = (uint64_t)st->st_blocks;
	ret->stx_atime = to_statx_time(st->st_atim);
	if ((ret->stx_mask & STATX_BTIME) != 0)
		ret->stx_btime = to_statx_time(btime);
	if ((ret->stx_mask & STATX_CTIME) != 0)
		ret->stx_ctime = to_statx_time(st->st_ctim);
	if ((ret->stx_mask & STATX_MTIME) != 0)
		ret->stx_mtime = to_statx_time(st->st_mtim);
	ret->stx_rdev_major = major(st->st_rdev);
	ret->stx_rdev_minor = minor(st->st_rdev);
	ret->stx_dev_major = major(st->st_dev);
	ret->stx_dev_minor = minor(st->st_dev);
	ret->stx_mnt_id = mount;
}
