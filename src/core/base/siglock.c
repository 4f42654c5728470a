/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks that hold off signals.
 */
#include "base/siglock.h"

#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>

#include "base/raw.h"

uint64_t
sigs_block(void)
{
	uint64_t all = ~UINT64_C(0), before = 0;

	raw_call4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
	return before;
}

void
sigs_restore(uint64_t mask)
{
	raw_call4(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

void
futex_wait(_Atomic uint32_t *word, uint32_t value)
{
	raw_call4(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL);
}

void
futex_wake(_Atomic uint32_t *word, int n)
{
	raw_call3(SYS_futex, word, FUTEX_WAKE_PRIVATE, n);
}

uint64_t
siglock_lock(struct siglock *l)
{
	uint64_t mask = sigs_block();
	uint32_t seen = 0;

	if (atomic_compare_exchange_strong(&l->word, &seen, 1))
		return mask;
	while (atomic_exchange(&l->word, 2) != 0)
		futex_wait(&l->word, 2);
	return mask;
}

void
siglock_unlock(struct siglock *l, uint64_t mask)
{
	if (atomic_exchange(&l->word, 0) == 2)
		futex_wake(&l->word, 1);
	sigs_restore(mask);
}

void
siglock_reset(struct siglock *l)
{
	atomic_store(&l->word, 0);
}
