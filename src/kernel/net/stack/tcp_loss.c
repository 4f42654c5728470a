/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Round trips and losses: what is learnt from what a connection sends and hears.
 *
 * From the round trips comes the time after which a segment is sent again (RFC 6298): at least
 * 200 ms, and 1 s at first.
 *
 * Losses: after the third duplicate ACK lwIP sends one segment again.  If the ACK of it stops short
 * of what was under way then, there is another hole, and that is filled at once (RFC 6582), where
 * lwIP would wait for the timer.
 */
#include "net/netloop.h"
#include "net/stack/lwip_own.h"
#include "net/stack/tcp_conn.h"

#define RTO_FIRST_US 1000000
#define RTO_MIN_US   200000
#define RTO_MAX_US   120000000

/* --- round trips --- */

int64_t
conn_rto_us(const struct conn *c)
{
	int64_t var = c->rttvar_us * 4, rto = RTO_FIRST_US;

	if (c->srtt_us != 0)
		rto = c->srtt_us + (var > RTO_MIN_US ? var : RTO_MIN_US);
	for (unsigned i = 0; i < c->backoff && rto < RTO_MAX_US; i++)
		rto *= 2;
	return rto < RTO_MAX_US ? rto : RTO_MAX_US;
}

static void
measured(struct conn *c, int64_t us)
{
	int64_t off = us - c->srtt_us;

	if (us < 1)
		us = 1;
	if (c->rttmin_us == 0 || us < c->rttmin_us)
		c->rttmin_us = us;
	if (c->srtt_us == 0) {
		c->srtt_us = us;
		c->rttvar_us = us / 2;
		return;
	}
	c->rttvar_us += ((off < 0 ? -off : off) - c->rttvar_us) / 4;
	c->srtt_us += off / 8;
	if (c->srtt_us < 1)
		c->srtt_us = 1;
}

/* --- what was sent --- */

void
conn_sent(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (pcb->snd_nxt != c->sent_nxt) {
		c->sent_nxt = pcb->snd_nxt;
		c->sent_at = netloop_now_us();
		c->probe_at = 0;
		c->stuck = 0;
		if (!c->timing) {
			c->timing = true;
			c->timed_ack = pcb->snd_nxt;
			c->timed_at = c->sent_at;
		}
	}
	conn_arm(c);
}

FOR_LWIP err_t
tcp_rexmit(struct tcp_pcb *pcb)
{
	struct conn *c = conn_of(pcb);
	err_t err = lwip_own.tcp_rexmit(pcb);

	c->timing = false;
	if (err == ERR_OK)
		c->resent++;
	return err;
}

/* lwIP has counted three duplicate ACKs, or more. */
FOR_LWIP void
tcp_rexmit_fast(struct tcp_pcb *pcb)
{
	struct conn *c = conn_of(pcb);

	if (c->recovering || TCP_SEQ_LT(pcb->lastack, c->recover))
		return; /* they tell of what was sent again already */
	lwip_own.tcp_rexmit_fast(pcb);
	c->recovering = true;
	c->recover = pcb->snd_nxt;
	c->probe_at = 0;
}

/* --- what was heard --- */

static void
filled_a_hole(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (!c->recovering)
		return;
	if (TCP_SEQ_GEQ(pcb->lastack, c->recover)) {
		c->recovering = false;
		return;
	}
	if (tcp_rexmit(pcb) == ERR_OK) {
		tcp_set_flags(pcb, TF_INFR);
		tcp_output(pcb);
	}
}

/* A slow start counts bytes; lwIP counts no more than two segments of an ACK, which may be for a
 * large frame. */
static void
grow(struct conn *c, uint32_t acked)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (c->established && !c->recovering && !(pcb->flags & TF_RTO) &&
	    pcb->cwnd < pcb->ssthresh && acked > 2u * pcb->mss)
		pcb->cwnd += acked - 2 * pcb->mss;
}

void
conn_hears(struct conn *c, size_t packet_len)
{
	c->una = c->pcb.lastack;
	c->rcv_nxt = c->pcb.rcv_nxt;
	c->had_holes = c->pcb.ooseq != NULL;
	c->segs_in += conn_segments(c, packet_len);
}

void
conn_heard(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	c->heard_at = netloop_now_us();
	c->keep_at = 0;
	c->keep_sent = 0;
	pcb->rttest = 0;
	if (c->established) {
		c->bytes_acked += pcb->lastack - c->una;
		c->bytes_in += pcb->rcv_nxt - c->rcv_nxt;
		if (pcb->rcv_nxt != c->rcv_nxt)
			c->heard_data_at = c->heard_at;
	}
	if (pcb->lastack != c->una) {
		grow(c, pcb->lastack - c->una);
		if (c->timing && TCP_SEQ_GEQ(pcb->lastack, c->timed_ack)) {
			c->timing = false;
			measured(c, c->heard_at - c->timed_at);
		}
		c->backoff = c->probes = 0;
		c->silent_since = 0;
		c->resend_at = c->probe_at = 0;
		c->heard_ack_at = c->heard_at;
		filled_a_hole(c);
	}
	if (pcb->unacked == NULL)
		c->silent_since = 0;
	if (c->had_holes && pcb->flags & TF_ACK_DELAY)
		conn_send_ack(c); /* the peer waits to hear that one is filled */
	if (pcb->rcv_nxt - c->rcv_nxt > pcb->mss && !conn_is_orphan(c))
		tcp_ack_now(pcb); /* a large frame; the relay is about to send it */
	conn_arm(c);
}
