/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints every call to the rump kernel as strace(1) would, if the environment has RUMP_TRACE=FILE,
 * or RUMP_TRACE=- for stderr:
 *
 *	1234 openat(AT_FDCWD, "/etc/motd", O_RDONLY) = 3
 *
 * The client calls trace_init() once, before its first call, and after each call
 *
 *	if (OWN(trace_on))
 *		trace_call(nr, args, error, res->retval, res->fd);
 *
 * so that a client that does not trace pays one test.  A line is one write(2) to a file opened for
 * appending: lines of several threads and processes do not mix.  All of it may be used in signal
 * handlers and between fork and exec; errno stays.
 */
#ifndef CORE_TRACE_TRACE_H
#define CORE_TRACE_TRACE_H

#include <stdint.h>

#include "base/own.h"

extern PER_PROCESS int trace_on;

/* The tracer's descriptor, -1 without one: high, close-on-exec, to be protected from the program as
 * the client's own.  Should the program get hold of the number all the same, tracing ends. */
extern PER_PROCESS int trace_fd;

/* Reads RUMP_TRACE.  A file that cannot be opened: one line on stderr, and no trace. */
void trace_init(void);

/* The call has returned: `error` (0, an errno or EREDIRECT), what it gave, and the descriptor that
 * came with the reply, or -1. */
void trace_call(unsigned nr, const uint64_t args[6], int error, const int64_t retval[2], int fd);

#endif
