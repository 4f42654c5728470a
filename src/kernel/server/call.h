/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system call in flight.
 */
#ifndef KERNEL_SERVER_CALL_H
#define KERNEL_SERVER_CALL_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "kern/proc.h"
#include "wire/wire.h"

struct channel;
struct guest;
struct worker;

/* The client was asked for memory; in channel.copies, under channel.lock, until it answers. */
struct copywait {
	LIST_ENTRY(copywait) link;
	uint64_t reqno;
	void *dst;
	size_t size;
	bool string;
	bool listed;
	size_t got;
	int error;
	sem_t done;
};

struct call {
	struct lwp lwp;
	struct channel *channel;
	struct guest *guest;
	uint64_t reqno;
	/* In guest.waiting, and holding a reference to the channel: from its first wait to its end.
	 */
	bool waited;
	LIST_ENTRY(call) waiting_link;
	bool interrupted; /* waits end with EINTR; lwp.interrupt_fd is readable */
	bool aborted;     /* nobody is there for copies and the reply */
	struct copywait copy;
	/* CALL only: the memory that came with it, and the reply that its results are collected in.
	 */
	struct rbuf chunks;
	uint32_t nchunks;
	struct wbuf reply; /* base stays allocated from call to call */
	uint32_t nreply_chunks;
};

int call_init(struct call *);
void call_fini(struct call *);

/* Serve a SYSCALL or CALL frame (see dispatch.h for the result). */
int call_serve_syscall(struct worker *, struct channel *, const struct wire_frame *);
int call_serve_call(struct worker *, struct channel *, const struct wire_frame *);

/* These three with the giant lock held. */
/* Before the thread first sleeps in the call: others must be able to find it. */
void call_begin_wait(struct call *);
/* It shall return EINTR from its waits. */
void call_interrupt(struct call *);
/* Besides, its client is gone: no more copies, no reply. */
void call_abort(struct call *);

/* copy.c */
extern const struct usercopy copy_by_frames; /* SYSCALL */
extern const struct usercopy copy_by_chunks; /* CALL */
void copy_answer(struct channel *, const struct wire_frame *);
void copy_abort(struct call *);

/* The thread whose call this is. */
struct worker *worker_of(struct lwp *);

#endif
