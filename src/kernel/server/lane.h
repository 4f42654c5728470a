/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes: one per CPU of the server's affinity mask.  A lane has an epoll set of channels and
 * threads pinned to its CPU, of which exactly one, the leader, waits in the epoll set, reads
 * requests and runs them itself.  Only when a call must wait does its thread give leadership away,
 * to an idle thread or a new one; it comes back as a follower, finishes its call and becomes idle.
 * So a call that need not wait costs no thread switch, and a client on the same CPU no wake-up of
 * another.
 */
#ifndef KERNEL_SERVER_LANE_H
#define KERNEL_SERVER_LANE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "call.h"

struct channel;
struct worker;

/* Something in an epoll set.  Called by the leader. */
struct source {
	void (*ready)(struct worker *, struct source *, uint32_t events);
};

struct lane {
	unsigned number;
	int cpu;
	int epfd;
	int kickfd; /* eventfd: wakes the leader */
	struct source kick;
	pthread_mutex_t lock;
	SLIST_HEAD(, worker) idle;
	unsigned nidle;
	TAILQ_HEAD(, channel) ready; /* channels to be looked at without an event */
	bool stopping;
};

#define WORKER_IN_SIZE (128u << 10)

/* A thread of a lane, with what its current call needs; nothing is allocated per call. */
struct worker {
	struct lane *lane;
	bool leading; /* changed by its own thread, or by its maker while it is idle */
	sem_t wake;   /* it shall lead, or the lane stops */
	SLIST_ENTRY(worker) idle_link;
	/* Received bytes that the leader has not looked at yet, and whose they are. */
	struct channel *channel;
	const uint8_t *rest;
	size_t rest_len;
	uint8_t *in; /* WORKER_IN_SIZE */
	struct call call;
};

int lanes_init(void);  /* makes the lanes */
int lanes_start(void); /* makes their leaders */
bool lanes_stop(void); /* ends all threads; false if one is stuck */
void lanes_fini(void);
unsigned lanes_count(void);
struct lane *lane_first(void);
struct lane *lane_of_cpu(unsigned cpu);
/* Hands a new channel to the lane, or one whose lane has just given it up. */
void lane_join(struct lane *, struct channel *);
/* The channel has bytes (channel.pending) that no event will tell of. */
void lane_ready(struct lane *, struct channel *);
void lane_forget(struct lane *, struct channel *); /* takes it off the ready list */
int lane_watch(struct lane *, int fd, struct source *, uint32_t events);

/* For worker.c: the next channel that is ready, if any; false if the lane stops. */
bool lane_next(struct lane *, struct channel **ret);
/* Puts an idle worker on the list; false if it shall end instead.  Takes one, or NULL. */
bool lane_park(struct lane *, struct worker *);
struct worker *lane_take_idle(struct lane *);

/* worker.c.  A thread that sleeps until it is promoted; NULL if there can be none. */
struct worker *worker_new(struct lane *);
bool workers_await_end(void); /* false: one is stuck */

/*
 * Giving leadership away, in two steps, so that the successor wakes after the giant lock is free:
 * prepare finds the thread and puts aside the bytes that the leader has yet to look at; promote
 * lets the successor go.  prepare gives NULL in *ret if the caller does not lead.  EAGAIN, ENOMEM.
 */
int lane_prepare_successor(struct worker *, struct worker **ret);
void lane_promote(struct worker *successor);

#endif
