/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount(2) and umount2(2): checks in Linux's order.  Managing the kernel's file systems is for its
 * root and for the user who started it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/bind/bind.h"
#include "vfs/mount.h"
#include "vfs/namei.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"

#define KEPT_FLAGS                                                                                 \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_MANDLOCK |             \
	    MS_NOATIME | MS_NODIRATIME | MS_RELATIME)
#define PROPAGATION_FLAGS (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* What the path (0: the target, 1: the source) names, mounts crossed, even if a root does not
 * answer. */
static int
find(struct lwp *l, const char *path, unsigned which, bool follow, struct vnode **ret)
{
	CLEANUP_NAMEI struct namei n = {.l = l,
	    .dirword = (uint64_t)AT_FDCWD,
	    .path = path,
	    .which = which,
	    .flags = NAMEI_MOUNT | (follow ? NAMEI_FOLLOW : 0)};
	int error = namei(&n);

	if (error == 0)
		*ret = take_ptr(&n.vn);
	return error;
}

static bool
is_mount_root(const struct vnode *vn)
{
	return vn == vn->mount->root;
}

unsigned long
mount_kept_flags(unsigned long flags)
{
	return flags & KEPT_FLAGS;
}

static unsigned long
kept_flags(unsigned long flags)
{
	flags = mount_kept_flags(flags);
	/* Linux's default, unless another policy is asked for. */
	return (flags & MS_NOATIME) != 0 ? flags & ~(unsigned long)MS_RELATIME
					 : flags | MS_RELATIME;
}

static int
remount(struct vnode *on, unsigned long flags, const char *options)
{
	struct mount *mp = on->mount;
	int error = 0;

	if (!is_mount_root(on))
		return EINVAL;
	if ((flags & MS_RDONLY) != 0 && (mp->flags & MS_RDONLY) == 0 && mp->ops->busy(mp, true))
		return EBUSY;
	if ((flags & MS_BIND) == 0 && mp->ops->remount != NULL)
		error = mp->ops->remount(mp, options);
	if (error != 0)
		return error;
	mp->flags = kept_flags(flags);
	publish_forget_all();
	return 0;
}

/* Puts a file system made for it over `on`, which is what stands there now. */
static int
place(struct mount *mp, const char *type, const char *source, unsigned long flags, struct vnode *on)
{
	int error = 0;

	if (vnode_is_dir(mp->root) != vnode_is_dir(on))
		error = ENOTDIR;
	else if (on->nlink == 0)
		error = ENOENT;
	/* Making it may have waited, and somebody else been faster. */
	else if (on->covered_by != NULL)
		error = EBUSY;
	if (error == 0)
		error = mount_add(mp, type, source, flags, on);
	if (error != 0)
		mp->ops->unmount(mp);
	return error;
}

static int
mount_new(struct lwp *l, const char *source, const char *type, unsigned long flags,
    const char *options, struct vnode *on)
{
	struct mount_args args = {
	    .l = l, .source = source, .options = options, .flags = kept_flags(flags)};
	const struct fstype *fs;
	struct mount *mp;
	int error;

	if (type == NULL)
		return EINVAL;
	fs = fstype_find(type);
	if (fs == NULL)
		return ENODEV;
	error = fs->mount(&args, &mp);
	return error != 0 ? error : place(mp, fs->name, source, args.flags, on);
}

/* The flags of a bind mount are those of what it shows, until it is remounted. */
static int
mount_bind(struct lwp *l, const char *source, struct vnode *on)
{
	CLEANUP_VNODE struct vnode *what = NULL;
	struct mount *mp, *shown;
	int error = find(l, source, 1, true, &what);

	if (error == 0)
		error = bind_mount(what, &mp);
	if (error != 0)
		return error;
	shown = what->mount;
	return place(mp, shown->type, shown->source, shown->flags, on);
}

/* Is vn in mp or in what is mounted below it? */
static bool
is_under(struct vnode *vn, const struct mount *mp)
{
	const struct mount *m = vn->mount;

	while (m != mp && m->covered != NULL)
		m = m->covered->mount;
	return m == mp;
}

static int
mount_move(struct lwp *l, const char *source, struct vnode *on)
{
	CLEANUP_VNODE struct vnode *what = NULL;
	struct mount *mp;
	int error = find(l, source, 1, true, &what);

	if (error != 0)
		return error;
	mp = what->mount;
	if (!is_mount_root(what) || mp->covered == NULL || vnode_is_dir(what) != vnode_is_dir(on))
		return EINVAL;
	if (is_under(on, mp))
		return ELOOP;
	mp->covered->covered_by = NULL;
	vnode_unref(mp->covered);
	mp->covered = vnode_get(on);
	on->covered_by = mp;
	return 0;
}

int
vfs_mount(struct lwp *l, const char *source, const char *target, const char *type,
    unsigned long flags, const char *options)
{
	CLEANUP_VNODE struct vnode *on = NULL;
	int error;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(unsigned long)MS_MGC_MSK;
	error = find(l, target, 0, true, &on);
	if (error != 0)
		return error;
	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	if ((flags & MS_REMOUNT) != 0)
		return remount(on, flags, options);
	if ((flags & (MS_BIND | MS_MOVE)) != 0 && source[0] == '\0')
		return EINVAL;
	if ((flags & MS_BIND) != 0)
		return mount_bind(l, source, on);
	/* There is one tree: nothing to propagate to. */
	if ((flags & PROPAGATION_FLAGS) != 0)
		return is_mount_root(on) ? 0 : EINVAL;
	if ((flags & MS_MOVE) != 0)
		return mount_move(l, source, on);
	return mount_new(l, source, type, flags, options, on);
}

int
vfs_umount(struct lwp *l, const char *target, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct mount *mp;
	int error;

	if ((flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) != 0)
		return EINVAL;
	error = find(l, target, 0, (flags & UMOUNT_NOFOLLOW) == 0, &vn);
	if (error != 0)
		return error;
	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	if (!is_mount_root(vn))
		return EINVAL;
	if ((flags & MNT_EXPIRE) != 0 && (flags & (MNT_FORCE | MNT_DETACH)) != 0)
		return EINVAL;
	mp = vn->mount;
	vnode_put(&vn);
	if (mp->ops->sync != NULL && (flags & (MNT_FORCE | MNT_DETACH)) == 0) {
		error = mp->ops->sync(mp);
		if (error != 0 && error != ENOTCONN)
			return error;
	}
	if (mp->covered == NULL)
		return (flags & MNT_DETACH) != 0 ? EINVAL : EBUSY; /* the first one stays */
	if ((flags & MNT_FORCE) != 0 && mp->ops->abort != NULL)
		mp->ops->abort(mp);
	if ((flags & MNT_DETACH) != 0) {
		mount_detach_tree(mp);
		return 0;
	}
	if (mount_has_children(mp) || mount_is_busy(mp))
		return EBUSY;
	if ((flags & MNT_EXPIRE) != 0 && !mp->expiring) {
		mp->expiring = true;
		return EAGAIN;
	}
	return mount_detach(mp);
}
