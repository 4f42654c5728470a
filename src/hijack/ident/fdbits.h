/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bit for each descriptor number: it may be one of a sort that some calls have to treat.  All
 * others cost one look in memory; where the bit is set, the object itself is looked at.
 */
#ifndef HIJACK_FDBITS_H
#define HIJACK_FDBITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define FDBITS_MAX 4096 /* higher numbers have no bit */

/* PER_PROCESS (own.h): the child of vfork has descriptors of its own. */
struct fdbits {
	_Atomic(uint64_t) words[FDBITS_MAX / 64];
};

static inline bool
fdbits_has(const struct fdbits *b, int fd)
{
	return (unsigned)fd < FDBITS_MAX &&
	       (atomic_load_explicit(&b->words[fd / 64], memory_order_relaxed) >> fd % 64 & 1) != 0;
}

void fdbits_set(struct fdbits *b, int fd, bool on);

/* The next number from `from` on that has the bit; -1. */
int fdbits_next(const struct fdbits *b, int from);

#endif
