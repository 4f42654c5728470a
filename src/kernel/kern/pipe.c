/* SPDX-License-Identifier: BSD-2-Clause */
/* pipe2(2) for classic descriptors: a pipe of the host, whose two ends are struct files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "syscall/sys_proto.h"

static int
pipe_read(struct lwp *l, struct file *f, void *buf, size_t len, const off_t *offset, size_t *ret)
{
	ssize_t n = read(f->hostfd, buf, len);

	(void)l;
	(void)offset;
	if (n == -1)
		return errno;
	*ret = (size_t)n;
	return 0;
}

static int
pipe_write(
    struct lwp *l, struct file *f, const void *buf, size_t len, const off_t *offset, size_t *ret)
{
	ssize_t n = write(f->hostfd, buf, len);

	(void)l;
	(void)offset;
	if (n == -1)
		return errno;
	*ret = (size_t)n;
	return 0;
}

static int
pipe_stat(struct lwp *l, struct file *f, struct stat *st)
{
	if (fstat(f->hostfd, st) == -1)
		return errno;
	st->st_uid = l->proc->cred.euid;
	st->st_gid = l->proc->cred.egid;
	return 0;
}

static int
pipe_ioctl(struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval)
{
	int n;

	if (request != FIONREAD)
		return ENOTTY;
	if (ioctl(f->hostfd, FIONREAD, &n) == -1)
		return errno;
	*retval = 0;
	return uptr_put(l, arg, &n, sizeof n);
}

static void
pipe_close(struct file *f)
{
	raw_close(f->hostfd);
}

static const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .stat = pipe_stat,
    .ioctl = pipe_ioctl,
    .close = pipe_close,
};

/* One end, as the lowest free descriptor; hostfd is taken over in any case. */
static int
add_end(struct lwp *l, int hostfd, int flags, bool cloexec, int *ret_fd)
{
	struct file *f;
	int error = file_new(FILE_PIPE, &pipe_ops, &f);

	if (error != 0) {
		raw_close(hostfd);
		return error;
	}
	f->hostfd = hostfd;
	f->flags = flags;
	error = filedesc_alloc(l->proc, f, 0, cloexec, ret_fd);
	if (error != 0)
		file_unref(f);
	return error;
}

int
sys_pipe2(struct lwp *l, struct uout fds, int flags)
{
	bool cloexec = (flags & O_CLOEXEC) != 0;
	int fl = flags & (O_NONBLOCK | O_DIRECT);
	CLEANUP_FD int reader = -1;
	CLEANUP_FD int writer = -1;
	int host[2], fd[2], error;

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) != 0)
		return EINVAL;
	if (pipe2(host, O_CLOEXEC | O_NONBLOCK | (flags & O_DIRECT)) == -1)
		return errno == EMFILE ? ENFILE : errno;
	reader = host[0];
	writer = host[1];
	error = add_end(l, take_fd(&reader), O_RDONLY | fl, cloexec, &fd[0]);
	if (error != 0)
		return error;
	error = add_end(l, take_fd(&writer), O_WRONLY | fl, cloexec, &fd[1]);
	if (error == 0) {
		error = uout_put(l, fds, 0, fd, sizeof fd);
		if (error != 0)
			filedesc_close(l->proc, (uint64_t)fd[1]);
	}
	if (error != 0)
		filedesc_close(l->proc, (uint64_t)fd[0]);
	return error;
}
