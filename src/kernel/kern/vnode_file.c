/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of file systems: struct file on a vnode.  A regular file, FIFO or device is read and
 * written through its host descriptor, which has the position; a directory's position is here.
 */
#include "kern/vnode_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/raw.h"
#include "kern/host_file.h"
#include "kern/proc.h"
#include "vfs/attr.h"
#include "vfs/handle.h"
#include "vfs/vnode.h"

static int
vf_read(struct lwp *l, struct file *f, void *buf, size_t len, const off_t *offset, size_t *ret)
{
	(void)l;
	if (vnode_is_dir(f->vnode))
		return EISDIR;
	return host_file_result(
	    offset == NULL ? read(f->hostfd, buf, len) : pread(f->hostfd, buf, len, *offset), ret);
}

static int
vf_write(
    struct lwp *l, struct file *f, const void *buf, size_t len, const off_t *offset, size_t *ret)
{
	int error = host_file_result(
	    offset == NULL ? write(f->hostfd, buf, len) : pwrite(f->hostfd, buf, len, *offset),
	    ret);

	if (error == 0 && S_ISREG(f->vnode->mode))
		vfs_drop_setid(f->vnode, &l->proc->cred);
	return error;
}

static int
dir_seek(struct file *f, off_t offset, int whence, off_t *ret)
{
	if (whence == SEEK_CUR)
		offset += f->offset;
	else if (whence != SEEK_SET)
		return EINVAL;
	if (offset < 0)
		return EINVAL;
	*ret = f->offset = offset;
	return 0;
}

static int
vf_seek(struct lwp *l, struct file *f, off_t offset, int whence, off_t *ret)
{
	off_t pos;

	(void)l;
	if (vnode_is_dir(f->vnode))
		return dir_seek(f, offset, whence, ret);
	pos = lseek(f->hostfd, offset, whence);
	if (pos == -1)
		return errno;
	*ret = pos;
	return 0;
}

static int
vf_stat(struct lwp *l, struct file *f, struct stat *st)
{
	(void)l;
	return vfs_stat(f->vnode, st);
}

static int
vf_ioctl(struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval)
{
	if (request != FIONREAD || vnode_is_dir(f->vnode))
		return ENOTTY;
	return host_file_ioctl_int(l, f, request, arg, retval);
}

static const struct file_ops vnode_file_ops = {
    .read = vf_read,
    .write = vf_write,
    .seek = vf_seek,
    .stat = vf_stat,
    .ioctl = vf_ioctl,
    .close = host_file_close,
};

int
vnode_file_new(struct vnode *vn, int hostfd, int flags, struct file **ret)
{
	struct file *f;
	int error, fl;

	error = file_new(FILE_VNODE, &vnode_file_ops, &f);
	if (error != 0) {
		raw_close(hostfd);
		return error;
	}
	f->hostfd = hostfd;
	f->vnode = vn;
	f->flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	/* What can make wait must not make the kernel wait: the caller does, on hostfd. */
	if ((S_ISFIFO(vn->mode) || S_ISCHR(vn->mode)) && (flags & O_PATH) == 0) {
		fl = fcntl(hostfd, F_GETFL);
		fcntl(hostfd, F_SETFL, fl | O_NONBLOCK);
	}
	*ret = f;
	return 0;
}

int
upath_lookup(struct lwp *l, uint64_t dir, struct upath path, int atflags, struct vnode **ret)
{
	bool empty_ok = (atflags & AT_EMPTY_PATH) != 0;
	char buf[PATH_MAX] = "";
	int error;

	if (!empty_ok || !u_is_null(path.addr)) {
		error = upath_get(l, path, buf, empty_ok);
		if (error != 0)
			return error;
	}
	return vfs_lookup(l, dir, buf, atflags, ret);
}

int
fdword_vnode(struct lwp *l, uint64_t word, bool path_ok, struct vnode **ret)
{
	struct file *f;
	int error;

	if (handle_is(word))
		return vnode_by_word(l, word, ret);
	error = filedesc_get(l->proc, word, &f);
	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0 && !path_ok)
		return EBADF;
	if (f->type != FILE_VNODE)
		return EINVAL;
	*ret = vnode_get(f->vnode);
	return 0;
}
