/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes: mode, owner, times, length. */
#include "vfs/attr.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/acl.h"
#include "vfs/inode_flags.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

void
vfs_stat_common(const struct vnode *vn, struct stat *st)
{
	memset(st, 0, sizeof *st);
	st->st_dev = vn->mount->dev;
	st->st_ino = vn->ino;
	st->st_mode = vn->mode;
	st->st_nlink = vn->nlink;
	st->st_uid = vn->uid;
	st->st_gid = vn->gid;
	st->st_rdev = vn->rdev;
	st->st_blksize = 4096;
}

int
vfs_stat_born(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	vfs_stat_common(vn, st);
	return vn->ops->getattr(vn, st, ret_btime);
}

int
vfs_stat(struct vnode *vn, struct stat *st)
{
	struct timespec btime;

	return vfs_stat_born(vn, st, &btime);
}

int
vfs_statfs(struct vnode *vn, struct statfs *st)
{
	int error;

	memset(st, 0, sizeof *st);
	error = vn->mount->ops->statfs(vn->mount, st);
	st->f_flags = mount_stat_flags(vn->mount);
	return error;
}

int
vfs_readlink(struct vnode *vn, char target[PATH_MAX])
{
	return S_ISLNK(vn->mode) ? vn->ops->readlink(vn, target) : EINVAL;
}

/* chown to (-1, -1) touches ctime, but nobody is told. */
static void
tell_watchers(struct vnode *vn, const struct vnode_attr *attr)
{
	if ((attr->set & ATTR_SIZE) != 0)
		watch_truncated(vn);
	else if (attr->set != 0)
		watch_changed(vn);
}

static int
setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	int error;

	if (watch_count != 0)
		watch_sync();
	error = vnode_is_readonly(vn) ? EROFS : vn->ops->setattr(vn, attr);
	if (error == 0 && watch_count != 0)
		tell_watchers(vn, attr);
	return error;
}

int
vfs_chmod(struct vnode *vn, mode_t mode, const struct cred *c)
{
	struct vnode_attr attr = {.set = ATTR_MODE, .mode = mode & 07777};
	int error;

	if (vnode_is_readonly(vn))
		return EROFS;
	if (S_ISLNK(vn->mode))
		return EOPNOTSUPP;
	if (vnode_is_fixed(vn))
		return EPERM;
	if (!vnode_may_change(vn, c))
		return EPERM;
	if (!vn->mount->own_rights && !cred_is_file_root(c) && !cred_in_group(c, vn->gid))
		attr.mode &= ~S_ISGID;
	error = setattr(vn, &attr);
	return error != 0 ? error : acl_chmod(vn);
}

/* The mode without what lets a file run as its owner or group. */
static mode_t
without_setid(const struct vnode *vn, const struct cred *c)
{
	mode_t mode = vn->mode & 07777;

	if (S_ISDIR(vn->mode))
		return mode;
	mode &= ~S_ISUID;
	/* Setgid without group execution once meant mandatory locks: kept for those who may set it.
	 */
	if ((mode & S_IXGRP) != 0 || (!cred_is_file_root(c) && !cred_in_group(c, vn->gid)))
		mode &= ~S_ISGID;
	return mode;
}

int
vfs_chown(struct vnode *vn, uid_t uid, gid_t gid, const struct cred *c)
{
	struct vnode_attr attr = {.uid = uid, .gid = gid, .mode = without_setid(vn, c)};
	bool owner = c->fsuid == vn->uid;
	bool may_all = cred_is_file_root(c) || vn->mount->own_rights;

	if (vnode_is_readonly(vn))
		return EROFS;
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) && vnode_is_fixed(vn))
		return EPERM;
	if (uid != (uid_t)-1) {
		if (!may_all && !(owner && uid == vn->uid))
			return EPERM;
		attr.set |= ATTR_UID;
	}
	if (gid != (gid_t)-1) {
		if (!may_all && !(owner && (gid == vn->gid || cred_in_group(c, gid))))
			return EPERM;
		attr.set |= ATTR_GID;
	}
	if (attr.mode != (vn->mode & 07777)) {
		if (!vnode_may_change(vn, c))
			return EPERM;
		attr.set |= ATTR_MODE;
	}
	return setattr(vn, &attr);
}

static bool
is_valid_nsec(long nsec)
{
	return nsec == UTIME_NOW || nsec == UTIME_OMIT || (nsec >= 0 && nsec < 1000000000);
}

int
vfs_utimens(struct vnode *vn, const struct timespec times[2], const struct cred *c)
{
	static const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
	struct vnode_attr attr = {.set = 0};

	if (times == NULL)
		times = now;
	if (!is_valid_nsec(times[0].tv_nsec) || !is_valid_nsec(times[1].tv_nsec))
		return EINVAL;
	if (vnode_is_readonly(vn))
		return EROFS;
	if (times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW) {
		/* Who may write may say that it did. */
		if (vnode_is_immutable(vn))
			return EPERM;
		if (!vnode_may_change(vn, c) && vnode_access(vn, c, W_OK) != 0)
			return EACCES;
	} else if (vnode_is_fixed(vn) || !vnode_may_change(vn, c)) {
		return EPERM;
	}
	attr.atime = times[0];
	attr.mtime = times[1];
	if (times[0].tv_nsec != UTIME_OMIT)
		attr.set |= times[0].tv_nsec == UTIME_NOW ? ATTR_ATIME_NOW : ATTR_ATIME;
	if (times[1].tv_nsec != UTIME_OMIT)
		attr.set |= times[1].tv_nsec == UTIME_NOW ? ATTR_MTIME_NOW : ATTR_MTIME;
	return setattr(vn, &attr);
}

int
vfs_truncate(struct vnode *vn, off_t length, bool opened, const struct cred *c)
{
	/* Who has it open writes it, even if the length stays. */
	struct vnode_attr attr = {.set = ATTR_SIZE | (opened ? ATTR_MTIME_NOW : 0), .size = length};
	int error;

	if (length < 0)
		return EINVAL;
	if (vnode_is_dir(vn))
		return opened ? EINVAL : EISDIR;
	if (!S_ISREG(vn->mode))
		return EINVAL;
	error = opened ? 0 : vnode_access(vn, c, W_OK);
	if (error == 0 && vnode_is_append_only(vn))
		error = EPERM;
	if (error == 0)
		error = setattr(vn, &attr);
	if (error == 0)
		vfs_drop_setid(vn, c);
	return error;
}

void
vfs_drop_setid(struct vnode *vn, const struct cred *c)
{
	struct vnode_attr attr = {.set = ATTR_MODE, .mode = without_setid(vn, c)};

	if (!cred_is_file_root(c) && attr.mode != (vn->mode & 07777))
		setattr(vn, &attr);
}
