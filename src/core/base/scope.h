/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ownership by scope: CLEANUP_FD and CLEANUP_FREE variables give back what they hold when they go
 * out of scope; take_fd and take_ptr hand it on.  Not for frames that a thread's cancellation or
 * a fork may leave half-way.
 */
#ifndef CORE_BASE_SCOPE_H
#define CORE_BASE_SCOPE_H

#include <stdlib.h>

#include "base/raw.h"

static inline void
scope_close_(int *fd)
{
	if (*fd >= 0)
		raw_close(*fd);
}

static inline void
scope_free_(void *pp)
{
	free(*(void **)pp);
}

#define CLEANUP_FD   __attribute__((cleanup(scope_close_)))
#define CLEANUP_FREE __attribute__((cleanup(scope_free_)))

static inline int
take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(pp)                                                                               \
	({                                                                                         \
		__typeof__(*(pp)) taken_ = *(pp);                                                  \
		*(pp) = NULL;                                                                      \
		taken_;                                                                            \
	})

#endif
