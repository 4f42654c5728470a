/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors whose closing is to be told.  A file that a program of the host serves (FUSE) gets
 * what was written when it is closed, and whether that worked is the result of the close.  The
 * rump kernel notices a last close by itself, but later, and then nobody is there to hear of an
 * error.
 *
 * One bit for each number says that it may be such a descriptor, so that others cost nothing; when
 * it is set, the object itself is looked at.
 */
#ifndef HIJACK_CLOSING_H
#define HIJACK_CLOSING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/own.h"

#define CLOSING_FDS 4096 /* higher numbers are not told of */

extern PER_PROCESS _Atomic(uint64_t) closing_bits[CLOSING_FDS / 64];

static inline bool
closing_may_be(int fd)
{
	return (unsigned)fd < CLOSING_FDS &&
	       (atomic_load_explicit(&OWN(closing_bits)[fd / 64], memory_order_relaxed) >> fd % 64 &
		   1) != 0;
}

/* Does st, the host's, tell of a file that a program of the host serves? */
bool closing_is_marked(const struct stat *st);

/* fd is open, on what st tells of, with these flags. */
void closing_opened(int fd, const struct stat *st, int flags);
/* This descriptor, which the program did not open itself, may be one. */
void closing_inherited(int fd);
/* `to` is now what `from` is. */
void closing_copied(int from, int to);

/* The next number from `from` on that may be one; -1. */
int closing_next(int from);

/* Before fd is closed: what closing_tell() takes; 0: nothing is to be told.  Afterwards: the file's
 * error, or 0. */
uint64_t closing_begin(int fd);
int closing_tell(uint64_t word);

#endif
