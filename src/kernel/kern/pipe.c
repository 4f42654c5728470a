/* SPDX-License-Identifier: BSD-2-Clause */
/* pipe2(2) for classic descriptors: a pipe of the host, whose two ends are struct files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kern/host_file.h"
#include "syscall/sys_proto.h"

static int
pipe_read(struct lwp *l, struct file *f, void *buf, size_t len, const off_t *offset, size_t *ret)
{
	(void)l;
	(void)offset;
	return host_file_result(read(f->hostfd, buf, len), ret);
}

static int
pipe_write(
    struct lwp *l, struct file *f, const void *buf, size_t len, const off_t *offset, size_t *ret)
{
	(void)l;
	(void)offset;
	return host_file_result(write(f->hostfd, buf, len), ret);
}

static int
pipe_ioctl(struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval)
{
	return request == FIONREAD ? host_file_ioctl_int(l, f, request, arg, retval) : ENOTTY;
}

static const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .stat = host_file_stat,
    .ioctl = pipe_ioctl,
    .close = host_file_close,
};

int
sys_pipe2(struct lwp *l, struct uout fds, int flags)
{
	struct host_file ends[2];
	int host[2];

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) != 0)
		return EINVAL;
	if (pipe2(host, O_CLOEXEC | O_NONBLOCK | (flags & O_DIRECT)) == -1)
		return errno == EMFILE ? ENFILE : errno;
	for (int i = 0; i < 2; i++) {
		ends[i] = (struct host_file){
		    .type = FILE_PIPE,
		    .ops = &pipe_ops,
		    .hostfd = host[i],
		    .flags = (i == 0 ? O_RDONLY : O_WRONLY) | (flags & (O_NONBLOCK | O_DIRECT)),
		    .cloexec = (flags & O_CLOEXEC) != 0,
		};
	}
	return host_file_open_pair(l, ends, fds);
}
