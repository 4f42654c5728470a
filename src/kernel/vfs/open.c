/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open(2): finds or makes the file, checks the caller's right to it, and gets a host descriptor
 * for it: the object itself for a regular file, a device or a FIFO; a placeholder that owns number
 * and position for a directory and for O_PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/attr.h"
#include "vfs/hostobj.h"
#include "vfs/inode_flags.h"
#include "vfs/namei.h"
#include "vfs/names.h"
#include "vfs/protect.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

struct opening {
	struct lwp *l;
	uint64_t dirword;
	const char *path;
	int flags;
	mode_t mode;
	uint64_t resolve; /* RESOLVE_* of openat2(2) */
	bool by_object;   /* the caller reopens the object itself: only where the file system can */
};

/* Combinations that Linux refuses, and what O_PATH leaves of the others. */
static int
check_flags(int *flags)
{
	if ((*flags & O_PATH) != 0) {
		*flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
		return 0;
	}
	if ((*flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return EINVAL;
	if ((*flags & TMPFILE_BIT) != 0 &&
	    ((*flags & O_TMPFILE) != O_TMPFILE || (*flags & O_ACCMODE) == O_RDONLY))
		return EINVAL;
	return 0;
}

static int
accmode_of(int flags)
{
	static const int by_mode[] = {
	    [O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK, [3] = R_OK | W_OK};

	return by_mode[flags & O_ACCMODE] | ((flags & O_TRUNC) != 0 ? W_OK : 0);
}

/* One that only grows is written at its end, and not emptied. */
static bool
is_against_append_only(const struct vnode *vn, int flags)
{
	return vnode_is_append_only(vn) && (accmode_of(flags) & W_OK) != 0 &&
	       ((flags & O_APPEND) == 0 || (flags & O_TRUNC) != 0);
}

/* May the caller open an existing vnode like this?  Leaves O_TRUNC only where it means something.
 */
static int
may_open(struct lwp *l, struct vnode *vn, int *flags)
{
	const struct cred *c = &l->proc->cred;
	int error;

	if ((*flags & O_DIRECTORY) != 0 && !vnode_is_dir(vn))
		return ENOTDIR;
	if ((*flags & O_PATH) != 0)
		return 0;
	if (S_ISLNK(vn->mode))
		return ELOOP;
	if ((S_ISCHR(vn->mode) || S_ISBLK(vn->mode)) && (vn->mount->flags & MS_NODEV) != 0)
		return EACCES;
	if (vnode_is_dir(vn) && (accmode_of(*flags) & W_OK) != 0)
		return EISDIR;
	if (!S_ISREG(vn->mode))
		*flags &= ~O_TRUNC;
	error = vnode_access(vn, c, accmode_of(*flags));
	if (error != 0)
		return error;
	if (is_against_append_only(vn, *flags))
		return EPERM;
	if ((*flags & O_NOATIME) != 0 && !vnode_is_owner(vn, c))
		return EPERM;
	return 0;
}

static struct namei
lookup_of(const struct opening *o, bool follow)
{
	return (struct namei){.l = o->l,
	    .dirword = o->dirword,
	    .path = o->path,
	    .flags = (follow ? NAMEI_FOLLOW : 0) | (o->by_object ? NAMEI_OBJECT : 0),
	    .resolve = o->resolve};
}

static int
open_existing(const struct opening *o, struct vnode **ret)
{
	CLEANUP_NAMEI struct namei n = lookup_of(o, (o->flags & O_NOFOLLOW) == 0);
	int error = namei(&n);

	if (error == 0)
		*ret = take_ptr(&n.vn);
	return error;
}

static int
open_tmpfile(const struct opening *o, struct vnode **ret)
{
	CLEANUP_VNODE struct vnode *dir = NULL;
	struct vnode_new what = {.mode = S_IFREG | (o->mode & 07777),
	    .opened = true,
	    .linkable = (o->flags & O_EXCL) == 0};
	int error;

	if (o->by_object) /* without a name, and not open yet: it would be gone */
		return VFS_PASS;
	error = open_existing(o, &dir);
	if (error == 0 && !vnode_is_dir(dir))
		error = ENOTDIR;
	return error != 0 ? error : vnode_tmpfile(o->l, dir, &what, ret);
}

static int
open_create(const struct opening *o, struct vnode **ret, bool *ret_created)
{
	bool follow = (o->flags & (O_EXCL | O_NOFOLLOW)) == 0;
	CLEANUP_NAMEI struct namei n = lookup_of(o, follow);
	struct vnode_new what = {.mode = S_IFREG | (o->mode & 07777), .opened = true};
	int error;

	n.flags |= NAMEI_PARENT;
	error = namei(&n);
	if (error != 0)
		return error;
	if (n.last == NAMEI_NAME && n.slash)
		return EISDIR;
	if (n.last == NAMEI_NAME && n.vn == NULL) {
		*ret_created = true;
		return vnode_create(o->l, n.dir, n.name, n.len, &what, ret);
	}
	if ((o->flags & O_EXCL) != 0)
		return EEXIST;
	if (n.vn == NULL || vnode_is_dir(n.vn))
		return EISDIR;
	error = protect_open(n.dir, n.vn, &o->l->proc->cred);
	if (error == 0)
		*ret = take_ptr(&n.vn);
	return error;
}

static int
find(struct opening *o, struct vnode **ret)
{
	bool created = false;
	int error = check_flags(&o->flags);

	if (error != 0)
		return error;
	if ((o->flags & TMPFILE_BIT) != 0)
		return open_tmpfile(o, ret);
	if ((o->flags & O_CREAT) != 0)
		error = open_create(o, ret, &created);
	else
		error = open_existing(o, ret);
	if (created)
		o->flags &= ~O_TRUNC;
	if (error == 0 && created)
		publish_vnode(*ret);
	return error != 0 || created ? error : may_open(o->l, *ret, &o->flags);
}

/* A directory's placeholder cannot have O_DIRECTORY.  O_DSYNC, which means nothing there and which
 * F_SETFL does not change, stands for it: the hijacker translates it back. */
static int
mark_directory(int flags)
{
	return (flags & ~O_SYNC) | ((flags & O_DIRECTORY) != 0 ? O_DSYNC : 0);
}

/* Does the file system open it, rather than fifo.c or device.c? */
static bool
is_plain(const struct vnode *vn, int flags)
{
	return (flags & O_PATH) != 0 || S_ISREG(vn->mode) || S_ISDIR(vn->mode) ||
	       vn->ops->open_special;
}

int
vnode_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd)
{
	if (vnode_is_dir(vn))
		flags = mark_directory(flags);
	if (vn->ops->read_in == NULL)
		flags &= ~VNODE_PARTS;
	if (is_plain(vn, flags))
		return vn->ops->open(vn, flags, ret_fd);
	if (S_ISFIFO(vn->mode))
		return fifo_open(l, vn, flags, ret_fd);
	if (S_ISCHR(vn->mode) || S_ISBLK(vn->mode))
		return device_open(l, vn, flags, ret_fd);
	return ENXIO;
}

int
vfs_open(struct lwp *l, uint64_t dir, const char *path, const struct open_how *how,
    struct vnode **ret, int *ret_fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct opening o = {.l = l,
	    .dirword = dir,
	    .path = path,
	    .flags = (int)how->flags,
	    .mode = (mode_t)how->mode,
	    .resolve = how->resolve};
	int error = find(&o, &vn);

	if (error != 0)
		return error;
	watch_opened(vn, o.flags);
	error = vnode_open(l, vn, o.flags, ret_fd);
	if (error != 0)
		return error;
	if ((o.flags & O_TRUNC) != 0)
		vfs_drop_setid(vn, &l->proc->cred);
	*ret = take_ptr(&vn);
	return 0;
}

int
vfs_find_object(
    struct lwp *l, uint64_t dir, const char *path, int flags, mode_t mode, struct vnode_object *ret)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct opening o = {
	    .l = l, .dirword = dir, .path = path, .flags = flags, .mode = mode, .by_object = true};
	int error = find(&o, &vn);

	if (error != 0)
		return error;
	if (vn->ops->object == NULL || !is_plain(vn, o.flags))
		return VFS_PASS;
	watch_opened(vn, o.flags);
	error = vn->ops->object(vn, o.flags, ret);
	if (error == 0 && (o.flags & O_TRUNC) != 0)
		vfs_drop_setid(vn, &l->proc->cred);
	if (vnode_is_dir(vn))
		o.flags = mark_directory(o.flags);
	ret->open_flags = (o.flags & HOSTOBJ_OPEN_FLAGS) | (vnode_is_dir(vn) ? O_DIRECTORY : 0);
	return error;
}
