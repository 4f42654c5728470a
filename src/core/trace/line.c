/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tracer's line: see line.h.
 */
#include "trace/line.h"

#include <string.h>

#define TAIL "...\n"

void
line_char(struct line *out, char c)
{
	if (out->len < sizeof out->text - strlen(TAIL))
		out->text[out->len++] = c;
	else
		out->cut = true;
}

void
line_str(struct line *out, const char *s)
{
	while (*s != '\0')
		line_char(out, *s++);
}

static void
line_number(struct line *out, uint64_t v, unsigned base, unsigned min_digits)
{
	char digits[64];
	unsigned n = 0;

	while (v != 0 || n < min_digits) {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	}
	while (n > 0)
		line_char(out, digits[--n]);
}

void
line_uint(struct line *out, uint64_t v)
{
	line_number(out, v, 10, 1);
}

void
line_int(struct line *out, int64_t v)
{
	if (v < 0)
		line_char(out, '-');
	line_uint(out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void
line_hex(struct line *out, uint64_t v)
{
	line_str(out, "0x");
	line_number(out, v, 16, 1);
}

void
line_octal(struct line *out, uint64_t v)
{
	line_char(out, '0');
	line_number(out, v, 8, 2);
}

void
line_quoted(struct line *out, const void *p, size_t n)
{
	static const char plain[] = "\n\t\r\"\\", escaped[] = "ntr\"\\";
	const unsigned char *s = p;

	line_char(out, '"');
	for (size_t i = 0; i < n; i++) {
		const char *found = s[i] == '\0' ? NULL : strchr(plain, s[i]);
		bool digit_next = i + 1 < n && s[i + 1] >= '0' && s[i + 1] <= '9';

		if (found == NULL && s[i] >= ' ' && s[i] < 127) {
			line_char(out, (char)s[i]);
			continue;
		}
		line_char(out, '\\');
		if (found != NULL)
			line_char(out, escaped[found - plain]);
		else
			line_number(out, s[i], 8, digit_next ? 3 : 1);
	}
	line_char(out, '"');
}

void
line_end(struct line *out)
{
	const char *tail = out->cut ? TAIL : "\n";

	memcpy(out->text + out->len, tail, strlen(tail));
	out->len += strlen(tail);
}
