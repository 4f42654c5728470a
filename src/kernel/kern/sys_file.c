/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls about open files: closing, duplicating, positions, flushing. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/attr.h"
#include "vfs/handle.h"
#include "vfs/vnode.h"

int
sys_close(struct lwp *l, uint64_t fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct file *f;
	bool written;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if (f->vnode != NULL)
		vn = vnode_get(f->vnode);
	written = (f->flags & O_ACCMODE) != O_RDONLY && (f->flags & O_PATH) == 0;
	error = filedesc_close(l->proc, fd);
	if (vn == NULL)
		return error;
	record_locks_drop(l->proc, vn);
	return written && vn->ops->closed != NULL ? vn->ops->closed(vn) : error;
}

/* Puts another reference to what `from` means at exactly `to`. */
static int
dup_to(struct lwp *l, uint64_t from, uint64_t to, bool cloexec, int64_t *retval)
{
	struct file *f;
	int error = filedesc_get(l->proc, from, &f);

	if (error != 0)
		return error;
	file_ref(f);
	error = filedesc_set(l->proc, f, to, cloexec);
	if (error == 0)
		*retval = (int64_t)to;
	return error;
}

int
sys_dup(struct lwp *l, uint64_t fd, int64_t *retval)
{
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f), to;

	if (error != 0)
		return error;
	file_ref(f);
	error = filedesc_alloc(l->proc, f, 0, false, &to);
	if (error == 0)
		*retval = to;
	return error;
}

int
sys_dup2(struct lwp *l, uint64_t from, uint64_t to, int64_t *retval)
{
	struct file *f;

	if (from != to)
		return dup_to(l, from, to, false, retval);
	*retval = (int64_t)to;
	return filedesc_get(l->proc, from, &f);
}

int
sys_dup3(struct lwp *l, uint64_t from, uint64_t to, int flags, int64_t *retval)
{
	if ((flags & ~O_CLOEXEC) != 0 || from == to)
		return EINVAL;
	return dup_to(l, from, to, (flags & O_CLOEXEC) != 0, retval);
}

int
sys_close_range(struct lwp *l, unsigned int first, unsigned int last, unsigned int flags)
{
	struct file *f;

	if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0 || first > last)
		return EINVAL;
	for (uint64_t fd = first; fd <= last && fd < FILEDESC_MAX; fd++) {
		if (filedesc_get(l->proc, fd, &f) != 0)
			continue;
		if ((flags & CLOSE_RANGE_CLOEXEC) != 0)
			filedesc_set_cloexec(l->proc, (int)fd, true);
		else
			sys_close(l, fd);
	}
	return 0;
}

int
sys_lseek(struct lwp *l, uint64_t fd, off_t offset, int whence, int64_t *retval)
{
	struct file *f;
	off_t pos;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0)
		return EBADF;
	if (f->ops->seek == NULL)
		return ESPIPE;
	error = f->ops->seek(l, f, offset, whence, &pos);
	if (error == 0)
		*retval = pos;
	return error;
}

static int
sync_file(struct lwp *l, uint64_t fd, bool datasync)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, false, &vn);

	if (error == 0 && !S_ISREG(vn->mode) && !S_ISDIR(vn->mode))
		error = EINVAL;
	if (error == 0 && vn->ops->fsync != NULL)
		error = vn->ops->fsync(vn, datasync);
	return error;
}

int
sys_fsync(struct lwp *l, uint64_t fd)
{
	return sync_file(l, fd, false);
}

int
sys_fdatasync(struct lwp *l, uint64_t fd)
{
	return sync_file(l, fd, true);
}

int
sys_syncfs(struct lwp *l, uint64_t fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = fdword_vnode(l, fd, false, &vn);

	if (error == EINVAL)
		return 0; /* a file of no file system that has anything to write */
	if (error == 0 && vn->mount->ops->sync != NULL)
		error = vn->mount->ops->sync(vn->mount);
	return error;
}

/* Is the descriptor open for writing?  A handle does not say: its holder's own host would. */
static int
check_writable(struct lwp *l, uint64_t fd, int error_if_not)
{
	struct file *f;
	int error;

	if (handle_is(fd))
		return 0;
	error = filedesc_get(l->proc, fd, &f);
	if (error == 0 && (f->flags & O_ACCMODE) == O_RDONLY)
		error = error_if_not;
	return error;
}

int
sys_ftruncate(struct lwp *l, uint64_t fd, off_t length)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error;

	if (length < 0)
		return EINVAL;
	error = fdword_vnode(l, fd, false, &vn);
	if (error == 0)
		error = check_writable(l, fd, EINVAL);
	return error != 0 ? error : vfs_truncate(vn, length, true, &l->proc->cred);
}

int
sys_fallocate(struct lwp *l, uint64_t fd, int mode, off_t offset, off_t len)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	CLEANUP_FD int hostfd = -1;
	int error = fdword_vnode(l, fd, false, &vn);

	if (error == 0)
		error = check_writable(l, fd, EBADF);
	if (error != 0)
		return error;
	if (S_ISFIFO(vn->mode))
		return ESPIPE;
	if (S_ISDIR(vn->mode))
		return EISDIR;
	if (!S_ISREG(vn->mode))
		return ENODEV;
	error = vn->ops->open(vn, O_RDWR, &hostfd);
	if (error != 0)
		return error;
	return fallocate(hostfd, mode, offset, len) == -1 ? errno : 0;
}

int
sys_flock(struct lwp *l, uint64_t fd, int operation)
{
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0 || f->hostfd == -1)
		return EBADF;
	file_ref(f);
	/* Who holds the lock may be a program on its own host descriptor, of whose unlocking nobody
	 * tells us: so try, and try again. */
	while (flock(f->hostfd, operation | LOCK_NB) == -1) {
		error = errno;
		if (error == EWOULDBLOCK && (operation & LOCK_NB) == 0)
			error = lock_retry_pause(l);
		if (error != 0)
			break;
	}
	file_unref(f);
	return error;
}
