/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP connections that go out.
 *
 * The program's socket stays the same host socket.  It is connected at once to a listener of the
 * kernel's own, so that the kernel has the other end, and its send buffer is made small and filled
 * with junk, so that it is not writable and a write waits, as it does on TCP while the handshake is
 * under way.  For that time the kernel holds a copy of the socket.  Success: the tag is cleared,
 * the buffer gets its size back, the junk is read away, which makes the socket writable and wakes
 * who waits for it.  Failure: the error goes into the tag, and closing the other end with the junk
 * unread makes the host show IN|OUT|ERR|HUP, as TCP does.
 *
 * The listener's host name is that of a wildcard address with port 0: the program's socket finds
 * its peer's address in its own name, or asks (socket/sockid.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <lwip/priv/tcp_priv.h>
#include <string.h>
#include <unistd.h>

#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/stack/arp.h"
#include "net/stack/relay.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"
#include "socket/sockhost.h"
#include "socket/sockname.h"
#include "socket/sockopt.h"
#include "socket/socktag.h"

#define JUNK         4096
#define NEIGHBOUR_MS 3000 /* as long as Linux asks three times for a link address */

static int listener = -1;
static struct sockhost listener_name;

int
tcp_out_init(void)
{
	const struct inaddr any = inaddr_any(false);

	sockname_bound(&listener_name, hostnames_dir(), hostnames_seq(), &any);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || sockhost_bind(listener, &listener_name) != 0 ||
	    listen(listener, SOMAXCONN) != 0)
		return errno;
	return 0;
}

void
tcp_out_fini(void)
{
	close(listener);
}

/* --- the program's socket --- */

/* Connects the socket to us; the other end. */
static int
take_other_end(int fd, int *ret_fd)
{
	int error = sockhost_connect(fd, &listener_name.un, listener_name.len);

	if (error != 0)
		return error;
	*ret_fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	return *ret_fd < 0 ? errno : 0;
}

static size_t
fill(int fd)
{
	static const char junk[JUNK];
	size_t total = 0;
	ssize_t n;

	while ((n = send(fd, junk, sizeof junk, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		total += (size_t)n;
	return total;
}

static void
drain(int fd, size_t len)
{
	char junk[JUNK];
	ssize_t n;

	for (; len > 0; len -= (size_t)n) {
		n = recv(fd, junk, len < sizeof junk ? len : sizeof junk, MSG_DONTWAIT);
		if (n <= 0)
			return;
	}
}

static int
block(struct relay *r, int fd)
{
	const int smallest = 1;
	struct sockhost own;
	int other, error;

	if (sockhost_name(fd, false, &own) == 0)
		relay_name(r, sockname_parse(&own).seq);
	r->client_sndbuf = sockhost_int(fd, SO_SNDBUF) / 2; /* the host tells the double */
	sockhost_setopt(fd, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
	error = take_other_end(fd, &other);
	if (error != 0)
		return error;
	r->junk = fill(fd);
	r->client_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	error = r->client_fd < 0 ? errno : relay_set_host(r, other);
	if (error != 0)
		close(other);
	return error;
}

/* --- the handshake --- */

static err_t
on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct relay *r = arg;

	(void)pcb, (void)err;
	tcp_out_finish(r);
	return ERR_OK;
}

static struct conn *
conn_between(const struct inaddr *own, const struct inaddr *dest)
{
	ip_addr_t from = ip_from_inaddr(own), to = ip_from_inaddr(dest);

	return conn_find(&from, own->port, &to, dest->port);
}

bool
tcp_out_is_taken(const struct inaddr *own, const struct inaddr *dest)
{
	const struct conn *c = conn_between(own, dest);

	return c != NULL && c->pcb.state != TIME_WAIT;
}

static int
start(struct tcp_pcb *pcb, const struct inaddr *own, const struct inaddr *dest)
{
	struct conn *old = conn_between(own, dest); /* in TIME_WAIT */
	ip_addr_t to = ip_from_inaddr(dest);
	err_t err;

	/* The port is ours to give (ports.h), so lwIP need not look for a conflict. */
	pcb->local_ip = ip_from_inaddr(own);
	pcb->local_port = own->port;
	conn_peer_is(conn_of(pcb), dest);
	err = tcp_connect(pcb, &to, dest->port, on_connected);
	ip_set_option(pcb, SOF_REUSEADDR);
	if (old != NULL)
		conn_end(old, false, ERR_CLSD);
	return ip_errno(err);
}

int
tcp_out_connect(int fd, const struct inaddr *own, const struct inaddr *dest)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(inaddr_is_v4(dest) ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6);
	struct relay *r = pcb != NULL ? relay_new(pcb, RELAY_CONNECTING) : NULL;
	struct socktag t;
	int error;

	if (r == NULL) {
		if (pcb != NULL)
			tcp_abort(pcb);
		return ENOBUFS;
	}
	r->dest = *dest;
	r->since_ms = netloop_now_ms();
	error = start(pcb, own, dest);
	if (error == 0)
		error = block(r, fd);
	if (error != 0) {
		relay_free(r);
		return error;
	}
	/* On lo the turn may be the end of it. */
	if (socktag_get(fd, &t))
		socktag_change(fd, &t, SOCKTAG_REMOTE | SOCKTAG_CONNECTING | SOCKTAG_RETRYING, 0);
	netloop_turn();
	return 0;
}

void
tcp_out_finish(struct relay *r)
{
	int error = r->error, size = r->client_sndbuf;
	struct socktag t;

	if (socktag_get(r->client_fd, &t)) {
		t.flags &= ~SOCKTAG_RETRYING;
		t.error = (uint8_t)error;
		if (error != 0)
			t.flags |= SOCKTAG_FAILED;
		socktag_set(r->client_fd, &t);
	}
	if (error != 0) {
		relay_free(r);
		return;
	}
	sockhost_setopt(r->client_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	sockopt_raise_buffers(r->client_fd, &t);
	drain(r->watch.fd, r->junk);
	close(r->client_fd);
	r->client_fd = -1;
	relay_open(r);
}

/* --- a destination that is not there --- */

/* A neighbour that ought to be asked for its link address and has not answered. */
static bool
lacks_neighbour(const struct inaddr *dest)
{
	struct rtable_hop hop;

	if (rtable_lookup(dest, NULL, &hop) != 0 || stack_if_of(&hop) == NULL)
		return true;
	if (hop.local || !inaddr_is_v4(&hop.gateway))
		return false;
	return arp_is_missing(hop.ifp, &hop.gateway);
}

void
tcp_out_check(struct relay *r)
{
	if (netloop_now_ms() - r->since_ms < NEIGHBOUR_MS || !lacks_neighbour(&r->dest))
		return;
	r->error = EHOSTUNREACH;
	tcp_out_finish(r);
}

void
tcp_out_unreachable(const struct inaddr *own, const struct inaddr *dest, int error)
{
	struct relay *r = relay_connecting(own, dest);
	struct conn *c;

	if (r != NULL) {
		r->error = error;
		relay_mark(r);
		return;
	}
	/* One that is established lives on; should it fail, this is why. */
	c = conn_between(own, dest);
	if (c != NULL && !conn_is_orphan(c) && c->pcb.state >= ESTABLISHED) {
		r = c->pcb.callback_arg;
		r->soft_error = error;
	}
}
