/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variables of a process, where two processes share one memory.
 *
 * The child of vfork runs in its parent's memory, on the stack of the thread that called vfork,
 * while the parent's other threads go on.  What a library has noted of the process (its connection,
 * where it is, which descriptors are what) must then be two things.  Such a variable is marked
 * PER_PROCESS and used as OWN(variable).  For the time of the child, that thread has a copy of all
 * of them, at a fixed distance from the originals; nobody else notices.
 */
#ifndef CORE_BASE_OWN_H
#define CORE_BASE_OWN_H

#include <stdatomic.h>
#include <stddef.h>

#define PER_PROCESS   __attribute__((section("rump_process")))
#define OWN(variable) (*(__typeof__(variable) *)(void *)((char *)&(variable) + own_distance()))

extern _Atomic unsigned own_copies;  /* that are in use, by any thread */
extern __thread ptrdiff_t own_shift; /* this thread's copy begins so far behind the originals */

static inline ptrdiff_t
own_distance(void)
{
	if (__builtin_expect(atomic_load_explicit(&own_copies, memory_order_relaxed) == 0, 1))
		return 0;
	return own_shift;
}

/*
 * own_begin: this thread has a copy of its own from now on; NULL: there is no memory for it.
 * own_end: the variables are again those from before own_begin, and what own_map made is gone.
 */
#define OWN_ROOM 128
struct own_copy {
	ptrdiff_t outer;                                  /* own_shift before */
	char room[OWN_ROOM] __attribute__((aligned(16))); /* for the caller */
};
struct own_copy *own_begin(void);
void own_end(struct own_copy *c);

/* Memory that goes with the process: when the child of vfork does not give it back, its parent
 * does.  NULL: there is none. */
void *own_map(size_t size);
void own_unmap(void *map, size_t size);

#endif
