/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads annotated hex files of frames (arguments) and shows that our encoders and decoders agree
 * with them: each frame decodes, and encodes to the same bytes; cut short at any byte, or with a
 * length that lies, it is EPROTO, or (where the bytes do not say how many there must be) decodes
 * without touching what is beyond its end.
 *
 * In a file: `#` starts a comment; an empty line ends a frame; `text` starts a banner; `??` is a
 * byte that a sender leaves to chance and that we send as 0.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reencode.h"

#define FRAME_ROOM 4096

struct hex {
	uint8_t bytes[FRAME_ROOM];
	size_t len;
};

static int tests, failures;

static void
report(int ok, const char *file, int line, const char *what)
{
	tests++;
	if (ok)
		return;
	failures++;
	printf("not ok: %s:%d: %s\n", file, line, what);
}

/* The frame ends where an unreadable byte would begin: for the sanitizer, a heap block its size. */
static int
decodes(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len != 0 ? len : 1);
	uint8_t out[FRAME_ROOM];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	int ok;

	if (copy == NULL)
		err(1, "malloc");
	memcpy(copy, bytes, len);
	ok = frame_of(copy, len, &f) == 0 && reencode(&f, &w) == 0;
	free(copy);
	return ok;
}

/* Bodies of any length: a name, words, copied data. */
static int
is_elastic(const struct hex *h)
{
	struct wire_header head;

	if (wire_header_get(h->bytes, &head) != 0)
		return 0;
	return (head.type == WIRE_HANDSHAKE && head.class == WIRE_REQ) ||
	       (head.type == WIRE_SYSCALL && head.class == WIRE_REQ) ||
	       (head.type == WIRE_COPYIN && head.class == WIRE_RESP);
}

static void
check_cut(const struct hex *h, const char *file, int line)
{
	for (size_t len = 0; len < h->len; len++) {
		struct hex cut = *h;
		uint64_t lie = len;

		/* The header promises more than there is. */
		report(!decodes(cut.bytes, len), file, line, "cut short, and accepted");
		if (len < WIRE_HEADER_LEN)
			continue;
		/* The header agrees, the body is too short for its type. */
		memcpy(cut.bytes, &lie, sizeof lie);
		report(
		    !decodes(cut.bytes, len) || is_elastic(h), file, line, "short body accepted");
	}
}

static void
check_lies(const struct hex *h, const char *file, int line)
{
	static const uint64_t lies[] = {0, 23, 25, 1 << 20, (1 << 21) + 1, UINT64_MAX};

	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		struct hex bad = *h;

		if (lies[i] == h->len)
			continue;
		memcpy(bad.bytes, &lies[i], 8);
		report(!decodes(bad.bytes, bad.len), file, line, "a length that lies, accepted");
	}
	/* Every 4 bytes of the body as if they were a length: nothing may break (sanitizers look).
	 */
	for (size_t at = WIRE_HEADER_LEN; at + 4 <= h->len; at += 4) {
		struct hex bad = *h;

		memset(bad.bytes + at, 0xff, 4);
		decodes(bad.bytes, bad.len);
		memset(bad.bytes + at, 0x7f, 4);
		decodes(bad.bytes, bad.len);
	}
	/* One byte too many. */
	{
		struct hex bad = *h;
		uint64_t longer = bad.len + 1;

		memcpy(bad.bytes, &longer, sizeof longer);
		bad.bytes[bad.len] = 'x';
		report(!decodes(bad.bytes, bad.len + 1) || is_elastic(h), file, line,
		    "a byte too many, accepted");
	}
}

static void
check_frame(const struct hex *h, const char *file, int line)
{
	uint8_t out[FRAME_ROOM];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	int ok = frame_of(h->bytes, h->len, &f) == 0 && reencode(&f, &w) == 0;

	report(ok, file, line, "does not decode");
	report(ok && !w.bad && w.len == h->len && memcmp(out, h->bytes, h->len) == 0, file, line,
	    "encodes to other bytes");
	/* No room, at any byte: nothing is written beyond it. */
	for (size_t room = 0; ok && room < h->len; room++) {
		uint8_t *small = malloc(room != 0 ? room : 1);

		if (small == NULL)
			err(1, "malloc");
		w = wbuf_of(small, room);
		reencode(&f, &w);
		report(w.bad, file, line, "lack of room not noticed");
		free(small);
	}
	check_cut(h, file, line);
	check_lies(h, file, line);
}

static void
check_banner(const char *text, const char *file, int line)
{
	char in[128], out[128];
	struct wire_banner b;
	int len = snprintf(in, sizeof in, "%s\n", text);

	report(wire_banner_parse(in, (size_t)len, &b) == 0, file, line, "banner does not parse");
	report(wire_banner_format(out, sizeof out, &b) == 0 && strcmp(in, out) == 0, file, line,
	    "banner differs");
	for (int i = 0; i < len; i++)
		report(wire_banner_parse(in, (size_t)i, &b) != 0, file, line, "short banner");
	report(wire_banner_format(out, (size_t)len, &b) != 0, file, line, "no room for a banner");
}

/* Appends the bytes of a line. */
static void
take_line(struct hex *h, const char *p, const char *file, int line)
{
	while (*p != '\0' && *p != '#') {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (h->len == sizeof h->bytes - 1)
			errx(1, "%s:%d: frame too long", file, line);
		h->bytes[h->len++] = strncmp(p, "??", 2) == 0
					 ? 0
					 : (uint8_t)strtoul((char[]){p[0], p[1], 0}, NULL, 16);
		p += 2;
	}
}

static void
check_file(const char *file)
{
	FILE *in = fopen(file, "r");
	char text[256];
	struct hex h = {.len = 0};
	int line = 0, start = 0;

	if (in == NULL)
		err(1, "%s", file);
	for (;;) {
		char *got = fgets(text, sizeof text, in);

		line++;
		if ((got == NULL || text[0] == '\n') && h.len != 0) {
			check_frame(&h, file, start);
			h.len = 0;
		}
		if (got == NULL)
			break;
		text[strcspn(text, "\n")] = '\0';
		if (strncmp(text, "text ", 5) == 0)
			check_banner(text + 5, file, line);
		else if (h.len == 0)
			start = line;
		if (strncmp(text, "text ", 5) != 0)
			take_line(&h, text, file, line);
	}
	fclose(in);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		check_file(argv[i]);
	printf("%d passed, %d failed\n", tests - failures, failures);
	return failures != 0 || tests == 0;
}
