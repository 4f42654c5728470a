/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the stack tells of its connections, and what can be set on one.
 */
#include <errno.h>
#include <limits.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "net/netloop.h"
#include "net/rtable.h"
#include "net/stack/relay.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

enum { STATE_CLOSE = 7 };
enum { CA_OPEN = 0, CA_RECOVERY = 3, CA_LOSS = 4 }; /* of Linux */

/* States of TCP as Linux counts them. */
static uint8_t
state_of(const struct tcp_pcb *pcb)
{
	static const uint8_t states[] = {
	    [CLOSED] = 7,
	    [LISTEN] = 10,
	    [SYN_SENT] = 2,
	    [SYN_RCVD] = 3,
	    [ESTABLISHED] = 1,
	    [FIN_WAIT_1] = 4,
	    [FIN_WAIT_2] = 5,
	    [CLOSE_WAIT] = 8,
	    [CLOSING] = 11,
	    [LAST_ACK] = 9,
	    [TIME_WAIT] = 6,
	};

	return states[pcb->state];
}

static struct conn *
conn_by_seq(uint64_t seq)
{
	struct relay *r = relay_by_seq(seq);

	return r != NULL && r->pcb != NULL ? conn_of(r->pcb) : NULL;
}

/* --- TCP_INFO --- */

static uint32_t
count(const struct tcp_seg *s)
{
	uint32_t n = 0;

	for (; s != NULL; s = s->next)
		n++;
	return n;
}

static uint64_t
bytes_of(const struct tcp_seg *s)
{
	uint64_t n = 0;

	for (; s != NULL; s = s->next)
		n += s->len;
	return n;
}

static uint32_t
ms_since(int64_t at_us)
{
	return at_us == 0 ? 0 : (uint32_t)((netloop_now_us() - at_us) / 1000);
}

static uint32_t
path_mtu(const struct conn *c)
{
	struct inaddr dest = ip_to_inaddr(&c->pcb.remote_ip, 0);
	struct rtable_hop hop;

	return rtable_lookup(&dest, NULL, &hop) == 0 ? hop.mtu : 0;
}

static void
fill_losses(const struct conn *c, struct tcp_info *i)
{
	i->tcpi_ca_state = c->backoff > 0 ? CA_LOSS : c->recovering ? CA_RECOVERY : CA_OPEN;
	i->tcpi_retransmits = (uint8_t)c->backoff;
	i->tcpi_probes = c->pcb.persist_probe;
	i->tcpi_backoff = (uint8_t)c->backoff;
	i->tcpi_total_retrans = c->resent;
	i->tcpi_reordering = 3;
}

static void
fill_times(const struct conn *c, struct tcp_info *i)
{
	i->tcpi_rto = (uint32_t)conn_rto_us(c);
	i->tcpi_ato = CONN_ACK_DELAY_US;
	i->tcpi_rtt = (uint32_t)c->srtt_us;
	i->tcpi_rttvar = (uint32_t)c->rttvar_us;
	i->tcpi_min_rtt = (uint32_t)c->rttmin_us;
	i->tcpi_last_data_sent = ms_since(c->sent_at);
	i->tcpi_last_data_recv = ms_since(c->heard_data_at);
	i->tcpi_last_ack_recv = ms_since(c->heard_ack_at);
}

static void
fill_windows(const struct conn *c, struct tcp_info *i)
{
	const struct tcp_pcb *pcb = &c->pcb;

	if (pcb->flags & TF_WND_SCALE) {
		i->tcpi_options = TCPI_OPT_WSCALE;
		i->tcpi_snd_wscale = pcb->snd_scale & 15;
		i->tcpi_rcv_wscale = pcb->rcv_scale & 15;
	}
	i->tcpi_snd_mss = pcb->mss;
	i->tcpi_rcv_mss = pcb->mss;
	i->tcpi_advmss = pcb->mss;
	i->tcpi_pmtu = path_mtu(c);
	i->tcpi_unacked = count(pcb->unacked);
	i->tcpi_notsent_bytes = (uint32_t)bytes_of(pcb->unsent);
	i->tcpi_snd_cwnd = LWIP_MAX(pcb->cwnd / pcb->mss, 1);
	i->tcpi_snd_ssthresh = pcb->ssthresh >= TCP_SND_BUF ? INT_MAX : pcb->ssthresh / pcb->mss;
	i->tcpi_rcv_ssthresh = pcb->rcv_ann_wnd;
	i->tcpi_rcv_space = pcb->rcv_wnd;
}

static void
fill_counts(const struct conn *c, struct tcp_info *i)
{
	i->tcpi_bytes_acked = c->bytes_acked;
	i->tcpi_bytes_received = c->bytes_in;
	i->tcpi_bytes_sent = c->bytes_acked + bytes_of(c->pcb.unacked);
	i->tcpi_segs_in = c->segs_in;
	i->tcpi_segs_out = c->segs_out;
}

int
tcp_info_get(uint64_t seq, void *info, size_t *len)
{
	const struct conn *c = conn_by_seq(seq);
	struct tcp_info i = {.tcpi_state = STATE_CLOSE};

	if (c == NULL && relay_by_seq(seq) == NULL)
		return ENOENT;
	if (c != NULL) {
		i.tcpi_state = state_of(&c->pcb);
		fill_losses(c, &i);
		fill_times(c, &i);
		fill_windows(c, &i);
		fill_counts(c, &i);
	}
	if (*len > sizeof i)
		*len = sizeof i;
	memcpy(info, &i, *len);
	return 0;
}

/* --- options --- */

int
tcp_info_set(uint64_t seq, int level, int name, int value)
{
	struct relay *r = relay_by_seq(seq);
	struct conn *c = conn_by_seq(seq);

	if (c == NULL)
		return ENOENT;
	if (level == SOL_SOCKET && name == SO_LINGER)
		r->aborts = value != 0;
	else if (level == SOL_SOCKET && name == SO_KEEPALIVE && value != 0)
		ip_set_option(&c->pcb, SOF_KEEPALIVE);
	else if (level == SOL_SOCKET && name == SO_KEEPALIVE)
		ip_reset_option(&c->pcb, SOF_KEEPALIVE);
	else if (level != IP_PROTO_TCP)
		return ENOPROTOOPT;
	else if (name == TCP_KEEPIDLE)
		c->pcb.keep_idle = (u32_t)value * 1000;
	else if (name == TCP_KEEPINTVL)
		c->pcb.keep_intvl = (u32_t)value * 1000;
	else if (name == TCP_KEEPCNT)
		c->pcb.keep_cnt = (u32_t)value;
	else if (name == TCP_SYNCNT)
		c->syn_retries = (unsigned)value;
	else if (name == TCP_LINGER2)
		c->fin_wait_ms = value > 0 ? (unsigned)value * 1000 : 0;
	else if (name == TCP_USER_TIMEOUT)
		c->user_timeout_ms = (unsigned)value;
	else
		return ENOPROTOOPT;
	c->keep_at = 0;
	conn_arm(c);
	return 0;
}

/* --- lists --- */

int
tcp_info_state(uint64_t seq, uint8_t *ret)
{
	const struct conn *c = conn_by_seq(seq);

	if (c == NULL)
		return ENOENT;
	*ret = state_of(&c->pcb);
	return 0;
}

/* A program's has a socket, which is listed by itself. */
static bool
is_program_s(const struct conn *c)
{
	const struct relay *r = c->pcb.callback_arg;

	return r != NULL && r->state != RELAY_ACCEPTING;
}

void
tcp_info_others(int family, socklist_fn *fn, void *arg)
{
	for (const struct conn *c = conn_first(); c != NULL; c = LIST_NEXT(c, all)) {
		struct socklist_entry e = {
		    .state = state_of(&c->pcb),
		    .own = ip_to_inaddr(&c->pcb.local_ip, c->pcb.local_port),
		    .peer = ip_to_inaddr(&c->pcb.remote_ip, c->pcb.remote_port),
		};

		if (c->in_table && !is_program_s(c) && (family == AF_INET) == inaddr_is_v4(&e.own))
			fn(arg, &e);
	}
}
