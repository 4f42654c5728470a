/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets as open files of the classic kind.
 */
#include "net/sock_file.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "kern/host_file.h"
#include "kern/proc.h"
#include "kern/usercopy.h"
#include "net/ifioctl.h"
#include "net/local.h"
#include "socket/sockctl.h"

void
sock_file_show(struct sockaddr_storage *ss, socklen_t *len)
{
	struct sockaddr_un un;
	struct sockhost h;

	if (*len <= sizeof ss->ss_family || ss->ss_family != AF_UNIX)
		return;
	sockhost_take(&h, ss, *len);
	if (local_name(&h, &un, len) == 0)
		memcpy(ss, &un, sizeof un);
	else
		*len = sizeof ss->ss_family; /* a name of the host: nothing for this kernel */
}

/* The host name that a datagram for an AF_UNIX address goes to. */
static int
find_local(struct lwp *l, const struct sockaddr_storage *ss, socklen_t len, struct sockhost *ret)
{
	struct local_sockaddr sa;
	struct deleg_reply reply;
	int error = local_sockaddr_of(ss, len, SOCK_DGRAM, &sa);

	if (error == 0)
		error = local_connect(l, &sa, &reply);
	if (error == 0)
		sockhost_from(ret, reply.connect, reply.connect_len);
	return error;
}

static int
host_send(
    struct file *f, const struct iovec *iov, int flags, const struct sockhost *to, size_t *ret)
{
	struct sockhost name;
	struct msghdr m = {.msg_iov = (struct iovec *)iov, .msg_iovlen = 1};
	ssize_t n;

	if (to != NULL) {
		name = *to;
		m.msg_name = &name.un;
		m.msg_namelen = name.len;
	}
	n = sendmsg(f->hostfd, &m, (flags & ~MSG_FASTOPEN) | MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno;
	*ret = (size_t)n;
	return 0;
}

int
sock_file_send(struct lwp *l, struct file *f, const void *buf, size_t len, int flags,
    const struct sockaddr_storage *ss, socklen_t namelen, size_t *ret)
{
	struct iovec iov = {.iov_base = (void *)buf, .iov_len = len};
	struct msghdr m = {
	    .msg_name = (void *)ss, .msg_namelen = namelen, .msg_iov = &iov, .msg_iovlen = 1};
	struct sockhost to;
	struct socktag t;
	int error;

	if (!socktag_get(f->hostfd, &t)) {
		error = namelen > 0 ? find_local(l, ss, namelen, &to) : 0;
		return error != 0 ? error
				  : host_send(f, &iov, flags, namelen > 0 ? &to : NULL, ret);
	}
	if (t.dgram)
		return sockctl_send_udp(l, f->hostfd, &t, &m, flags | MSG_DONTWAIT, ret);
	error = host_send(f, &iov, flags, NULL, ret);
	if (error != 0)
		error = sockctl_send_error(f->hostfd, &t, error);
	if (error == SOCKCTL_LOST) {
		*ret = len;
		return 0;
	}
	return error == 0 && *ret == 0 && len > 0 ? EAGAIN : error;
}

/* One recvmsg(2) of the host for *msg. */
static int
host_recv(struct file *f, const struct socktag *t, struct msghdr *msg, int flags, size_t *ret)
{
	struct sockctl_in in;
	struct msghdr m;
	ssize_t n;

	if (t == NULL || !t->dgram) {
		n = recvmsg(f->hostfd, msg, flags | MSG_DONTWAIT);
		if (n >= 0)
			*ret = (size_t)n;
		return n < 0 ? errno : 0;
	}
	sockctl_recv_begin(&in, msg, &m);
	n = recvmsg(f->hostfd, &m, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno;
	*ret = (size_t)n;
	return sockctl_recv_end(f->hostfd, t, &in, &m, flags, msg);
}

int
sock_file_recv(struct lwp *l, struct file *f, void *buf, size_t len, int *flags,
    struct sockaddr_storage *ss, socklen_t *ret_namelen, size_t *ret)
{
	struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
	struct iovec iov = {.iov_base = buf, .iov_len = len};
	struct msghdr m = {
	    .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1};
	struct socktag t;
	bool routed = socktag_get(f->hostfd, &t);
	int error;

	(void)l;
	if (routed && *flags & MSG_ERRQUEUE)
		error = sockctl_recv_queued(f->hostfd, &t, &m, ret);
	else
		error = host_recv(f, routed ? &t : NULL, &m, *flags, ret);
	if (error != 0) {
		if (routed)
			error = sockctl_recv_error(f->hostfd, &t, error);
		return error == 0 ? EAGAIN : error;
	}
	*flags = m.msg_flags;
	if (ss == NULL)
		return 0;
	*ret_namelen = m.msg_namelen;
	if (!routed)
		sock_file_show(&from, ret_namelen);
	else if (!t.dgram)
		*ret_namelen = 0;
	*ss = from;
	return 0;
}

static int
sock_read(struct lwp *l, struct file *f, void *buf, size_t len, const off_t *offset, size_t *ret)
{
	int flags = 0;

	(void)offset;
	return sock_file_recv(l, f, buf, len, &flags, NULL, NULL, ret);
}

static int
sock_write(
    struct lwp *l, struct file *f, const void *buf, size_t len, const off_t *offset, size_t *ret)
{
	(void)offset;
	return sock_file_send(l, f, buf, len, 0, NULL, 0, ret);
}

static int
sock_ioctl(struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval)
{
	if (request != FIONREAD && request != SIOCOUTQ && request != SIOCATMARK) {
		*retval = 0;
		return ifioctl(l, AF_INET, request, arg);
	}
	return host_file_ioctl_int(l, f, request, arg, retval);
}

static const struct file_ops sock_ops = {
    .read = sock_read,
    .write = sock_write,
    .stat = host_file_stat,
    .ioctl = sock_ioctl,
    .close = host_file_close,
};

static struct host_file
as_host_file(int hostfd, int type)
{
	return (struct host_file){
	    .type = FILE_SOCKET,
	    .ops = &sock_ops,
	    .hostfd = hostfd,
	    .flags = O_RDWR | (type & SOCK_NONBLOCK ? O_NONBLOCK : 0),
	    .cloexec = (type & SOCK_CLOEXEC) != 0,
	};
}

int
sock_file_open(struct lwp *l, int hostfd, int type, int *ret_fd)
{
	struct host_file h = as_host_file(hostfd, type);

	return host_file_open(l, &h, ret_fd);
}

int
sock_file_open_pair(struct lwp *l, const int hostfd[2], int type, struct uout fds)
{
	struct host_file h[2] = {as_host_file(hostfd[0], type), as_host_file(hostfd[1], type)};

	return host_file_open_pair(l, h, fds);
}

int
sock_file_get(struct lwp *l, uint64_t fdword, struct file **ret)
{
	int error = filedesc_get(l->proc, fdword, ret);

	if (error == 0 && ((*ret)->flags & O_PATH) != 0)
		error = EBADF;
	if (error == 0 && (*ret)->type != FILE_SOCKET)
		error = ENOTSOCK;
	return error;
}
