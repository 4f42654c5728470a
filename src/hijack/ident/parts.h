/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of large files that a program of the host serves (FUSE).  The rump kernel reads such
 * a file in when it is asked to, so it is asked before the host's descriptor is read from, and
 * for all of the file before the descriptor goes where nobody asks: to another program, to a stream
 * of libc.
 * Descriptors that may be such have a bit (fdbits.h); of those with a high number all is asked for
 * at once.
 */
#ifndef HIJACK_PARTS_H
#define HIJACK_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/own.h"
#include "ident/fdbits.h"

extern PER_PROCESS struct fdbits parts_bits;

static inline bool
parts_may_be(int fd)
{
	return fdbits_has(&OWN(parts_bits), fd);
}

/* What fd is may leave out what is not there yet, as st, the host's, says. */
void parts_opened(int fd, const struct stat *st);
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

/* The same for a call that has the offset in memory (NULL: where the descriptor is), or that reads
 * into an iovec.  Of what cannot be read there the host says EFAULT. */
int parts_need_from(int fd, const off_t *offset, uint64_t len);
int parts_need_iov(int fd, off_t offset, const struct iovec *iov, int iovcnt);

#endif
