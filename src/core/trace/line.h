/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of text in a buffer of fixed size.  What does not fit is dropped and the line ends in
 * "...": no allocation, no failure.
 */
#ifndef CORE_TRACE_LINE_H
#define CORE_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_LEN 1024

struct line {
	size_t len;
	bool cut;
	char text[LINE_MAX_LEN];
};

void line_char(struct line *out, char c);
void line_str(struct line *out, const char *s);
void line_int(struct line *out, int64_t v);
void line_uint(struct line *out, uint64_t v);
void line_hex(struct line *out, uint64_t v);                 /* 0x1f */
void line_octal(struct line *out, uint64_t v);               /* 0644, 022 */
void line_quoted(struct line *out, const void *p, size_t n); /* "text\n", escaped */
/* Ends the line with a newline; the text is then ready for write(2). */
void line_end(struct line *out);

#endif
