/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments that lwIP takes more kindly than it should, and how it is to say no.
 *
 * RFC 9293 and RFC 5961: in a connection nothing counts without an ACK, nor what acknowledges bytes
 * that were never sent, or sent long ago: the latter two are answered with an ACK, so that a peer
 * that means it can find out.  A SYN with FIN or RST is nonsense.
 *
 * A reset that answers a segment with an ACK takes its number from there and has no ACK of its own;
 * lwIP's always has one.
 */
#include <lwip/inet_chksum.h>

#include "net/stack/lwip_own.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

static unsigned answered_flags; /* of what comes in right now; 0: nothing */
static uint32_t answered_ack;

static bool
is_whole(struct pbuf *p)
{
	return ip_chksum_pseudo(
		   p, IP_PROTO_TCP, p->tot_len, ip_current_src_addr(), ip_current_dest_addr()) == 0;
}

bool
conn_refuses(struct conn *c, struct pbuf *p)
{
	const struct tcp_hdr *h = p->payload;
	unsigned flags = TCPH_FLAGS(h);
	struct tcp_pcb *pcb = c != NULL ? &c->pcb : NULL;
	uint32_t ack = lwip_ntohl(h->ackno);

	if (flags & TCP_SYN && flags & (TCP_FIN | TCP_RST))
		return true;
	if (pcb != NULL && pcb->state == TIME_WAIT && flags & TCP_RST &&
	    lwip_ntohl(h->seqno) == pcb->rcv_nxt && is_whole(p)) {
		conn_end(c, false, ERR_CLSD);
		return true;
	}
	if (pcb == NULL || pcb->state < ESTABLISHED || pcb->state == TIME_WAIT ||
	    flags & (TCP_SYN | TCP_RST))
		return false;
	if ((flags & TCP_ACK) == 0)
		return true;
	if (TCP_SEQ_LEQ(ack, pcb->snd_nxt) && TCP_SEQ_GEQ(ack, pcb->lastack - pcb->snd_wnd_max))
		return false;
	if (is_whole(p))
		tcp_send_empty_ack(pcb);
	return true;
}

/* Segments without data are answered only if something is wrong with them.  To lwIP one is wrong
 * also if our window is closed: two ends that are full would answer each other for ever. */
bool
conn_asks_nothing(const struct conn *c, const struct pbuf *p)
{
	const struct tcp_hdr *h = p->payload;

	return c->pcb.rcv_wnd == 0 && p->tot_len == TCPH_HDRLEN_BYTES(h) &&
	       TCPH_FLAGS(h) == TCP_ACK && lwip_ntohl(h->seqno) == c->pcb.rcv_nxt;
}

void
conn_answering(const struct tcp_hdr *h)
{
	answered_flags = h != NULL ? TCPH_FLAGS(h) : 0;
	if (h != NULL)
		answered_ack = lwip_ntohl(h->ackno);
}

static void
send_plain_rst(const struct tcp_pcb *pcb, u32_t seqno, const ip_addr_t *own, const ip_addr_t *peer,
    u16_t own_port, u16_t peer_port)
{
	struct netif *n = ip_route(own, peer);
	struct pbuf *p = n != NULL ? pbuf_alloc(PBUF_IP, TCP_HLEN, PBUF_RAM) : NULL;
	struct tcp_hdr *h;

	if (p == NULL)
		return;
	h = p->payload;
	*h = (struct tcp_hdr){
	    .src = lwip_htons(own_port),
	    .dest = lwip_htons(peer_port),
	    .seqno = lwip_htonl(seqno),
	};
	TCPH_HDRLEN_FLAGS_SET(h, TCP_HLEN / 4, TCP_RST);
	h->chksum = ip_chksum_pseudo(p, IP_PROTO_TCP, p->tot_len, own, peer);
	ip_output_if(p, own, peer, STACK_TTL, pcb != NULL ? pcb->tos : 0, IP_PROTO_TCP, n);
	pbuf_free(p);
}

FOR_LWIP void
tcp_rst(const struct tcp_pcb *pcb, u32_t seqno, u32_t ackno, const ip_addr_t *own,
    const ip_addr_t *peer, u16_t own_port, u16_t peer_port)
{
	if (answered_flags & TCP_ACK && seqno == answered_ack)
		send_plain_rst(pcb, seqno, own, peer, own_port, peer_port);
	else
		lwip_own.tcp_rst(pcb, seqno, ackno, own, peer, own_port, peer_port);
}
