/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock that signal handlers may take, too: whoever holds it has all signals blocked, so a handler
 * never runs on top of the holder.  Made of a futex and raw calls only.  For short sections.
 */
#ifndef CORE_BASE_SIGLOCK_H
#define CORE_BASE_SIGLOCK_H

#include <stdatomic.h>
#include <stdint.h>

struct siglock {
	_Atomic uint32_t word; /* 0 free, 1 held, 2 held and somebody waits */
};

/* Blocks all signals of this thread; returns the mask from before. */
uint64_t sigs_block(void);
void sigs_restore(uint64_t mask);

/* The mask from before is the caller's to keep. */
uint64_t siglock_lock(struct siglock *l);
void siglock_unlock(struct siglock *l, uint64_t mask);
/* In the child of a fork: the thread that held it is not there. */
void siglock_reset(struct siglock *l);

/* futex(2) on a word of this process: sleeps while it is `value`; a signal ends the sleep. */
void futex_wait(_Atomic uint32_t *word, uint32_t value);
void futex_wake(_Atomic uint32_t *word, int n);

#endif
