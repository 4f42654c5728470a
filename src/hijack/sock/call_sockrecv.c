/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recv and its relatives.  The bytes are as the host gives them; addresses are host names there and
 * are turned into the program's.  A datagram's address and control data may be in an envelope
 * (socket/sockudp_envelope.c).
 */
#include <errno.h>
#include <sys/socket.h>

#include "hijack.h"
#include "sock/call_netlink.h"
#include "sock/call_packet.h"
#include "sock/call_sigpipe.h"
#include "sock/call_socket.h"
#include "sock/given.h"
#include "socket/sockctl.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* The host's call ended in errno: what this means, or what comes of making it again. */
static ssize_t
recv_failed(int fd, struct msghdr *msg, int flags)
{
	int saved = errno, error = socket_read_error(fd, saved);
	struct socktag t;
	ssize_t n;

	if (error != ERESTART)
		return hijack_fail(error);
	n = host.recvmsg(fd, msg, flags);
	error = n >= 0 ? 0 : errno;
	/* There is no pending error, but some are in the queue. */
	if (saved == ECONNRESET && socktag_get(fd, &t))
		sockctl_show_errors(fd, &t);
	return hijack_ret(error, n);
}

/* 0 bytes may be the end of a stream that was reset. */
static ssize_t
recv_end(int fd, ssize_t n, size_t room)
{
	int error = n == 0 && room > 0 ? socket_end_error(fd) : 0;

	return error != 0 ? hijack_fail(error) : n;
}

/* The errors that are kept for the program. */
static ssize_t
recv_queued(int fd, const struct socktag *t, struct msghdr *msg)
{
	size_t n = 0;
	int error = sockctl_recv_queued(fd, t, msg, &n);

	return hijack_ret(error, (int64_t)n);
}

/* TCP's way with MSG_TRUNC: the bytes are thrown away. */
static ssize_t
discard(int fd, size_t len, int flags)
{
	char scratch[1 << 14];
	size_t done = 0;
	ssize_t n;

	flags &= ~MSG_TRUNC;
	do {
		n = host.recvfrom(fd, scratch,
		    len - done < sizeof scratch ? len - done : sizeof scratch, flags, NULL, NULL);
		done += n > 0 ? (size_t)n : 0;
		if (!(flags & MSG_WAITALL))
			flags |= MSG_DONTWAIT;
	} while (n > 0 && done < len);
	if (done > 0)
		return (ssize_t)done;
	return n < 0 ? hijack_fail(socket_read_error(fd, errno)) : recv_end(fd, n, len);
}

static bool
discards(int fd, int flags)
{
	struct socktag t;

	return (flags & (MSG_TRUNC | MSG_PEEK)) == MSG_TRUNC && socktag_get(fd, &t) && !t.dgram;
}

static ssize_t
recv_datagram(int fd, const struct socktag *t, struct msghdr *msg, int flags)
{
	struct sockctl_in in;
	struct msghdr m;
	ssize_t n;
	int error;

	if (flags & MSG_ERRQUEUE)
		return recv_queued(fd, t, msg);
	sockctl_recv_begin(&in, msg, &m);
	n = host.recvmsg(fd, &m, flags | MSG_CMSG_CLOEXEC);
	if (n < 0)
		n = recv_failed(fd, &m, flags | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -1;
	error = sockctl_recv_end(fd, t, &in, &m, flags, msg);
	return hijack_ret(error, n);
}

/* The address that the host gave, for the program; TCP tells none. */
static void
show_sender(int fd, bool routed, struct sockaddr_storage *ss, socklen_t *len)
{
	if (routed)
		*len = 0;
	else if (*len == 0)
		netlink_show(fd, false, ss, len);
	else if (*len >= sizeof ss->ss_family && ss->ss_family == AF_UNIX)
		socket_local_show(ss, len);
}

ssize_t
hijack_recvfrom(int s, void *buf, size_t len, int flags, struct sockaddr *from, socklen_t *fromlen)
{
	struct iovec iov = {.iov_base = buf, .iov_len = len};
	struct msghdr m = {.msg_name = from, .msg_iov = &iov, .msg_iovlen = 1};
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	socklen_t have = sizeof ss;
	struct socktag t;
	struct pkttag p;
	bool routed, named = from != NULL && fromlen != NULL;
	ssize_t n;
	int error;

	if (named && !given_room_for_name(from, fromlen))
		return host.recvfrom(s, buf, len, flags, from, fromlen);
	if (packet_tag(s, &p)) {
		m.msg_namelen = named ? *fromlen : 0;
		n = packet_recv(s, &p, &m, flags);
		if (n >= 0 && named)
			*fromlen = m.msg_namelen;
		return n;
	}
	if (discards(s, flags)) {
		n = discard(s, len, flags);
		if (n >= 0 && named)
			*fromlen = 0;
		return n;
	}
	if (!named) {
		if (flags & MSG_ERRQUEUE && socktag_get(s, &t))
			return recv_queued(s, &t, &m);
		n = host.recvfrom(s, buf, len, flags, from, fromlen);
		return n >= 0 ? recv_end(s, n, len) : recv_failed(s, &m, flags);
	}
	routed = socktag_get(s, &t);
	if (routed && !t.dgram && flags & MSG_ERRQUEUE)
		return hijack_fail(EAGAIN);
	if (routed && t.dgram) {
		m.msg_namelen = *fromlen;
		n = recv_datagram(s, &t, &m, flags);
		*fromlen = n >= 0 ? m.msg_namelen : *fromlen;
		return n;
	}
	n = host.recvfrom(s, buf, len, flags, (struct sockaddr *)&ss, &have);
	if (n < 0)
		return hijack_fail(socket_read_error(s, errno));
	show_sender(s, routed, &ss, &have);
	error = sockaddr_give(&ss, have, from, fromlen);
	return hijack_ret(error, n);
}
HIJACK_EXPORTS(recvfrom)

/* Nothing but bytes is asked for: an envelope that the host threw away is not the program's loss.
 */
static ssize_t
recv_bytes(int fd, struct msghdr *msg, int flags)
{
	struct socktag t;
	ssize_t n = host.recvmsg(fd, msg, flags);

	if (n < 0)
		n = recv_failed(fd, msg, flags);
	if (n < 0)
		return -1;
	if (msg->msg_flags & MSG_CTRUNC && socktag_get(fd, &t))
		msg->msg_flags &= ~MSG_CTRUNC;
	return recv_end(fd, n, msg->msg_iovlen);
}

static ssize_t
recv_message(int s, struct msghdr *msg, int flags)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct socktag t;
	struct pkttag p;
	struct msghdr m;
	bool routed;
	ssize_t n;

	if (packet_tag(s, &p))
		return packet_recv(s, &p, msg, flags);
	if (msg->msg_name == NULL && msg->msg_control == NULL && !(flags & MSG_ERRQUEUE))
		return recv_bytes(s, msg, flags);
	routed = socktag_get(s, &t);
	if (routed && !t.dgram && flags & MSG_ERRQUEUE)
		return hijack_fail(EAGAIN);
	if (routed && t.dgram)
		return recv_datagram(s, &t, msg, flags);
	if (msg->msg_name == NULL) {
		n = host.recvmsg(s, msg, flags);
		return n >= 0 ? recv_end(s, n, msg->msg_iovlen) : recv_failed(s, msg, flags);
	}
	m = *msg;
	m.msg_name = &ss;
	m.msg_namelen = sizeof ss;
	n = host.recvmsg(s, &m, flags);
	if (n < 0)
		return hijack_fail(socket_read_error(s, errno));
	m.msg_name = msg->msg_name;
	show_sender(s, routed, &ss, &m.msg_namelen);
	memcpy(
	    m.msg_name, &ss, m.msg_namelen < msg->msg_namelen ? m.msg_namelen : msg->msg_namelen);
	*msg = m;
	return recv_end(s, n, msg->msg_iovlen);
}

ssize_t
hijack_recvmsg(int s, struct msghdr *msg, int flags)
{
	ssize_t n;

	if (!given_room(msg))
		return host.recvmsg(s, msg, flags);
	n = recv_message(s, msg, flags);
	if (n >= 0)
		sigpipe_received(msg);
	return n;
}
HIJACK_EXPORTS(recvmsg)
