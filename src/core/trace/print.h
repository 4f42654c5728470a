/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tracer's printers: one for each word of the column "printed as" in kinds.master.
 */
#ifndef CORE_TRACE_PRINT_H
#define CORE_TRACE_PRINT_H

#include <stdint.h>

#include "trace/line.h"

/* A value to print. */
struct printed {
	uint64_t value;
	uint64_t len;         /* bytes at value that mean something; count of elements for iovecs */
	uint64_t moved;       /* bytes that the call moved, UINT64_MAX if it does not say */
	const uint64_t *args; /* of the call, for values whose meaning another argument decides */
	int fd;               /* that came with the reply */
};

typedef void trace_printer(struct line *out, const struct printed *v);

trace_printer print_int, print_long, print_uint, print_hex, print_mode, print_fd, print_hostfd,
    print_atfd, print_oflags, print_atflags, print_whence, print_af, print_socktype, print_msgflags,
    print_sollevel, print_accmode, print_fcntlcmd, print_fcntlarg;

/* print_mem.c, print_struct.c: what is in memory.  If it cannot be read: its address. */
trace_printer print_addr, print_string, print_bytes, print_intp, print_iovec;
trace_printer print_stat, print_timespec, print_sockaddr, print_msghdr, print_pollfd;

#endif
