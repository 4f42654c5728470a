/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that the rump kernel shares with programs: a memfd that nobody can make smaller.  To touch
 * a page that is not there any more ends a process, and neither side is to have that in its hand.
 * What stands in the memory is no more to be believed than what comes by a connection.
 */
#ifndef CORE_BASE_SHARED_H
#define CORE_BASE_SHARED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes such memory, all zero, and maps it.  Read-only: nobody but the caller, through *ret, will
 * ever write there.  *ret_fd is close-on-exec.  0 or an errno.
 */
int shared_make(const char *name, size_t size, bool readonly, int *ret_fd, void **ret);

/* Maps what a peer passed; EPROTO if it is not such memory, of at least that size. */
int shared_map(int fd, size_t size, int prot, void **ret);

/* How large it is; 0: it is not such memory. */
size_t shared_size(int fd);

#endif
