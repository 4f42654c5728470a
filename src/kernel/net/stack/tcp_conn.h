/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel knows of each TCP connection besides lwIP's pcb, in one piece with it.
 *
 * tcp_conn.c keeps the connections in a table by their addresses, so that thousands of them cost a
 * packet no more than one; tcp_timer.c has all of TCP's timers, which in lwIP count half seconds;
 * tcp_window.c gives them larger windows and segments.
 */
#ifndef KERNEL_NET_STACK_TCP_CONN_H
#define KERNEL_NET_STACK_TCP_CONN_H

#include <lwip/priv/tcp_priv.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/due.h"

#define CONN_ACK_DELAY_US 40000 /* an acknowledgement waits so long for data to go with */

struct inaddr;

struct conn {
	struct tcp_pcb pcb; /* the first, so that lwIP's pointer is ours */
	LIST_ENTRY(conn) all;
	LIST_ENTRY(conn) same_slot;
	bool in_table;
	bool established; /* once, at least */
	bool mute;        /* what comes in is not to be answered */
	bool on_lo;       /* the peer is this kernel: lwIP is to cut what it sends for lo */

	/* --- timers: when, in us; 0: not running --- */
	struct due due; /* the soonest of: */
	int64_t resend_at, probe_at, persist_at, ack_at, keep_at, end_at;

	/* --- the path --- */
	uint16_t peer_segment; /* the largest that the peer takes; 0: not known */
	int64_t srtt_us, rttvar_us, rttmin_us;
	bool timing; /* how long until timed_ack is acknowledged, since timed_at */
	uint32_t timed_ack;
	int64_t timed_at;

	/* --- what was sent and heard --- */
	uint32_t sent_nxt; /* snd_nxt when it was last looked at */
	uint32_t una;      /* lastack, rcv_nxt, and */
	uint32_t rcv_nxt;
	bool had_holes; /* whether something was missing, before the packet that is looked at */
	int64_t sent_at, heard_at, heard_data_at, heard_ack_at;

	/* --- losses --- */
	uint32_t recover; /* everything before it was sent when a loss was noticed */
	bool recovering;  /* until it is acknowledged: each ACK that stops short tells of a hole */
	unsigned backoff; /* time-outs in a row, or probes of a closed window */
	unsigned probes;  /* of the tail, in a row */
	unsigned stuck;   /* times in a row that the driver took nothing */
	int64_t silent_since; /* the first of those time-outs; 0: none */
	unsigned keep_sent;

	/* --- counted, ever --- */
	uint32_t resent, segs_in, segs_out;
	uint64_t bytes_in, bytes_acked;

	/* --- limits that the program has set, in ms; 0: the usual --- */
	unsigned user_timeout_ms, syn_retries;
	unsigned fin_wait_ms;
};

static inline struct conn *
conn_of(struct tcp_pcb *pcb)
{
	return (struct conn *)pcb;
}

/* ENOSYS: this lwIP cannot be used. */
int conn_init(void);
void conn_fini(void);

/* The one between these addresses; NULL: none. */
struct conn *conn_find(
    const ip_addr_t *own, uint16_t own_port, const ip_addr_t *peer, uint16_t peer_port);
struct conn *conn_first(void); /* of all, by `all` */

/* Nobody uses it any more; lwIP brings it to its end. */
bool conn_is_orphan(const struct conn *);
/* What is to be known of the peer: is it this kernel itself? */
void conn_peer_is(struct conn *, const struct inaddr *peer);

/* Ends and frees it; its user is told why, also where lwIP would not do that (TIME_WAIT). */
void conn_end(struct conn *, bool tell_peer, err_t why);

/* The one that lwIP sends a segment of right now; NULL: none. */
struct conn *conn_sending(void);

/* --- tcp_check.c --- */
/* Is the segment, at p, to be dropped?  It has been answered, then.  c: of the connection, or NULL.
 */
bool conn_refuses(struct conn *c, struct pbuf *p);
/* Is it one that is not to be answered, whatever lwIP thinks? */
bool conn_asks_nothing(const struct conn *c, const struct pbuf *p);
/* lwIP looks at this segment now; NULL: at none. */
void conn_answering(const struct tcp_hdr *h);

/* --- tcp_window.c --- */
/* The largest segment that the peer takes, as a SYN says; 0: p is no SYN. */
uint16_t conn_syn_segment(const struct pbuf *p);
/* A packet of conn_sending(), with its TCP header at `at`: if it is a SYN it gets our options. */
void conn_before_output(struct pbuf *p, size_t at, unsigned mtu);
/* The handshake is done. */
void conn_establish(struct conn *);
/* In place of tcp_write() and tcp_recved(); how much was written: not all if there is no memory. */
size_t conn_write(struct conn *, const void *bytes, size_t len);
void conn_taken(struct conn *, size_t len);
/* Before tcp_close(): nothing that has arrived is left. */
void conn_all_taken(struct conn *);
/* In place of tcp_split_unsent_seg(): the first segment that waits gets no longer than this. */
err_t conn_split(struct conn *, uint16_t len);

/* --- tcp_large.c --- */
/* How much of len goes into one segment for lwIP, at most; it is best given it in pieces of
 * conn_read_size(). */
uint16_t conn_write_size(const struct conn *, size_t len);
uint16_t conn_read_size(const struct conn *);
/* Before lwIP's tcp_output(): sees to it that the next segment can be sent. */
void conn_fit(struct conn *);
/* How many segments a packet of this length stands for. */
unsigned conn_segments(const struct conn *, size_t packet_len);
/* The payload of a segment on a link of this MTU. */
unsigned conn_segment_on(const struct conn *, unsigned mtu);

/* --- tcp_timer.c --- */
int conn_timer_init(struct conn *); /* ENOMEM */
/* Starts and stops its timers according to its state. */
void conn_arm(struct conn *);
/* Now, if an acknowledgement waits for data to go with. */
void conn_send_ack(struct conn *);

/* --- tcp_loss.c --- */
/* lwIP has tried to send. */
void conn_sent(struct conn *);
/* A packet of it comes, and lwIP has seen it. */
void conn_hears(struct conn *, size_t packet_len);
void conn_heard(struct conn *);
/* How long to wait now for what is under way to be acknowledged. */
int64_t conn_rto_us(const struct conn *);

#endif
