/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network's thread: it waits for the descriptors of drivers and relays and for the stack's
 * timers, and does with the giant lock held whatever has become due.  It runs only once there is an
 * interface that needs it; a kernel with `lo` alone has no such thread.
 *
 * Work that is best done once for many events (handing on what has arrived, sending what has been
 * queued) is a turn: each turn is called after every batch of events, and by netloop_turn() after a
 * system call has given the network something to do.
 */
#ifndef KERNEL_NET_NETLOOP_H
#define KERNEL_NET_NETLOOP_H

#include <stdint.h>
#include <sys/queue.h>

/* A descriptor.  ready() may be called once too often, also for a descriptor that was closed and
 * opened anew since. */
struct netwatch {
	int fd;
	void (*ready)(struct netwatch *, uint32_t events);
};

struct netturn {
	TAILQ_ENTRY(netturn) all;
	int (*fn)(struct netturn *); /* in how many ms again at the latest; -1: no need */
};

/* Starts the thread, unless it runs.  With the giant lock held, as all of these but fini. */
int netloop_start(void);
/* Ends it; without the giant lock. */
void netloop_fini(void);

/* EPOLL* events, EPOLLET included. */
int netloop_watch(struct netwatch *, uint32_t events);
void netloop_rewatch(const struct netwatch *, uint32_t events); /* for others from now on */
void netloop_unwatch(struct netwatch *); /* before its descriptor is closed */

void netloop_add_turn(struct netturn *);
void netloop_add_first_turn(struct netturn *); /* before all that are there */
void netloop_remove_turn(struct netturn *);
void netloop_turn(void);
/* Whoever has taken a turn before has something to do again. */
void netloop_again(void);

int64_t netloop_now_us(void); /* CLOCK_MONOTONIC */
int64_t netloop_now_ms(void);

#endif
