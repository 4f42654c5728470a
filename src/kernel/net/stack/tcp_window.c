/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much may be under way.
 *
 * lwIP was built for windows of 64 KiB and segments of 1460 bytes, but these figures are only what
 * a pcb begins with.  So the options of our SYNs are written anew on their way out, with the
 * segment size that the interface allows and a larger window scale, and when the handshake is done
 * the pcb gets the larger figures.
 */
#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <string.h>

#include "net/rtable.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

#define WINDOW        (1u << 20)
#define SCALE         5 /* 65535 << 5 is as much as the window */
#define SEND_BUFFER   (1u << 20)
#define UPDATE        (64u << 10) /* the peer hears of more room in steps of this, or half the window */
#define SEGMENT_MAX   65000       /* with its headers it must fit into a pbuf */
#define SEGMENT_USUAL 536         /* if the peer does not say */
#define FIRST_FLIGHT  10          /* segments */

/* --- options --- */

/* The place of an option in a TCP header; NULL: not there. */
static uint8_t *
option(const struct tcp_hdr *h, size_t len, uint8_t kind, uint8_t size)
{
	uint8_t *o = (uint8_t *)h + TCP_HLEN, *end = (uint8_t *)h + len;

	while (o < end && *o != LWIP_TCP_OPT_EOL) {
		if (*o == LWIP_TCP_OPT_NOP) {
			o++;
			continue;
		}
		if (end - o < 2 || o[1] < 2 || o[1] > end - o)
			return NULL;
		if (*o == kind)
			return o[1] == size ? o : NULL;
		o += o[1];
	}
	return NULL;
}

static size_t
header_len(const struct pbuf *p, const struct tcp_hdr *h, size_t at)
{
	size_t len = TCPH_HDRLEN_BYTES(h);

	return len >= TCP_HLEN && at + len <= p->len ? len : 0;
}

uint16_t
conn_syn_segment(const struct pbuf *p)
{
	const struct tcp_hdr *h = p->payload;
	const uint8_t *o;
	size_t len = header_len(p, h, 0);

	if (len == 0 || (TCPH_FLAGS(h) & TCP_SYN) == 0)
		return 0;
	o = option(h, len, LWIP_TCP_OPT_MSS, LWIP_TCP_OPT_LEN_MSS);
	return o == NULL ? SEGMENT_USUAL : (uint16_t)(o[2] << 8 | o[3]);
}

static uint16_t
segment_for(unsigned mtu, bool v4)
{
	unsigned headers = TCP_HLEN + (v4 ? IP_HLEN : IP6_HLEN);
	unsigned max = mtu > headers ? mtu - headers : 1;

	return (uint16_t)(max < SEGMENT_MAX ? max : SEGMENT_MAX);
}

void
conn_before_output(struct pbuf *p, size_t at, unsigned mtu)
{
	struct conn *c = conn_sending();
	struct tcp_hdr *h = (struct tcp_hdr *)((char *)p->payload + at);
	uint8_t *o;
	size_t len;

	c->segs_out += conn_segments(c, p->tot_len);
	if (p->len < at + TCP_HLEN || (TCPH_FLAGS(h) & TCP_SYN) == 0)
		return;
	len = header_len(p, h, at);
	o = option(h, len, LWIP_TCP_OPT_MSS, LWIP_TCP_OPT_LEN_MSS);
	if (o != NULL) {
		uint16_t mss = segment_for(mtu, IP_IS_V4(&c->pcb.remote_ip));

		o[2] = (uint8_t)(mss >> 8);
		o[3] = (uint8_t)mss;
	}
	o = option(h, len, LWIP_TCP_OPT_WS, LWIP_TCP_OPT_LEN_WS);
	if (o != NULL)
		o[2] = SCALE;
	h->chksum = 0;
	pbuf_remove_header(p, at);
	h->chksum =
	    ip_chksum_pseudo(p, IP_PROTO_TCP, p->tot_len, &c->pcb.local_ip, &c->pcb.remote_ip);
	pbuf_add_header(p, at);
}

/* --- windows --- */

static uint16_t
segment_of(const struct conn *c)
{
	struct inaddr dest = ip_to_inaddr(&c->pcb.remote_ip, 0);
	uint16_t mss = c->peer_segment, most = c->pcb.mss;
	struct rtable_hop hop;

	if (rtable_lookup(&dest, NULL, &hop) == 0 && hop.ifp != NULL)
		most = segment_for(hop.mtu, IP_IS_V4(&c->pcb.remote_ip));
	return mss == 0 ? c->pcb.mss : mss < most ? mss : most;
}

void
conn_establish(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	c->established = true;
	c->recover = pcb->lastack;
	pcb->mss = segment_of(c);
	pcb->cwnd = LWIP_MAX(pcb->cwnd, (tcpwnd_size_t)(FIRST_FLIGHT * pcb->mss));
	pcb->ssthresh = SEND_BUFFER;
	pcb->snd_buf += SEND_BUFFER - TCP_SND_BUF;
	if ((pcb->flags & TF_WND_SCALE) == 0)
		return;
	pcb->rcv_scale = SCALE;
	pcb->rcv_wnd += WINDOW - TCP_WND;
	tcp_update_rcv_ann_wnd(pcb);
}

void
conn_taken(struct conn *c, size_t len)
{
	struct tcp_pcb *pcb = &c->pcb;
	tcpwnd_size_t all = pcb->flags & TF_WND_SCALE ? WINDOW : TCP_WND;

	pcb->rcv_wnd = LWIP_MIN(pcb->rcv_wnd + (tcpwnd_size_t)len, all);
	if (tcp_update_rcv_ann_wnd(pcb) >= LWIP_MIN(UPDATE, all / 4)) {
		tcp_ack_now(pcb);
		tcp_output(pcb);
	}
}

void
conn_all_taken(struct conn *c)
{
	/* What lwIP takes for an open window, so that closing is not a reset. */
	c->pcb.rcv_wnd = TCP_WND;
}

/* --- the send buffer --- */

/* lwIP's limit on the length of its queue is that of a small buffer; ours is the buffer. */
static err_t
write_segments(struct conn *c, const void *bytes, uint16_t len, uint16_t size)
{
	struct tcp_pcb *pcb = &c->pcb;
	uint16_t queued = pcb->snd_queuelen, mss = pcb->mss;
	err_t err;

	if (queued > 1)
		pcb->snd_queuelen = 1;
	else
		queued = 0;
	pcb->mss = size;
	err = tcp_write(pcb, bytes, len, TCP_WRITE_FLAG_COPY);
	pcb->mss = mss;
	if (queued != 0)
		pcb->snd_queuelen = (u16_t)(pcb->snd_queuelen - 1 + queued);
	return err;
}

/* lwIP lets the first part keep the FIN, which belongs to the rest alone. */
err_t
conn_split(struct conn *c, uint16_t len)
{
	struct tcp_pcb *pcb = &c->pcb;
	err_t err = tcp_split_unsent_seg(pcb, len);

	if (pcb->unsent != NULL && pcb->unsent->next != NULL)
		TCPH_UNSET_FLAG(pcb->unsent->tcphdr, TCP_FIN);
	return err;
}

/* How long the last segment is that waits to be sent; 0: none does. */
static uint16_t
last_unsent(const struct tcp_pcb *pcb)
{
	const struct tcp_seg *seg = pcb->unsent;

	while (seg != NULL && seg->next != NULL)
		seg = seg->next;
	return seg != NULL ? seg->len : 0;
}

/* lwIP fills the last segment up first, if it has kept room there: it may not have kept more than
 * belongs to a segment of the size that it is to make now, nor see a longer one. */
size_t
conn_write(struct conn *c, const void *bytes, size_t len)
{
	struct tcp_pcb *pcb = &c->pcb;
	uint16_t size = conn_write_size(c, len), last = last_unsent(pcb);
	size_t done = 0;

	if (pcb->unsent == NULL || last + pcb->unsent_oversize > size)
		pcb->unsent_oversize = 0;
	if (last > size) {
		done = LWIP_MIN(len, size);
		if (write_segments(c, bytes, (uint16_t)done, last) != ERR_OK)
			return 0;
		pcb->unsent_oversize = 0;
	}
	if (done < len && write_segments(c, (const uint8_t *)bytes + done, (uint16_t)(len - done),
			      size) == ERR_OK)
		done = len;
	return done;
}
