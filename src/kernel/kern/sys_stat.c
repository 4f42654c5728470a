/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that tell the attributes of files and file systems. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/attr.h"
#include "vfs/handle.h"
#include "vfs/vnode.h"

#define STAT_FLAGS (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)

/* Attributes of what an open file is, which need not be a vnode. */
static int
file_stat(struct lwp *l, uint64_t fd, struct stat *st)
{
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	memset(st, 0, sizeof *st);
	return error != 0 ? error : f->ops->stat(l, f, st);
}

static bool
is_number(uint64_t word)
{
	return !handle_is(word) && (int32_t)word != AT_FDCWD;
}

/* The path of a stat call: may be empty (NULL, too) with AT_EMPTY_PATH. */
static int
get_path(struct lwp *l, struct upath path, int flags, char buf[PATH_MAX])
{
	bool empty_ok = (flags & AT_EMPTY_PATH) != 0;

	if ((flags & ~STAT_FLAGS) != 0)
		return EINVAL;
	buf[0] = '\0';
	return empty_ok && u_is_null(path.addr) ? 0 : upath_get(l, path, buf, empty_ok);
}

int
sys_newfstatat(struct lwp *l, uint64_t dirfd, struct upath path, struct uout st, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	char buf[PATH_MAX];
	struct stat s;
	int error = get_path(l, path, flags, buf);

	if (error == 0 && buf[0] == '\0' && is_number(dirfd)) {
		error = file_stat(l, dirfd, &s);
	} else if (error == 0) {
		error = vfs_lookup(l, dirfd, buf, flags, &vn);
		if (error == 0)
			error = vfs_stat(vn, &s);
	}
	return error != 0 ? error : uout_put(l, st, 0, &s, sizeof s);
}

int
sys_fstat(struct lwp *l, uint64_t fd, struct uout st)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct stat s;
	int error;

	if (handle_is(fd)) {
		error = vnode_by_word(l, fd, &vn);
		if (error == 0)
			error = vfs_stat(vn, &s);
	} else {
		error = file_stat(l, fd, &s);
	}
	return error != 0 ? error : uout_put(l, st, 0, &s, sizeof s);
}

/* What statx tells of a file that is no vnode. */
static void
to_statx(const struct stat *s, struct statx *x)
{
	*x = (struct statx){
	    .stx_mask = STATX_BASIC_STATS,
	    .stx_blksize = (uint32_t)s->st_blksize,
	    .stx_nlink = (uint32_t)s->st_nlink,
	    .stx_uid = s->st_uid,
	    .stx_gid = s->st_gid,
	    .stx_mode = (uint16_t)s->st_mode,
	    .stx_ino = s->st_ino,
	    .stx_size = (uint64_t)s->st_size,
	    .stx_blocks = (uint64_t)s->st_blocks,
	    .stx_atime = {s->st_atim.tv_sec, (uint32_t)s->st_atim.tv_nsec, 0},
	    .stx_ctime = {s->st_ctim.tv_sec, (uint32_t)s->st_ctim.tv_nsec, 0},
	    .stx_mtime = {s->st_mtim.tv_sec, (uint32_t)s->st_mtim.tv_nsec, 0},
	    .stx_dev_major = major(s->st_dev),
	    .stx_dev_minor = minor(s->st_dev),
	};
}

int
sys_statx(
    struct lwp *l, uint64_t dirfd, struct upath path, int flags, unsigned int mask, struct uout stx)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	char buf[PATH_MAX];
	struct statx x;
	struct stat s;
	int error;

	if ((mask & STATX__RESERVED) != 0 || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return EINVAL;
	error = get_path(l, path, flags, buf);
	if (error == 0 && buf[0] == '\0' && is_number(dirfd) &&
	    fdword_vnode(l, dirfd, true, &vn) == EINVAL) {
		error = file_stat(l, dirfd, &s);
		to_statx(&s, &x);
	} else if (error == 0) {
		vnode_put(&vn);
		error = vfs_lookup(l, dirfd, buf, flags, &vn);
		if (error == 0)
			error = vfs_statx(vn, mask, &x);
	}
	return error != 0 ? error : uout_put(l, stx, 0, &x, sizeof x);
}

static int
put_statfs(struct lwp *l, struct vnode *vn, struct uout buf)
{
	struct statfs st;
	int error = vfs_statfs(vn, &st);

	return error != 0 ? error : uout_put(l, buf, 0, &st, sizeof st);
}

int
sys_statfs(struct lwp *l, struct upath path, struct uout buf)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = upath_lookup(l, (uint64_t)AT_FDCWD, path, 0, &vn);

	return error != 0 ? error : put_statfs(l, vn, buf);
}

int
sys_fstatfs(struct lwp *l, uint64_t fd, struct uout buf)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, true, &vn);

	return error != 0 ? error : put_statfs(l, vn, buf);
}
