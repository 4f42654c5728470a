/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP's timers.
 *
 * lwIP measures time in half seconds: a lost packet costs it seconds.  Here times are those of
 * Linux.  What lwIP's own timers would do is told by the state of the pcb after each packet and
 * each output; those timers never run, and lwIP's count of its retransmission timer is not used.
 *
 *	resend    what is under way was not acknowledged in time: all of it is sent again, slowly
 *	probe     a tail was not acknowledged for two round trips: the first of it is sent again
 *	persist   the peer's window is closed: is it still?
 *	ack       an acknowledgement that waited for data to go with
 *	keep      SO_KEEPALIVE
 *	end       TIME_WAIT, and FIN_WAIT_2 of a socket that was closed
 */
#include <stdlib.h>

#include "net/netloop.h"
#include "net/stack/lwip_own.h"
#include "net/stack/tcp_conn.h"

#define MS(n)           ((int64_t)(n)*1000)
#define PROBE_MIN_US    MS(10)
#define PROBES          2 /* of one hole, before the timer takes over */
#define DRIVER_FULL_US  MS(2)
#define FIN_WAIT_US     MS(60000)
#define TIME_WAIT_US    MS(60000)
#define SYN_RETRIES     6
#define SYN_ACK_RETRIES 5
#define ORPHAN_RETRIES  8
#define SILENCE_US      MS(924600) /* Linux: 15 times again */
#define LWIP_NEVER      0x7fff     /* of lwIP's half seconds */

static void conn_due(struct due *);

int
conn_timer_init(struct conn *c)
{
	int error = due_add(&c->due, conn_due);

	c->heard_at = netloop_now_us();
	/* lwIP computes its time-out as sa / 8 + sv. */
	c->pcb.sa = 0;
	c->pcb.sv = c->pcb.rto = LWIP_NEVER;
	return error;
}

/* --- when --- */

static void
soonest(int64_t *at, int64_t candidate)
{
	if (candidate != 0 && candidate < *at)
		*at = candidate;
}

static void
schedule(struct conn *c)
{
	int64_t at = DUE_NEVER;

	soonest(&at, c->resend_at);
	soonest(&at, c->probe_at);
	soonest(&at, c->persist_at);
	soonest(&at, c->ack_at);
	soonest(&at, c->keep_at);
	soonest(&at, c->end_at);
	due_set(&c->due, at);
}

/* One that runs goes on, one that does not is started. */
static void
run_if(int64_t *at, bool wanted, int64_t now, int64_t after)
{
	if (!wanted)
		*at = 0;
	else if (*at == 0)
		*at = now + after;
}

static bool
several_under_way(const struct tcp_pcb *pcb)
{
	return pcb->unacked != NULL && pcb->unacked->next != NULL;
}

static int64_t
probe_after(const struct conn *c)
{
	int64_t us = 2 * c->srtt_us + 4 * c->rttvar_us;

	return us > PROBE_MIN_US ? us : PROBE_MIN_US;
}

static bool
is_kept_alive(const struct tcp_pcb *pcb)
{
	return ip_get_option(pcb, SOF_KEEPALIVE) != 0 && pcb->unacked == NULL &&
	       (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT);
}

static int64_t
keep_after(const struct conn *c)
{
	return MS(c->pcb.keep_idle) + c->keep_sent * MS(c->pcb.keep_intvl);
}

void
conn_arm(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;
	int64_t now = netloop_now_us();
	bool closed_window = pcb->persist_backoff > 0;

	if (c->persist_at != 0 && !closed_window)
		c->backoff = 0;
	run_if(&c->resend_at, pcb->unacked != NULL || (pcb->unsent != NULL && !closed_window), now,
	    pcb->unacked != NULL ? conn_rto_us(c) : DRIVER_FULL_US << LWIP_MIN(c->stuck, 8));
	run_if(&c->probe_at,
	    c->srtt_us != 0 && c->backoff == 0 && c->probes < PROBES &&
		(several_under_way(pcb) || (c->recovering && pcb->unacked != NULL)),
	    now, probe_after(c));
	run_if(&c->persist_at, closed_window, now, conn_rto_us(c));
	run_if(
	    &c->ack_at, (pcb->flags & (TF_ACK_DELAY | TF_CLOSEPEND)) != 0, now, CONN_ACK_DELAY_US);
	run_if(&c->keep_at, is_kept_alive(pcb), c->heard_at, keep_after(c));
	run_if(&c->end_at,
	    pcb->state == TIME_WAIT || (pcb->state == FIN_WAIT_2 && conn_is_orphan(c)), now,
	    pcb->state == TIME_WAIT ? TIME_WAIT_US
	    : c->fin_wait_ms != 0   ? MS(c->fin_wait_ms)
				    : FIN_WAIT_US);
	schedule(c);
}

/* --- what is due --- */

void
conn_send_ack(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	tcp_active_pcbs = pcb; /* lwIP does this for all that are on its list */
	tcp_fasttmr();
	tcp_timer_needed();
}

static bool
is_hopeless(struct conn *c, int64_t now)
{
	if (c->silent_since == 0)
		c->silent_since = now;
	if (c->user_timeout_ms != 0 && c->pcb.state >= ESTABLISHED)
		return now - c->silent_since >= MS(c->user_timeout_ms);
	switch (c->pcb.state) {
	case SYN_SENT:
		return c->backoff >= (c->syn_retries != 0 ? c->syn_retries : SYN_RETRIES);
	case SYN_RCVD:
		return c->backoff >= SYN_ACK_RETRIES;
	default:
		if (conn_is_orphan(c) && c->backoff >= ORPHAN_RETRIES)
			return true;
		return now - c->silent_since >= SILENCE_US;
	}
}

/* The window is what a new connection would have, and grows up to half of what it was. */
static void
start_slowly(struct tcp_pcb *pcb)
{
	tcpwnd_size_t flight = LWIP_MIN(pcb->cwnd, pcb->snd_wnd);

	pcb->ssthresh = LWIP_MAX(flight / 2, (tcpwnd_size_t)(2 * pcb->mss));
	pcb->cwnd = pcb->mss;
	pcb->bytes_acked = 0;
	tcp_clear_flags(pcb, TF_INFR);
}

/* False: the connection is gone. */
static bool
resend(struct conn *c, int64_t now)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (is_hopeless(c, now)) {
		conn_end(c, false, ERR_TIMEOUT);
		return false;
	}
	if (pcb->unacked == NULL) {
		c->stuck++; /* the driver had no room */
		tcp_output(pcb);
		return true;
	}
	if (tcp_rexmit_rto_prepare(pcb) != ERR_OK)
		return true;
	start_slowly(pcb);
	c->backoff++;
	c->resent++;
	c->timing = c->recovering = false;
	c->recover = pcb->snd_nxt;
	tcp_rexmit_rto_commit(pcb);
	return true;
}

static void
probe(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	c->probes++;
	if (c->recovering)
		tcp_rexmit(pcb);
	else
		tcp_rexmit_fast(pcb);
	tcp_output(pcb);
}

static bool
persist(struct conn *c, int64_t now)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (is_hopeless(c, now)) {
		conn_end(c, false, ERR_TIMEOUT);
		return false;
	}
	if (pcb->snd_wnd == 0)
		tcp_zero_window_probe(pcb);
	else if (pcb->snd_wnd >= pcb->mss || conn_split(c, (uint16_t)pcb->snd_wnd) == ERR_OK)
		tcp_output(pcb);
	c->backoff++;
	return true;
}

static bool
keep_alive(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;

	if (c->keep_sent >= pcb->keep_cnt) {
		conn_end(c, true, ERR_TIMEOUT);
		return false;
	}
	if (tcp_keepalive(pcb) == ERR_OK)
		c->keep_sent++;
	return true;
}

static bool
is_due(int64_t *at, int64_t now)
{
	if (*at == 0 || *at > now)
		return false;
	*at = 0;
	return true;
}

static void
conn_due(struct due *d)
{
	struct conn *c = (struct conn *)((char *)d - offsetof(struct conn, due));
	int64_t now = netloop_now_us();

	if (is_due(&c->end_at, now)) {
		conn_end(c, false, ERR_CLSD);
		return;
	}
	if (is_due(&c->ack_at, now))
		conn_send_ack(c);
	if (is_due(&c->probe_at, now))
		probe(c);
	if (is_due(&c->resend_at, now) && !resend(c, now))
		return;
	if (is_due(&c->persist_at, now) && !persist(c, now))
		return;
	if (is_due(&c->keep_at, now) && !keep_alive(c))
		return;
	conn_arm(c);
}
