/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * send and its relatives, and what a failed read or write means.
 *
 * The host's call comes first, and its success is the end of it.  What the host refused is looked
 * at again: the errno may mean another one for TCP, a datagram may have to find its way.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/raw.h"
#include "hijack.h"
#include "ident/parts.h"
#include "sock/call_netlink.h"
#include "sock/call_packet.h"
#include "sock/call_socket.h"
#include "sock/given.h"
#include "socket/sockctl.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
socket_read_error(int fd, int error)
{
	struct socktag t;

	if (error == EAGAIN)
		return sockctl_may_be_kept() && sockctl_fetch_kept(fd) ? ERESTART : error;
	if ((error != EINVAL && error != ENOTCONN && error != ECONNRESET) || !socktag_get(fd, &t))
		return error;
	error = sockctl_recv_error(fd, &t, error);
	return error == 0 ? ERESTART : error;
}

int
socket_end_error(int fd)
{
	struct socktag t;

	return socktag_get(fd, &t) && !t.dgram ? sockctl_end_error(fd, &t) : 0;
}

static void
raise_sigpipe(void)
{
	raw_call3(SYS_tgkill, raw_call0(SYS_getpid), raw_call0(SYS_gettid), SIGPIPE);
}

/* TCP's way of sending to an address: it is ignored, unless the data shall open the connection. */
static int
send_to_named_stream(int fd, struct socktag *t, const struct msghdr *msg, int flags)
{
	int error;

	if (!(flags & MSG_FASTOPEN) || sockhost_is_connected(fd))
		return 0;
	error = sockctl_connect(NULL, fd, t, msg->msg_name, msg->msg_namelen,
	    sockhost_is_nonblock(fd) || (flags & MSG_DONTWAIT));
	return error == EINPROGRESS ? 0 : error;
}

static ssize_t
send_stream(int fd, struct socktag *t, const struct msghdr *msg, int flags)
{
	struct msghdr m = *msg;
	bool raised = errno == EPIPE; /* the host has sent SIGPIPE already */
	ssize_t n;
	int error = 0;

	if (m.msg_namelen > 0)
		error = send_to_named_stream(fd, t, msg, flags);
	else
		error = sockctl_send_error(fd, t, errno);
	m.msg_name = NULL;
	m.msg_namelen = 0;
	while (error == 0) {
		n = host.sendmsg(fd, &m, flags & ~MSG_FASTOPEN);
		if (n >= 0 || errno == EPIPE)
			return n;
		error = sockctl_send_error(fd, t, errno);
	}
	if (error == SOCKCTL_LOST) {
		errno = 0; /* who looks at it without a failure is not to find the host's EPIPE */
		return (ssize_t)sockhost_length(msg);
	}
	if (error == EPIPE && !raised && !(flags & MSG_NOSIGNAL))
		raise_sigpipe();
	return hijack_fail(error);
}

static bool
may_be_otherwise(int error)
{
	return error == ENOTCONN || error == EPIPE || error == EOPNOTSUPP || error == EISCONN ||
	       error == EINVAL || error == ECONNREFUSED || error == EAFNOSUPPORT ||
	       error == EPERM || error == ECONNRESET;
}

/* A point of cancellation, like the host's. */
static ssize_t
send_datagram(int fd, struct socktag *t, const struct msghdr *msg, int flags)
{
	size_t sent;
	int error;

	pthread_testcancel();
	error = sockctl_send_udp(NULL, fd, t, msg, flags, &sent);
	return hijack_ret(error, (int64_t)sent);
}

ssize_t
socket_send_failed(int fd, const struct msghdr *msg, int flags)
{
	int error, saved = errno;
	struct socktag t;
	ssize_t n;

	if (!may_be_otherwise(saved) || !socktag_get(fd, &t))
		return -1;
	if (!t.dgram)
		return send_stream(fd, &t, msg, flags);
	error = saved == ECONNRESET && !(t.flags & SOCKTAG_RAW) ? sockctl_pending(fd, &t) : 0;
	if (error != 0)
		return hijack_fail(error);
	n = send_datagram(fd, &t, msg, flags);
	if (saved == ECONNRESET)
		sockctl_show_errors(fd, &t);
	return n;
}

ssize_t
socket_write_failed(int fd, const struct iovec *iov, int iovcnt)
{
	struct msghdr m = {.msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)iovcnt};

	return socket_send_failed(fd, &m, 0);
}

/* --- to AF_UNIX names of the rump kernel --- */

struct local_send {
	int fd, flags;
	const struct msghdr *msg;
};

static long
send_local(void *arg, const struct sockaddr_un *name)
{
	const struct local_send *to = arg;
	struct msghdr m = *to->msg;

	m.msg_name = (void *)name;
	m.msg_namelen = sizeof *name;
	return host.sendmsg(to->fd, &m, to->flags);
}

/* An AF_UNIX address, which must not reach the host as it is: for a name in the rump kernel, or on
 * a routed socket, for which it is none. */
static bool
is_local(const void *name, socklen_t len)
{
	const struct sockaddr *sa = name;

	return sa != NULL && len >= sizeof sa->sa_family && sa->sa_family == AF_UNIX;
}

static ssize_t
send_to_local(int fd, const struct msghdr *msg, int flags)
{
	struct local_send local = {fd, flags, msg};
	struct socktag t;

	if (socktag_get(fd, &t)) {
		errno = EAFNOSUPPORT;
		return socket_send_failed(fd, msg, flags);
	}
	if (!socket_local_routed(msg->msg_name, msg->msg_namelen) ||
	    sockhost_int(fd, SO_DOMAIN) != AF_UNIX)
		return host.sendmsg(fd, msg, flags);
	return socket_local_reach(fd, msg->msg_name, msg->msg_namelen, send_local, &local);
}

/* --- sending --- */

ssize_t
hijack_sendto(
    int s, const void *buf, size_t len, int flags, const struct sockaddr *to, socklen_t tolen)
{
	struct sockaddr_storage given;
	struct iovec iov = {.iov_base = (void *)buf, .iov_len = len};
	struct msghdr m = {
	    .msg_name = to == NULL ? NULL : &given,
	    .msg_namelen = to == NULL ? 0 : tolen,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	};
	struct socktag t;
	ssize_t n;

	if (to != NULL && !given_name(to, tolen, &given))
		return host.sendto(s, buf, len, flags, to, tolen);
	if (packet_is(s))
		return packet_send(s, &m);
	if (is_local(to, tolen))
		return send_to_local(s, &m, flags);
	if (netlink_is_named(s, to, tolen))
		return netlink_send(s, &m, flags);
	if (to != NULL && socktag_get(s, &t) && t.dgram)
		return send_datagram(s, &t, &m, flags);
	n = host.sendto(s, buf, len, flags, to, tolen);
	return n >= 0 ? n : socket_send_failed(s, &m, flags);
}
HIJACK_EXPORTS(sendto)

/* On TCP: the host must not see control data, for AF_UNIX would really pass descriptors. */
static ssize_t
send_without_control(int fd, const struct msghdr *msg, int flags)
{
	struct msghdr m = *msg;
	ssize_t n;
	int error;

	error = sockctl_check_control(msg);
	if (error != 0)
		return hijack_fail(error);
	m.msg_control = NULL;
	m.msg_controllen = 0;
	n = host.sendmsg(fd, &m, flags);
	return n >= 0 ? n : socket_send_failed(fd, &m, flags);
}

/* Whoever gets descriptors by this message does not ask for parts of files. */
static int
read_in_passed(const struct msghdr *msg)
{
	int error = 0, fd;

	if (msg->msg_controllen == 0 || !parts_are_any())
		return 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL && error == 0;
	     c = CMSG_NXTHDR((struct msghdr *)(uintptr_t)msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof fd <= c->cmsg_len && error == 0;
		     at += sizeof fd) {
			memcpy(&fd, (char *)c + at, sizeof fd);
			error = parts_need_all(fd);
		}
	}
	return error;
}

ssize_t
hijack_sendmsg(int s, const struct msghdr *own, int flags)
{
	struct sockaddr_storage name;
	struct msghdr given;
	const struct msghdr *msg = &given;
	struct socktag t;
	ssize_t n;
	int error;

	if (!given_message(own, &given, &name))
		return host.sendmsg(s, own, flags);
	if (packet_is(s))
		return packet_send(s, msg);
	error = read_in_passed(msg);
	if (error != 0)
		return hijack_fail(error);
	if (is_local(msg->msg_name, msg->msg_namelen))
		return send_to_local(s, msg, flags);
	if (netlink_is_named(s, msg->msg_name, msg->msg_namelen))
		return netlink_send(s, msg, flags);
	if ((msg->msg_name != NULL || msg->msg_controllen > 0) && socktag_get(s, &t)) {
		if (t.dgram)
			return send_datagram(s, &t, msg, flags);
		if (msg->msg_controllen > 0)
			return send_without_control(s, msg, flags);
	}
	n = host.sendmsg(s, msg, flags);
	return n >= 0 ? n : socket_send_failed(s, msg, flags);
}
HIJACK_EXPORTS(sendmsg)
