/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host's errors on an AF_UNIX stream mean for TCP.  Asked after a call has failed, so that
 * calls that succeed cost nothing.
 */
#include "socket/sockctl.h"

/* Not connected, or not yet: the pending error, 0 after waiting for the server, or `otherwise`. */
static int
unconnected(int fd, struct socktag *t, int otherwise)
{
	int error;

	if (t->flags & SOCKTAG_RETRYING) {
		error = sockctl_settle(fd, t, !sockhost_is_nonblock(fd));
		if (error != 0)
			return error;
		if (t->error == 0 && sockhost_is_connected(fd))
			return 0;
	}
	error = socktag_take_error(fd, t);
	return error != 0 ? error : otherwise;
}

int
sockctl_recv_error(int fd, struct socktag *t, int error)
{
	/* An error of datagrams is reported as a broken link (sockudp.c, sockerrq.c). */
	if (t->dgram)
		return error == ECONNRESET ? sockctl_pending(fd, t) : error;
	if (error == ECONNRESET && t->flags & SOCKTAG_FAILED)
		return unconnected(fd, t, ENOTCONN);
	if (error == ECONNRESET)
		socktag_change(fd, t, SOCKTAG_RESET, 0);
	if (error != EINVAL && error != ENOTCONN)
		return error;
	if (!sockhost_is_connected(fd))
		return unconnected(fd, t, ENOTCONN);
	/* Connected by the server since the call was made? */
	return t->flags & SOCKTAG_CONNECTING && sockhost_is_nonblock(fd) ? EAGAIN : error;
}

/* TCP learns that the peer is gone from its answer to the first data, so these are lost silently.
 */
static int
peer_gone(int fd, struct socktag *t)
{
	int error;

	if (sockctl_was_reset(fd, t) || sockctl_host_reset(fd, t)) {
		error = socktag_take_error(fd, t);
		return error != 0 ? error : EPIPE;
	}
	if (t->flags & SOCKTAG_SHUT_WR)
		return EPIPE;
	if (!sockctl_peer_closed(fd))
		return SOCKCTL_LOST; /* it only reads no more, which TCP does not tell */
	if (t->flags & SOCKTAG_LOST)
		return EPIPE;
	socktag_change(fd, t, SOCKTAG_LOST, 0);
	return SOCKCTL_LOST;
}

bool
sockctl_takes_write(int fd, struct socktag *t)
{
	if (t->flags & SOCKTAG_FAILED || sockctl_was_reset(fd, t) || sockctl_host_reset(fd, t))
		return t->error != 0 && t->error != EPIPE;
	if (t->flags & SOCKTAG_SHUT_WR)
		return false;
	return !(t->flags & SOCKTAG_LOST) || !sockctl_peer_closed(fd);
}

int
sockctl_send_error(int fd, struct socktag *t, int error)
{
	if (t->flags & SOCKTAG_FAILED)
		return unconnected(fd, t, EPIPE);
	if (error == EPIPE)
		return peer_gone(fd, t);
	if (error != ENOTCONN && error != EOPNOTSUPP)
		return error;
	if (!sockhost_is_connected(fd))
		return unconnected(fd, t, EPIPE);
	return error == ENOTCONN ? 0 : error; /* connected by the server since the call was made */
}
