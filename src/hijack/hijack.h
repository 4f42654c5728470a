/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every call_*.c of the hijacker stands on.
 *
 * A hijacked function asks "is this the rump kernel's?" (route.h for paths, ident.h for
 * descriptors), and either goes on to the host (host.h) or makes the rump call.  Inside, errors are
 * positive errnos; errno is set by hijack_ret() and hijack_fail() only.
 */
#ifndef HIJACK_HIJACK_H
#define HIJACK_HIJACK_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The result of a function that returns a number: value, or -1 with errno set. */
static inline int64_t
hijack_ret(int error, int64_t value)
{
	if (error == 0)
		return value;
	errno = error;
	return -1;
}

static inline int
hijack_fail(int error)
{
	errno = error;
	return -1;
}

#endif
