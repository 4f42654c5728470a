/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call as text.
 */
#ifndef CORE_TRACE_CALL_H
#define CORE_TRACE_CALL_H

#include <stdint.h>

#include "trace/line.h"

struct trace_result {
	int error;
	int64_t retval;
	int fd; /* that came with the reply, or -1 */
};

/* "name(arguments) = result" or " = -1 ENAME (text)", without a newline. */
void line_call(
    struct line *out, unsigned nr, const uint64_t args[6], const struct trace_result *res);

#endif
