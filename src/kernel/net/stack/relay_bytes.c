/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a relay, as far as they go without waiting.
 *
 * Towards the host: what has arrived is written, and only what the host took is told to lwIP as
 * received, so that the window closes for a program that does not read.  Towards the net: the host
 * end is read only as far as lwIP has room, so that a program that writes faster fills its own
 * socket and waits there.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/stack/relay.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

#define CHUNK     65536 /* more than conn_read_size() */
#define QUEUE_MAX 20000 /* pbufs: lwIP counts to 65,535 */

/* --- towards the host --- */

/* Has the program closed its socket, not only one direction of it? */
static bool
is_gone(struct relay *r)
{
	struct pollfd pfd = {.fd = r->watch.fd};

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & (POLLHUP | POLLERR)) != 0;
}

static void
took(struct relay *r, size_t len)
{
	struct pbuf *p;

	if (r->pcb != NULL)
		conn_taken(conn_of(r->pcb), len);
	while ((p = r->arrived) != NULL && len >= p->len) {
		len -= p->len;
		r->arrived = p->next;
		p->next = NULL;
		pbuf_free(p);
	}
	if (len > 0)
		pbuf_remove_header(r->arrived, len);
}

bool
relay_to_host(struct relay *r)
{
	struct iovec iov[STACK_PIECES];
	struct msghdr m = {.msg_iov = iov};
	ssize_t n;

	while (r->arrived != NULL) {
		m.msg_iovlen = pbuf_iovec(r->arrived, 0, SIZE_MAX, iov);
		n = sendmsg(r->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			relay_wants_room(r, true);
			return true;
		}
		if (n < 0 && is_gone(r))
			return false;
		/* SHUT_RD: it is lost. */
		took(r, n < 0 ? r->arrived->len : (size_t)n);
	}
	relay_wants_room(r, false);
	if (r->net_eof && !r->net_eof_told) {
		r->net_eof_told = true;
		shutdown(r->watch.fd, SHUT_WR);
	}
	return true;
}

/* --- towards the net --- */

static bool
keep(struct relay *r, const void *bytes, size_t len)
{
	r->stash = malloc(len);
	if (r->stash == NULL)
		return false;
	memcpy(r->stash, bytes, len);
	r->stash_len = len;
	return true;
}

static bool
write_stash(struct relay *r)
{
	size_t n;

	if (r->stash == NULL)
		return true;
	n = conn_write(conn_of(r->pcb), r->stash, r->stash_len);
	r->stash_len -= n;
	memmove(r->stash, (uint8_t *)r->stash + n, r->stash_len);
	if (r->stash_len > 0)
		return false;
	free(r->stash);
	r->stash = NULL;
	return true;
}

static size_t
room(const struct relay *r)
{
	size_t n = tcp_sndbuf(r->pcb), max;

	if (r->pcb->snd_queuelen > QUEUE_MAX)
		return 0;
	max = conn_read_size(conn_of(r->pcb));
	return n < max ? n : max;
}

bool
relay_to_net(struct relay *r)
{
	static uint8_t bytes[CHUNK];
	size_t max, written;
	ssize_t n;

	while (r->pcb != NULL && !r->host_eof && write_stash(r) && r->readable &&
	       (max = room(r)) > 0) {
		n = recv(r->watch.fd, bytes, max, MSG_DONTWAIT);
		if (n > 0) {
			written = conn_write(conn_of(r->pcb), bytes, (size_t)n);
			if (written < (size_t)n && !keep(r, bytes + written, (size_t)n - written))
				return false;
			if ((size_t)n < max && !r->host_ends)
				r->readable = false;
			continue;
		}
		if (n == 0) {
			r->host_eof = true;
			tcp_shutdown(r->pcb, 0, 1);
		} else if (errno == EAGAIN) {
			r->readable = false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	if (r->pcb != NULL)
		tcp_output(r->pcb);
	return true;
}
