/* SPDX-License-Identifier: BSD-2-Clause */
#include "kern/host_file.h"

#include <errno.h>
#include <sys/ioctl.h>

#include "base/raw.h"
#include "kern/proc.h"

int
host_file_open(struct lwp *l, const struct host_file *h, int *ret_fd)
{
	struct file *f;
	int error = file_new(h->type, h->ops, &f);

	if (error != 0) {
		raw_close(h->hostfd);
		return error;
	}
	f->hostfd = h->hostfd;
	f->flags = h->flags;
	return filedesc_alloc(l->proc, f, 0, h->cloexec, ret_fd);
}

int
host_file_open_pair(struct lwp *l, const struct host_file h[2], struct uout fds)
{
	int fd[2], error = host_file_open(l, &h[0], &fd[0]);

	if (error != 0) {
		raw_close(h[1].hostfd);
		return error;
	}
	error = host_file_open(l, &h[1], &fd[1]);
	if (error == 0) {
		error = uout_put(l, fds, 0, fd, sizeof fd);
		if (error != 0)
			filedesc_close(l->proc, (uint64_t)fd[1]);
	}
	if (error != 0)
		filedesc_close(l->proc, (uint64_t)fd[0]);
	return error;
}

int
host_file_stat(struct lwp *l, struct file *f, struct stat *st)
{
	if (fstat(f->hostfd, st) == -1)
		return errno;
	st->st_uid = l->proc->cred.euid;
	st->st_gid = l->proc->cred.egid;
	return 0;
}

void
host_file_close(struct file *f)
{
	raw_close(f->hostfd);
}

int
host_file_ioctl_int(
    struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval)
{
	int n;

	if (ioctl(f->hostfd, request, &n) == -1)
		return errno;
	*retval = 0;
	return uptr_put(l, arg, &n, sizeof n);
}

int
host_file_result(ssize_t n, size_t *ret)
{
	if (n == -1)
		return errno;
	*ret = (size_t)n;
	return 0;
}
