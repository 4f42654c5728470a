/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of large files that a program of the host serves (FUSE).  The rump kernel reads such
 * a file in when it is asked to, so it is asked before the host's descriptor is read from, and
 * for all of the file before the descriptor goes where nobody asks: to another program, to a stream
 * of libc.
 *
 * One bit for each number says that it may be such a descriptor; when it is set, the object itself
 * is looked at.
 */
#ifndef HIJACK_PARTS_H
#define HIJACK_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#define PARTS_FDS 4096 /* of files with higher numbers all is asked for at once */

extern _Atomic(uint64_t) parts_bits[PARTS_FDS / 64];

static inline bool
parts_may_be(int fd)
{
	return (unsigned)fd < PARTS_FDS &&
	       (atomic_load_explicit(&parts_bits[fd / 64], memory_order_relaxed) >> fd % 64 & 1) !=
		   0;
}

/* What fd is may leave out what is not there yet, as st, the host's, says. */
void parts_opened(int fd, const struct stat *st);
/* This descriptor, which the program did not open itself, may be one. */
void parts_inherited(int fd);
/* `to` is now what `from` is. */
void parts_copied(int from, int to);

/* `len` bytes at offset (PARTS_HERE: where the descriptor is) are about to be read.  An errno of
 * the file. */
#define PARTS_HERE (-1)
int parts_ask(int fd, off_t offset, uint64_t len);
/* What exec leaves open is read in; what cannot be it does not leave open. */
void parts_before_exec(void);
/* All such descriptors: an errno. */
int parts_before_spawn(void);
bool parts_are_any(void);

static inline int
parts_need(int fd, off_t offset, uint64_t len)
{
	return parts_may_be(fd) ? parts_ask(fd, offset, len) : 0;
}

static inline int
parts_need_all(int fd)
{
	return parts_need(fd, 0, UINT64_MAX);
}

uint64_t parts_length(const struct iovec *iov, int iovcnt);

#endif
