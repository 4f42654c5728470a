/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connect of a stream socket.
 *
 * The rump kernel says who listens at the address; the host connects.  The connector's name carries
 * both addresses, so it is bound before it connects and the acceptor always sees it.  A listener
 * whose process died is still known to the rump kernel: the host's refusal is reported, and the
 * next listener, or ECONNREFUSED, is the answer.
 *
 * Non-blocking sockets see what TCP shows: EINPROGRESS, then either writable or an error in
 * SO_ERROR, then success once more from a second connect().  SOCKTAG_CONNECTING is this state; a
 * refusal waits in the tag's pending error.
 *
 * When the listener's queue is full, a blocking connect waits in the host.  A non-blocking one, or
 * one that a signal or SO_SNDTIMEO ended, is handed to the server, which completes it as soon as
 * there is room (SOCKTAG_RETRYING) and then clears that bit.
 *
 * A destination beyond the rump kernel is EREMOTE: the server takes the other end of the socket and
 * connects it through its TCP/IP stack.  Until that has ended the socket is not writable, and then
 * it is as with a full queue.
 */
#include "socket/sockctl.h"

#include <poll.h>
#include <sys/time.h>
#include <time.h>

#include "socket/sockopt.h"

#define SETTLE_POLL_NS  1000000
#define REMOTE_POLL_MS  1000
#define LISTENERS_TRIED 16 /* of those that the rump kernel names and the host does not know */

int
sockctl_settle(int fd, struct socktag *t, bool wait)
{
	struct timespec pause = {.tv_nsec = SETTLE_POLL_NS};
	bool remote = (t->flags & SOCKTAG_REMOTE) != 0;
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};
	long n;

	while (t->flags & SOCKTAG_RETRYING) {
		if (!wait)
			return EAGAIN;
		/* Nobody is told of a queue that has room; the stack tells by POLLOUT. */
		n = remote ? raw_call3(SYS_poll, &pfd, 1, REMOTE_POLL_MS)
			   : raw_call2(SYS_nanosleep, &pause, NULL);
		if (n < 0)
			return EINTR;
		if (!socktag_get(fd, t))
			return EBADF;
	}
	return 0;
}

/* connect() while the one before has not been seen to end. */
static int
connect_again(int fd, struct socktag *t, bool nonblock)
{
	int error;

	if (sockctl_settle(fd, t, !nonblock) == EAGAIN)
		return EALREADY;
	if (t->flags & SOCKTAG_RETRYING)
		return EINTR;
	error = t->error;
	t->error = 0;
	if (error == 0 && !sockhost_is_connected(fd))
		error = ECONNABORTED;
	t->flags &= ~SOCKTAG_CONNECTING;
	socktag_set(fd, t);
	return error;
}

/*
 * Makes the socket as new.  A host socket that was connected, or shut down, cannot be; so another
 * takes its place under the same number, bound as the program had bound it.
 */
int
sockctl_renew(void *ctx, int fd, struct socktag *t)
{
	struct sockhost own;
	struct sockname name;
	struct sockaddr_storage ss;
	long flags, other;
	socklen_t len;

	if (sockhost_name(fd, false, &own) != 0)
		return EBADF;
	name = sockname_parse(&own);
	flags = raw_call3(SYS_fcntl, fd, F_GETFL, 0);
	other = raw_call3(SYS_socket, AF_UNIX,
	    SOCK_STREAM | (flags > 0 && flags & O_NONBLOCK ? SOCK_NONBLOCK : 0), 0);
	if (other < 0)
		return (int)-other;
	sockopt_inherit(fd, t, (int)other);
	socktag_set((int)other, t);
	raw_call2(SYS_shutdown, fd, SHUT_RDWR);
	flags = raw_call3(SYS_fcntl, fd, F_GETFD, 0);
	raw_call3(SYS_dup3, other, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
	raw_close((int)other);
	if (name.kind != SOCKNAME_BOUND || t->flags & SOCKTAG_ACCEPTED)
		return 0;
	len = inaddr_show(&name.own, t->inet6, &ss);
	return sockenv_bind(ctx, fd, (struct sockaddr *)&ss, len, sockctl_flags(t));
}

/* connect(AF_UNSPEC) */
static int
disconnect(void *ctx, int fd, struct socktag *t)
{
	t->error = 0;
	t->flags &= ~(SOCKTAG_CONNECTING | SOCKTAG_RETRYING | SOCKTAG_REMOTE | SOCKTAG_FAILED);
	if (sockhost_is_connected(fd))
		return sockctl_renew(ctx, fd, t);
	socktag_set(fd, t);
	return sockhost_int(fd, SO_ACCEPTCONN) ? sockctl_shutdown(ctx, fd, t, SHUT_RDWR) : 0;
}

/* The connect itself. */
static int
connect_host(void *ctx, int fd, const struct sockaddr *sa, socklen_t len,
    const struct sockhost *own, unsigned flags, const struct sockhost *to)
{
	struct sockway way;
	int error = sockhost_connect(fd, &to->un, to->len);

	if (error != EACCES)
		return error;
	error = sockway_open(ctx, sa, len, own, flags, &way);
	if (error != 0)
		return error;
	error = sockhost_connect(fd, &way.host.un, way.host.len);
	sockway_close(&way);
	return error;
}

/* Asks the rump kernel until there is a listener that the host knows, or none.  `own` is the
 * socket's name; it gets one if it has none. */
static int
reach(void *ctx, int fd, const struct socktag *t, const struct sockaddr *sa, socklen_t len,
    struct sockhost *own, struct sockhost *ret_to)
{
	struct deleg_reply reply;
	unsigned flags = sockctl_flags(t);
	int error = 0;

	for (int i = 0; i < LISTENERS_TRIED && error == 0; i++) {
		error = sockenv_connect(
		    ctx, sa, len, sockhost_path_len(own) > 0 ? own : NULL, flags, &reply);
		if (error != 0)
			break;
		if (sockhost_path_len(own) == 0) {
			sockhost_from(own, reply.bind, reply.bind_len);
			error = sockhost_bind(fd, own);
			if (error != 0)
				break;
		}
		sockhost_from(ret_to, reply.connect, reply.connect_len);
		error = connect_host(ctx, fd, sa, len, own, flags, ret_to);
		if (error != ECONNREFUSED && error != ENOENT)
			return error;
		flags |= DELEG_GONE;
		error = 0;
	}
	return error == 0 ? ECONNREFUSED : error;
}

static bool
is_pending(int error, bool nonblock)
{
	return error == EAGAIN || error == EINTR || (error == ECONNREFUSED && nonblock);
}

/* Hands the connection that ended in `error` to the server. */
static int
connect_by_server(void *ctx, int fd, struct socktag *t, const struct sockhost *to, int error)
{
	t->flags |= SOCKTAG_RETRYING;
	socktag_set(fd, t);
	if (sockenv_retry(ctx, fd, to) != 0) {
		socktag_change(fd, t, 0, SOCKTAG_CONNECTING | SOCKTAG_RETRYING);
		return ETIMEDOUT;
	}
	if (!socktag_get(fd, t))
		return EBADF;
	return error == EINTR ? EINTR : EINPROGRESS;
}

/* Waits for the end of the handshake, at most SO_SNDTIMEO. */
static int
await_remote(int fd, struct socktag *t)
{
	struct timeval limit = {.tv_sec = 0};
	socklen_t len = sizeof limit;
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};
	long n, ms = -1;

	if (sockhost_getopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &len) == 0 &&
	    (limit.tv_sec != 0 || limit.tv_usec != 0))
		ms = limit.tv_sec * 1000 + (limit.tv_usec + 999) / 1000;
	n = raw_call3(SYS_poll, &pfd, 1, ms);
	if (n <= 0)
		return n == 0 ? EINPROGRESS : EINTR;
	if (!socktag_get(fd, t))
		return EBADF;
	return connect_again(fd, t, false);
}

/* The way leads out of the rump kernel: its stack makes the connection. */
static int
connect_remote(
    void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len, bool nonblock)
{
	int error = sockenv_relay(ctx, fd, sa, len, sockctl_flags(t));

	if (error != 0)
		return error;
	if (!socktag_get(fd, t))
		return EBADF;
	sockstack_made(fd, t);
	return nonblock ? EINPROGRESS : await_remote(fd, t);
}

int
sockctl_connect(
    void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len, bool nonblock)
{
	struct sockhost own, to;
	int error;

	if (len < sizeof sa->sa_family)
		return EINVAL;
	if (t->dgram)
		return sockctl_connect_udp(ctx, fd, t, sa, len);
	if (sa->sa_family == AF_UNSPEC)
		return disconnect(ctx, fd, t);
	if (t->flags & SOCKTAG_FAILED && t->error == 0)
		disconnect(ctx, fd, t); /* the failure was seen: this is another attempt */
	if (t->flags & SOCKTAG_CONNECTING)
		return connect_again(fd, t, nonblock);
	error = sockhost_name(fd, false, &own);
	if (error != 0)
		return error;
	/* Without a name it can be neither connected nor listening. */
	if (sockhost_path_len(&own) > 0 &&
	    (sockhost_is_connected(fd) || sockhost_int(fd, SO_ACCEPTCONN)))
		return EISCONN;
	error = reach(ctx, fd, t, sa, len, &own, &to);
	if (t->flags & SOCKTAG_ABORTS)
		sockctl_note_abort(fd, t, true);
	if (error == 0) {
		if (nonblock)
			socktag_change(fd, t, SOCKTAG_CONNECTING, 0);
		/* Setting the buffer size also wakes edge-triggered waiters for POLLOUT. */
		sockopt_raise_buffers(fd, t);
		return nonblock ? EINPROGRESS : 0;
	}
	if (error == EREMOTE)
		return connect_remote(ctx, fd, t, sa, len, nonblock);
	if (!is_pending(error, nonblock))
		return error;
	t->flags |= SOCKTAG_CONNECTING;
	if (error == ECONNREFUSED) {
		t->error = ECONNREFUSED;
		socktag_set(fd, t);
		return EINPROGRESS;
	}
	return connect_by_server(ctx, fd, t, &to, error);
}
