/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All channels of the process.  A call takes a free one, by one atomic operation, and has it to
 * itself; so no lock is held while it waits, and a signal handler that makes a call takes another.
 */
#ifndef CORE_CLIENT_POOL_H
#define CORE_CLIENT_POOL_H

#include "base/own.h"
#include "client/channel.h"

#define POOL_MAX 256

struct pool {
	_Atomic uint32_t used;    /* slots that were ever in use: the first so many */
	_Atomic uint32_t waiters; /* threads for which no channel was left */
	_Atomic uint32_t freed;   /* counts releases while there are waiters; their futex */
	struct channel slot[POOL_MAX];
};

extern PER_PROCESS struct pool pool;

/*
 * A channel for a call, BUSY: a free one of this CPU's lane, else a new one, else any; a socket if
 * the call is passing descriptors.  Waits if all are in use and no more can be had.  ENOTCONN: the
 * session is over.
 */
int pool_acquire(bool passing, struct channel **ret);
void pool_release(struct channel *ch);
/* Closes the channel; the slot is free for a new one. */
void pool_discard(struct channel *ch);
/* A slot without a socket, BUSY; NULL if there is none. */
struct channel *pool_slot(void);
/* Makes this idle channel BUSY; false if it is not idle. */
bool pool_take(struct channel *ch);
/* The session of connection `gen` is over: ends its streams, closes what is idle. */
void pool_end(uint32_t gen);
/* In the child of a fork: closes all. */
void pool_forget(void);
/* In the child of vfork: the buffers are its parent's. */
void pool_leave_buffers(void);
/* In a child that shares the table of descriptors: the channels are its parent's. */
void pool_leave_channels(void);

#endif
