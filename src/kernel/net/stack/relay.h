/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A relay: a TCP connection that leaves the kernel, between the host socket that the program's is
 * connected to and lwIP's pcb.
 */
#ifndef KERNEL_NET_STACK_RELAY_H
#define KERNEL_NET_STACK_RELAY_H

#include <lwip/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/netloop.h"
#include "socket/inaddr.h"

enum relay_state {
	RELAY_CONNECTING, /* client_fd is the program's socket; the handshake is under way */
	RELAY_ACCEPTING,  /* the handshake is done, the listener has no room yet; no host end yet */
	RELAY_OPEN,
};

struct relay {
	TAILQ_ENTRY(relay) all;
	LIST_ENTRY(relay) same_slot;
	uint64_t seq; /* in the connector's name; 0: it has none yet */
	TAILQ_ENTRY(relay) busy_link, waiting_link;
	bool is_busy; /* is on the list of those to be looked at */
	enum relay_state state;
	struct netwatch watch; /* the host end */
	struct tcp_pcb *pcb;   /* NULL: lwIP has done with it */
	int error;             /* why, an errno */
	int soft_error;        /* what a router has said */
	bool stalled;          /* RELAY_ACCEPTING: the listener's queue is full */
	/* For the host end, which is full, or not there yet: a chain, first and last. */
	struct pbuf *arrived, *arrived_last;
	void *stash; /* from the host end, for lwIP, which was out of memory */
	size_t stash_len;
	bool readable;  /* the host end may have bytes */
	bool is_full;   /* the host end, which is watched for room */
	bool host_ends; /* there is an end of file behind its bytes */
	bool host_eof, host_gone;
	bool net_eof, net_eof_told;
	bool aborts; /* SO_LINGER 0: closing resets */
	/* RELAY_CONNECTING */
	int client_fd;
	int client_sndbuf;
	size_t junk; /* bytes that keep the program's socket from being writable */
	struct inaddr dest;
	int64_t since_ms;
	/* RELAY_ACCEPTING */
	struct inaddr own;
};
TAILQ_HEAD(relay_list, relay);

int relay_init(void);
void relay_fini(void);

/* A new relay for the pcb: its callbacks are set.  NULL: no memory. */
struct relay *relay_new(struct tcp_pcb *pcb, enum relay_state state);
/* Both ends are there: bytes go. */
void relay_open(struct relay *r);
/* Is the host end to be watched for room? */
void relay_wants_room(struct relay *r, bool wants);
/* Watches the host end from now on. */
int relay_set_host(struct relay *r, int fd);
/* To be looked at when lwIP has returned. */
void relay_mark(struct relay *r);
/* Looks at all that were marked; false: there were none. */
bool relay_run_all(void);
/* Its connector has a name with this number. */
void relay_name(struct relay *r, uint64_t seq);
struct relay *relay_by_seq(uint64_t seq);
/* The one whose handshake is under way between these. */
struct relay *relay_connecting(const struct inaddr *own, const struct inaddr *dest);
/* Does one wait for room in the queue of who listens there? */
bool relay_is_full(const struct inaddr *own);
/* Frees it; what lwIP still has is reset. */
void relay_free(struct relay *r);

/* --- relay_bytes.c --- */
/* What has arrived; false: nobody is there to take it. */
bool relay_to_host(struct relay *r);
/* What the program has written; false: it has reset the connection. */
bool relay_to_net(struct relay *r);

/* --- tcp_out.c --- */
/* The handshake has ended, well or with r->error; r may be gone. */
void tcp_out_finish(struct relay *r);
/* Has it waited too long for a neighbour that does not answer?  r may be gone. */
void tcp_out_check(struct relay *r);
int tcp_out_init(void);
void tcp_out_fini(void);

/* --- tcp_in.c --- */
/* Another try to reach the listener; r may be gone. */
void tcp_in_deliver(struct relay *r);

#endif
