/* SPDX-License-Identifier: BSD-2-Clause */
/* fcntl(2) and ioctl(2) of classic descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"

/* What F_SETFL may change. */
#define SETFL_FLAGS (O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME)

static int
dup_from(struct lwp *l, struct file *f, uint64_t min, bool cloexec, int64_t *retval)
{
	int error, fd;

	if (min >= FILEDESC_MAX)
		return EINVAL;
	file_ref(f);
	error = filedesc_alloc(l->proc, f, (int)min, cloexec, &fd);
	if (error == 0)
		*retval = fd;
	return error;
}

/*
 * The flags are ours; the host's description follows where it does the work.  Not with O_NONBLOCK:
 * a host descriptor that can make wait has it always, and the caller waits or not as f->flags say.
 */
static int
set_flags(struct file *f, int flags)
{
	const int host_flags = O_APPEND | O_DIRECT | O_NOATIME;
	int fl;

	if (f->type == FILE_VNODE && f->hostfd != -1) {
		fl = fcntl(f->hostfd, F_GETFL);
		if (fl == -1 ||
		    fcntl(f->hostfd, F_SETFL, (fl & ~host_flags) | (flags & host_flags)) == -1)
			return errno;
	}
	f->flags = (f->flags & ~SETFL_FLAGS) | (flags & SETFL_FLAGS);
	return 0;
}

static int
host_fcntl(struct file *f, int cmd, int arg, int64_t *retval)
{
	int n;

	if (f->hostfd == -1)
		return EINVAL;
	n = fcntl(f->hostfd, cmd, arg);
	if (n == -1)
		return errno;
	*retval = n;
	return 0;
}

int
sys_fcntl(struct lwp *l, uint64_t fd, int cmd, struct uptr arg, int64_t *retval)
{
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0 && cmd != F_DUPFD && cmd != F_DUPFD_CLOEXEC &&
	    cmd != F_GETFD && cmd != F_SETFD && cmd != F_GETFL)
		return EBADF;
	*retval = 0;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return dup_from(l, f, arg.addr, cmd == F_DUPFD_CLOEXEC, retval);
	case F_GETFD:
		*retval = filedesc_cloexec(l->proc, (int)fd) ? FD_CLOEXEC : 0;
		return 0;
	case F_SETFD:
		filedesc_set_cloexec(l->proc, (int)fd, (arg.addr & FD_CLOEXEC) != 0);
		return 0;
	case F_GETFL:
		*retval = f->flags;
		return 0;
	case F_SETFL:
		return set_flags(f, (int)arg.addr);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		file_ref(f);
		error = record_lock_fcntl(l, f, cmd, arg);
		file_unref(f);
		return error;
	case F_GETPIPE_SZ:
	case F_SETPIPE_SZ:
		return f->type == FILE_PIPE ? host_fcntl(f, cmd, (int)arg.addr, retval) : EBADF;
	case F_SETOWN: /* signals do not leave this kernel: nobody is told, but programs may ask */
	case F_GETOWN:
	case F_SETSIG:
	case F_GETSIG:
		return 0;
	default:
		return EINVAL;
	}
}

static int
set_nonblocking(struct lwp *l, struct file *f, uint64_t arg)
{
	int on, error;

	file_ref(f);
	error = uptr_get(l, arg, &on, sizeof on);
	if (error == 0)
		f->flags = (f->flags & ~O_NONBLOCK) | (on != 0 ? O_NONBLOCK : 0);
	file_unref(f);
	return error;
}

int
sys_ioctl(struct lwp *l, uint64_t fd, unsigned long request, struct uptr arg, int64_t *retval)
{
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0)
		return EBADF;
	*retval = 0;
	switch (request) {
	case FIOCLEX:
	case FIONCLEX:
		filedesc_set_cloexec(l->proc, (int)fd, request == FIOCLEX);
		return 0;
	case FIONBIO:
		return set_nonblocking(l, f, arg.addr);
	default:
		return f->ops->ioctl == NULL ? ENOTTY
					     : f->ops->ioctl(l, f, request, arg.addr, retval);
	}
}
