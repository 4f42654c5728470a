/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The banner, the one line of text that a server sends before any frame:
 * RUMPSP-<major>.<minor>-<ostype>-<osrelease>/<machine>\n
 */
#include <errno.h>
#include <stdio.h>

#include "wire/wire.h"

/* A number of up to four digits that ends at `stop`. */
static bool
take_number(struct rbuf *r, char stop, unsigned *ret)
{
	unsigned value = 0;

	for (int digits = 0;; digits++) {
		const uint8_t *c = rbuf_take(r, 1);

		if (c == NULL)
			return false;
		if (*c == (uint8_t)stop && digits > 0)
			break;
		if (*c < '0' || *c > '9' || digits == 4)
			return false;
		value = value * 10 + (*c - '0');
	}
	*ret = value;
	return true;
}

/* Printable characters up to `stop`, at least one, into a string. */
static bool
take_word(struct rbuf *r, char stop, char *buf, size_t size)
{
	for (size_t n = 0;; n++) {
		const uint8_t *c = rbuf_take(r, 1);

		if (c == NULL)
			return false;
		if (*c == (uint8_t)stop && n > 0) {
			buf[n] = '\0';
			return true;
		}
		if (*c <= ' ' || *c > '~' || n + 1 == size)
			return false;
		buf[n] = (char)*c;
	}
}

int
wire_banner_parse(const char *line, size_t len, struct wire_banner *b)
{
	static const char magic[] = "RUMPSP-";
	struct rbuf r = rbuf_of(line, len);
	struct wire_banner got = {0};
	const uint8_t *p = rbuf_take(&r, sizeof magic - 1);

	if (len > WIRE_BANNER_MAX || p == NULL || memcmp(p, magic, sizeof magic - 1) != 0)
		return EPROTO;
	if (!take_number(&r, '.', &got.major) || !take_number(&r, '-', &got.minor) ||
	    !take_word(&r, '-', got.ostype, sizeof got.ostype) ||
	    !take_word(&r, '/', got.osrelease, sizeof got.osrelease) ||
	    !take_word(&r, '\n', got.machine, sizeof got.machine) || r.left != 0)
		return EPROTO;
	*b = got;
	return 0;
}

int
wire_banner_format(char *buf, size_t size, const struct wire_banner *b)
{
	int n = snprintf(buf, size, "RUMPSP-%u.%u-%s-%s/%s\n", b->major, b->minor, b->ostype,
	    b->osrelease, b->machine);

	return n < 0 || n > WIRE_BANNER_MAX || (size_t)n >= size ? ENAMETOOLONG : 0;
}
