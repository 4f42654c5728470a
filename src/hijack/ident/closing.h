/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors whose closing is to be told.  A file that a program of the host serves (FUSE) gets
 * what was written when it is closed, and whether that worked is the result of the close.  The
 * rump kernel notices a last close by itself, but later, and then nobody is there to hear of an
 * error.
 * Descriptors that may be such have a bit (fdbits.h); those with a high number are not told of.
 */
#ifndef HIJACK_CLOSING_H
#define HIJACK_CLOSING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/own.h"
#include "ident/fdbits.h"

extern PER_PROCESS struct fdbits closing_bits;

static inline bool
closing_may_be(int fd)
{
	return fdbits_has(&OWN(closing_bits), fd);
}

/* Does st, the host's, tell of a file that a program of the host serves? */
bool closing_is_marked(const struct stat *st);

/* fd is open, on what st tells of, with these flags. */
void closing_opened(int fd, const struct stat *st, int flags);
/* `to` is now what `from` is. */
void closing_copied(int from, int to);

/* The next number from `from` on that may be one; -1. */
int closing_next(int from);

/* Before fd is closed: what closing_tell() takes; 0: nothing is to be told.  Afterwards: the file's
 * error, or 0. */
uint64_t closing_begin(int fd);
int closing_tell(uint64_t word);

#endif
