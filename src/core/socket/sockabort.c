/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that end with a reset because their socket was closed with SO_LINGER 0.
 *
 * The host ends an AF_UNIX connection with a reset only if something was left unread; otherwise the
 * peer sees an end of file.  So who closes such a socket tells the rump kernel first, which
 * remembers the connection, by the name of the end that connected.  Who comes to the end of a
 * connection asks whether it was one of those; there is nothing to ask as long as nobody ever did
 * this.
 *
 * A connection through the stack can fail in more ways, and its ends always ask.
 */
#include <poll.h>

#include "socket/sockctl.h"

static bool armed; /* has this process, or the one it was forked from, sockets with SO_LINGER 0? */

void
sockctl_arm_abort(int fd, struct socktag *t, const void *val, socklen_t len)
{
	struct linger l;
	bool on;

	if (t->dgram || len < sizeof l)
		return;
	memcpy(&l, val, sizeof l);
	on = l.l_onoff != 0 && l.l_linger == 0;
	if (on)
		armed = true;
	socktag_switch(fd, t, SOCKTAG_ABORTS, on);
}

/* The name of the end that connected, which is this connection's alone. */
static bool
name_connection(int fd, const struct socktag *t, struct sockhost *ret)
{
	enum sockname_kind kind;

	if (t->dgram || t->flags & SOCKTAG_REMOTE || !sockhost_is_connected(fd) ||
	    sockhost_name(fd, (t->flags & SOCKTAG_ACCEPTED) != 0, ret) != 0)
		return false;
	kind = sockname_parse(ret).kind;
	return kind == SOCKNAME_CONNECTOR || kind == SOCKNAME_BOUND;
}

void
sockctl_before_close(int fd)
{
	struct sockhost connector;
	struct socktag t;

	if (armed && socktag_get(fd, &t) && t.flags & SOCKTAG_ABORTS &&
	    name_connection(fd, &t, &connector))
		(void)sockenv_abort(&connector, true);
}

/* Has the peer closed, not only said that it will send no more? */
static bool
peer_closed(int fd)
{
	struct pollfd p = {.fd = fd};

	return raw_call3(SYS_poll, &p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

bool
sockctl_was_reset(int fd, struct socktag *t)
{
	struct sockhost connector;

	int error;

	if (t->flags & SOCKTAG_RESET)
		return true;
	if (!peer_closed(fd) || (!sockstack_connector(fd, t, &connector) &&
				    (!sockenv_aborts() || !name_connection(fd, t, &connector))))
		return false;
	error = sockenv_abort(&connector, false);
	if (error != ECONNRESET && error != EPIPE && error != ETIMEDOUT && error != EHOSTUNREACH &&
	    error != ENETUNREACH)
		return false;
	t->flags |= SOCKTAG_RESET;
	t->error = (uint8_t)error;
	socktag_set(fd, t);
	return true;
}

int
sockctl_end_error(int fd, struct socktag *t)
{
	return sockctl_was_reset(fd, t) ? socktag_take_error(fd, t) : 0;
}
