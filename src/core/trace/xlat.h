/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of constants: tables that end with a row without name.
 */
#ifndef CORE_TRACE_XLAT_H
#define CORE_TRACE_XLAT_H

#include <stdint.h>

#include "trace/line.h"

struct xlat {
	uint64_t value;
	const char *name;
};

extern const struct xlat xlat_accmode[], xlat_af[], xlat_at_flags[], xlat_fcntl[], xlat_file_type[],
    xlat_fd_flags[], xlat_msg_flags[], xlat_open_access[], xlat_open_flags[], xlat_poll_events[],
    xlat_sock_flags[], xlat_sock_type[], xlat_sol[], xlat_utime[], xlat_whence[];

/* The name of the value, NULL if the table has none. */
const char *xlat_name(const struct xlat *table, uint64_t value);
/* The name, or the number in decimal. */
void line_name(struct line *out, const struct xlat *table, uint64_t value);
/* "A|B|0x40"; "0" for none.  A row of several bits stands before the rows of its parts. */
void line_flags(struct line *out, const struct xlat *table, uint64_t value);
/* The same with a bar before each: what follows a value that was printed. */
void line_more_flags(struct line *out, const struct xlat *table, uint64_t value);

#endif
