/* SPDX-License-Identifier: BSD-2-Clause */
/* A bit for each descriptor number. */
#include "ident/fdbits.h"

void
fdbits_set(struct fdbits *b, int fd, bool on)
{
	uint64_t bit = UINT64_C(1) << fd % 64;

	if ((unsigned)fd >= FDBITS_MAX || fdbits_has(b, fd) == on)
		return;
	if (on)
		atomic_fetch_or_explicit(&b->words[fd / 64], bit, memory_order_relaxed);
	else
		atomic_fetch_and_explicit(&b->words[fd / 64], ~bit, memory_order_relaxed);
}

int
fdbits_next(const struct fdbits *b, int from)
{
	for (int fd = from; fd < FDBITS_MAX; fd = (fd / 64 + 1) * 64) {
		uint64_t bits =
		    atomic_load_explicit(&b->words[fd / 64], memory_order_relaxed) >> fd % 64;

		if (bits != 0)
			return fd + __builtin_ctzll(bits);
	}
	return -1;
}
