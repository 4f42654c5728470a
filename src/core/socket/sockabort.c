/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that end with a reset because one end had SO_LINGER 0.
 *
 * The host ends an AF_UNIX connection with a reset only if something was left unread; otherwise the
 * peer sees an end of file.  So who sets SO_LINGER 0 says so in the memory that all share
 * (sockmem.h), under the name of the end that connected, which is this connection's alone.  Who
 * comes to the end of a connection looks there.  However the other end was closed, also by the
 * death of its process, there is nothing more to do.
 *
 * A connection through the stack can fail in more ways: the kernel notes with what it ended.
 */
#include <poll.h>

#include "socket/sockctl.h"
#include "socket/sockmem.h"

static unsigned
index_of(bool acceptor)
{
	return acceptor ? SOCKMEM_ABORT_ACCEPTOR : SOCKMEM_ABORT_CONNECTOR;
}

/* The number in the name of the end that connected. */
static bool
connection_number(int fd, const struct socktag *t, uint64_t *ret)
{
	struct sockhost name;
	struct sockname n;

	if (t->dgram || sockhost_name(fd, (t->flags & SOCKTAG_ACCEPTED) != 0, &name) != 0)
		return false;
	n = sockname_parse(&name);
	*ret = n.seq;
	return n.kind == SOCKNAME_CONNECTOR || n.kind == SOCKNAME_BOUND;
}

void
sockctl_note_abort(int fd, const struct socktag *t, bool on)
{
	struct sockmem *m;
	uint64_t number;

	if (!connection_number(fd, t, &number))
		return;
	m = sockmem();
	if (m == NULL)
		return;
	sockmem_put(m, number, index_of((t->flags & SOCKTAG_ACCEPTED) != 0), on);
	if (on)
		atomic_store(&m->any_abort, true);
}

void
sockabort_failed(uint64_t number, int error)
{
	struct sockmem *m = sockmem();

	if (m == NULL)
		return;
	sockmem_put(m, number, SOCKMEM_FAILED, error);
	atomic_store(&m->any_abort, true);
}

void
sockctl_set_abort(int fd, struct socktag *t, const void *val, socklen_t len)
{
	struct linger l;
	bool on;

	if (t->dgram || len < sizeof l)
		return;
	memcpy(&l, val, sizeof l);
	on = l.l_onoff != 0 && l.l_linger == 0;
	if (on == ((t->flags & SOCKTAG_ABORTS) != 0))
		return;
	socktag_switch(fd, t, SOCKTAG_ABORTS, on);
	sockctl_note_abort(fd, t, on);
}

bool
sockctl_peer_closed(int fd)
{
	struct pollfd p = {.fd = fd};

	return raw_call3(SYS_poll, &p, 1, 0) == 1 && (p.revents & POLLHUP) != 0 &&
	       sockhost_is_connected(fd);
}

/* What the peer, or the way to it, ended the connection with; 0: nothing but an end of file. */
static int
peer_error(int fd, const struct socktag *t)
{
	struct sockmem *m = sockmem();
	unsigned peer = index_of((t->flags & SOCKTAG_ACCEPTED) == 0);
	uint64_t number;
	int value = 0;

	if (m == NULL || !atomic_load(&m->any_abort) || !sockctl_peer_closed(fd) ||
	    !connection_number(fd, t, &number))
		return 0;
	if (sockmem_get(m, number, SOCKMEM_FAILED, &value))
		return value > 0 && value <= UINT8_MAX ? value : 0;
	return sockmem_get(m, number, peer, &value) && value != 0 ? ECONNRESET : 0;
}

static bool
take_reset(int fd, struct socktag *t, int error)
{
	t->flags |= SOCKTAG_RESET;
	t->error = (uint8_t)error;
	socktag_set(fd, t);
	return true;
}

/* The peer left something unread: that the host tells by itself, but to who writes. */
bool
sockctl_host_reset(int fd, struct socktag *t)
{
	struct pollfd p = {.fd = fd};

	return raw_call3(SYS_poll, &p, 1, 0) == 1 && (p.revents & POLLERR) != 0 &&
	       sockhost_int(fd, SO_ERROR) == ECONNRESET && take_reset(fd, t, ECONNRESET);
}

bool
sockctl_was_reset(int fd, struct socktag *t)
{
	int error;

	if (t->flags & SOCKTAG_RESET)
		return true;
	error = peer_error(fd, t);
	return error != 0 && take_reset(fd, t, error);
}

int
sockctl_end_error(int fd, struct socktag *t)
{
	return sockctl_was_reset(fd, t) ? socktag_take_error(fd, t) : 0;
}
