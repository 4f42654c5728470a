/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printers of strings, buffers and vectors of them.
 */
#include <string.h>
#include <sys/uio.h>

#include "trace/peek.h"
#include "trace/print.h"

#define STRING_MAX 512 /* a path in full, unless it is very long */
#define BYTES_MAX  32
#define ITEMS_MAX  8

void
print_addr(struct line *out, const struct printed *v)
{
	if (v->value == 0)
		line_str(out, "NULL");
	else
		line_hex(out, v->value);
}

void
print_string(struct line *out, const struct printed *v)
{
	char text[STRING_MAX];
	bool more;

	if (!peek_string(v->value, text, sizeof text, &more)) {
		print_addr(out, v);
		return;
	}
	line_quoted(out, text, strlen(text));
	line_str(out, more ? "..." : "");
}

void
print_bytes(struct line *out, const struct printed *v)
{
	char data[BYTES_MAX];
	size_t n = v->len < sizeof data ? v->len : sizeof data;

	if (v->value == 0 || !peek(v->value, data, n)) {
		print_addr(out, v);
		return;
	}
	line_quoted(out, data, n);
	line_str(out, n < v->len ? "..." : "");
}

/* One int, or several. */
void
print_intp(struct line *out, const struct printed *v)
{
	int items[ITEMS_MAX];
	uint64_t n = v->len / sizeof items[0];

	if (n > ITEMS_MAX)
		n = ITEMS_MAX;
	if (v->value == 0 || !peek(v->value, items, n * sizeof items[0])) {
		print_addr(out, v);
		return;
	}
	line_char(out, '[');
	for (uint64_t i = 0; i < n; i++) {
		line_str(out, i > 0 ? ", " : "");
		line_int(out, items[i]);
	}
	line_char(out, ']');
}

/* The bytes that a readv() moved fill one element after the other. */
void
print_iovec(struct line *out, const struct printed *v)
{
	struct iovec iov[ITEMS_MAX];
	uint64_t n = v->len < ITEMS_MAX ? v->len : ITEMS_MAX, moved = v->moved;

	if (v->value == 0 || !peek(v->value, iov, n * sizeof iov[0])) {
		print_addr(out, v);
		return;
	}
	line_char(out, '[');
	for (uint64_t i = 0; i < n; i++) {
		uint64_t len = iov[i].iov_len < moved ? iov[i].iov_len : moved;

		line_str(out, i > 0 ? ", {iov_base=" : "{iov_base=");
		print_bytes(
		    out, &(struct printed){.value = (uintptr_t)iov[i].iov_base, .len = len});
		line_str(out, ", iov_len=");
		line_uint(out, iov[i].iov_len);
		line_char(out, '}');
		moved -= len;
	}
	line_str(out, n < v->len ? ", ...]" : "]");
}
