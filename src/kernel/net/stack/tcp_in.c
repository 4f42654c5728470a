/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP connections that come in.
 *
 * lwIP has to have a listening pcb for a port before a SYN for it is processed.  Programs come and
 * go as the host tells, so the pcbs are made when they are needed: each SYN is looked at before
 * lwIP sees it, and the kernel's table of listeners says whether there is to be a pcb for its port.
 *
 * When the handshake is done, the kernel connects to the listener's host socket from a socket whose
 * name says the remote address, so accept() and getpeername() are what they are for connections
 * within the kernel.  A listener whose queue is full is tried again; meanwhile what arrives waits
 * in lwIP's window.
 */
#include <errno.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <string.h>
#include <unistd.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/netcount.h"
#include "net/stack/relay.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"
#include "socket/sockname.h"
#include "socket/sockopt.h"
#include "socket/socktag.h"

/* Does a host socket still have the name?  One of another type is refused in another way. */
static bool
is_alive(const struct bound *b)
{
	struct sockhost name;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	sockhost_from(&name, b->host, strlen(b->host));
	error = fd < 0 ? EMFILE : sockhost_connect(fd, &name.un, name.len);
	if (fd >= 0)
		close(fd);
	return error == EPROTOTYPE || error == EMFILE;
}

/* Who listens there. */
static struct bound *
find_listener(const struct inaddr *own)
{
	struct bound *b = inet_lookup(own, NULL, 0, 0);

	if (b == NULL || is_alive(b))
		return b;
	bound_sweep();
	return inet_lookup(own, NULL, 0, 0);
}

/* --- host ends --- */

static int
connect_host(struct relay *r, const struct bound *to)
{
	const struct socktag plain = {.flags = 0};
	struct sockhost name;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	uint64_t seq = hostnames_seq();
	int error;

	if (fd < 0)
		return EAGAIN;
	sockopt_raise_buffers(fd, &plain);
	sockname_connector(&name, hostnames_server(), seq, &r->dest, &r->own);
	error = sockhost_bind(fd, &name);
	if (error == 0) {
		sockhost_from(&name, to->host, strlen(to->host));
		error = sockhost_connect(fd, &name.un, name.len);
	}
	if (error == 0)
		error = relay_set_host(r, fd);
	if (error == 0)
		relay_name(r, seq);
	else
		close(fd);
	return error;
}

void
tcp_in_deliver(struct relay *r)
{
	struct bound *to = find_listener(&r->own);
	int error = to != NULL ? connect_host(r, to) : ECONNREFUSED;

	r->stalled = error == EAGAIN;
	if (r->stalled)
		return;
	if (error != 0)
		relay_free(r);
	else
		relay_open(r);
}

static err_t
on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct relay *r;

	(void)arg;
	if (err != ERR_OK || pcb == NULL)
		return ERR_VAL;
	r = relay_new(pcb, RELAY_ACCEPTING);
	if (r == NULL) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	r->own = ip_to_inaddr(&pcb->local_ip, pcb->local_port);
	r->dest = ip_to_inaddr(&pcb->remote_ip, pcb->remote_port);
	conn_peer_is(conn_of(pcb), &r->dest);
	netcount.tcp.passive++;
	relay_mark(r);
	return ERR_OK;
}

/* --- listening pcbs --- */

static struct tcp_pcb_listen *
pcb_for(uint16_t port)
{
	struct tcp_pcb_listen *p = tcp_listen_pcbs.listen_pcbs;

	while (p != NULL && p->local_port != port)
		p = p->next;
	return p;
}

static void
listen_on(uint16_t port)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY), *listening;

	if (pcb == NULL)
		return;
	ip_set_option(pcb, SOF_REUSEADDR);
	listening = tcp_bind(pcb, IP_ANY_TYPE, port) == ERR_OK
			? tcp_listen_with_backlog(pcb, TCP_DEFAULT_LISTEN_BACKLOG)
			: NULL;
	if (listening == NULL)
		tcp_abort(pcb);
	else
		tcp_accept(listening, on_accept);
}

/* A new connection may have the addresses of one that is in TIME_WAIT, if it begins above it. */
static void
end_time_wait(const ip_addr_t *own, const ip_addr_t *peer, const struct tcp_hdr *h)
{
	struct conn *c = conn_find(own, lwip_ntohs(h->dest), peer, lwip_ntohs(h->src));

	if (c != NULL && c->pcb.state == TIME_WAIT &&
	    TCP_SEQ_GEQ(lwip_ntohl(h->seqno), c->pcb.rcv_nxt))
		conn_end(c, false, ERR_CLSD);
}

/* False: it is to be lost, for who listens has no room. */
static bool
on_syn(const struct tcp_hdr *h)
{
	uint16_t port = lwip_ntohs(h->dest);
	struct inaddr own = ip_to_inaddr(ip_current_dest_addr(), port);
	struct tcp_pcb_listen *listening = pcb_for(port);
	bool wanted = find_listener(&own) != NULL;

	if (wanted && relay_is_full(&own))
		return false;
	end_time_wait(ip_current_dest_addr(), ip_current_src_addr(), h);
	if (wanted && listening == NULL)
		listen_on(port);
	else if (!wanted && listening != NULL)
		tcp_close((struct tcp_pcb *)listening);
	return true;
}

/* Sees each TCP packet before lwIP's TCP does. */
static u8_t
on_packet(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	struct tcp_hdr h;
	u16_t at = ip_current_header_tot_len();

	(void)arg, (void)raw, (void)from;
	if (pbuf_copy_partial(p, &h, sizeof h, at) != sizeof h ||
	    (TCPH_FLAGS(&h) & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN || on_syn(&h))
		return 0;
	pbuf_free(p);
	return 1;
}

int
tcp_in_init(void)
{
	struct raw_pcb *raw = raw_new_ip_type(IPADDR_TYPE_ANY, IP_PROTO_TCP);

	if (raw == NULL)
		return ENOMEM;
	raw_recv(raw, on_packet, NULL);
	return 0;
}
