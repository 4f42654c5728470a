/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Things that are due at a time: a heap, soonest first.
 *
 * An entry that is put off stays where it is in the heap and finds its place when it comes up, so
 * a timer that is put off by every packet costs nothing.
 */
#ifndef KERNEL_NET_DUE_H
#define KERNEL_NET_DUE_H

#include <stddef.h>
#include <stdint.h>

struct due {
	int64_t at_us;  /* netloop_now_us(); DUE_NEVER */
	int64_t key_us; /* what the heap is ordered by: at_us, or earlier */
	size_t place;   /* in the heap, from 1; 0: not there */
	void (*fn)(struct due *);
};

#define DUE_NEVER INT64_MAX

/* Makes room for it, for good: setting it cannot fail.  Never due yet.  ENOMEM. */
int due_add(struct due *, void (*fn)(struct due *));
void due_remove(struct due *);
void due_set(struct due *, int64_t at_us);
/* Calls those that are due; in how many ms there is the next, -1: none. */
int due_run(int64_t now_us);

#endif
