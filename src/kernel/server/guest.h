/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest: a process of the rump kernel whose program runs elsewhere, and its channels.  The main
 * channel's life is the process's: once it is lost, all calls are interrupted, and the last of them
 * to return ends the process.  The guest goes when, besides, its last channel is gone.
 *
 * All of it is under the giant lock.
 */
#ifndef KERNEL_SERVER_GUEST_H
#define KERNEL_SERVER_GUEST_H

#include "channel.h"

#define GUEST_CHANNELS_MAX 1024
#define GUEST_PREFORKS_MAX 1024

struct guest {
	struct proc *proc;    /* NULL once it has ended */
	struct channel *main; /* NULL once it is lost */
	LIST_HEAD(, channel) channels;
	unsigned nchannels;
	LIST_HEAD(, call) waiting;
	LIST_ENTRY(guest) hash;
	uint32_t cookie[4]; /* for ATTACH; all zero: none given out */
	bool delegates;     /* descriptors may be passed */
	unsigned npreforks;
	bool execing;
	uint64_t exec_reqno;
	char exec_comm[WIRE_COMM_MAX];
};

/* Makes the channel the main one of a new guest that is `proc`.  ENOMEM. */
int guest_new(struct channel *, struct proc *proc);
/* Makes it one more of the guest; of the one that gave out the cookie.  ESRCH, EAGAIN (too many).
 */
int guest_join(struct guest *, struct channel *);
int guest_attach(struct channel *, const uint32_t cookie[4]);
int guest_new_cookie(struct guest *); /* EAGAIN: no randomness */
/* A new image took the main channel over; answers once the old one's calls have returned. */
void guest_exec(struct guest *, uint64_t reqno, const char *comm);
/* A call that had waited is over. */
void guest_call_over(struct call *);
/* The channel is about to go. */
void guest_lost_channel(struct channel *);
/* The client asks the call with that number, on that channel, to return. */
void guest_interrupt(struct channel *, uint64_t reqno);

#endif
