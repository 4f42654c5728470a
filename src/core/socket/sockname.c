/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host names of sockets: text <-> addresses.
 */
#include "socket/sockname.h"

#include <stdio.h>

#include "base/check.h"

#define ABSTRACT_PREFIX "rump/"
#define ENVELOPE_PREFIX "rump-e/"
#define INET_PREFIX     "rump-i-"
#define LOCAL_PREFIX    "rump-l-"
#define REMOTE_PREFIX   "rump-r-"

/* A reader of text; `ok` turns false at the first thing that is not as it should be. */
struct text {
	const char *p;
	size_t left;
	bool ok;
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static void
skip(struct text *t, const char *word)
{
	size_t len = strlen(word);

	if (!t->ok || t->left < len || memcmp(t->p, word, len) != 0) {
		t->ok = false;
		return;
	}
	t->p += len;
	t->left -= len;
}

/* Hexadecimal digits, right-aligned in `size` bytes. */
static void
get_hex(struct text *t, uint8_t *dst, size_t size)
{
	size_t n = 0;

	memset(dst, 0, size);
	while (n < t->left && hex_digit(t->p[n]) >= 0)
		n++;
	if (n == 0 || n > size * 2)
		t->ok = false;
	if (!t->ok)
		return;
	for (size_t i = 0; i < n; i++) {
		uint8_t digit = (uint8_t)hex_digit(t->p[n - 1 - i]);

		dst[size - 1 - i / 2] |= (uint8_t)(i % 2 == 0 ? digit : digit << 4);
	}
	t->p += n;
	t->left -= n;
}

static uint64_t
get_number(struct text *t, size_t size)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	get_hex(t, bytes, size);
	for (size_t i = 0; t->ok && i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

static struct inaddr
get_address(struct text *t)
{
	struct inaddr a;

	get_hex(t, a.ip, sizeof a.ip);
	skip(t, ".");
	a.port = (uint16_t)get_number(t, sizeof a.port);
	return a;
}

static bool
begins(const struct text *t, const char *prefix)
{
	return t->left > strlen(prefix) && memcmp(t->p, prefix, strlen(prefix)) == 0;
}

static struct sockname
parse_envelope(struct text t)
{
	struct sockname n = {.kind = SOCKNAME_ENVELOPE};

	skip(&t, ENVELOPE_PREFIX);
	n.seq = get_number(&t, sizeof n.seq);
	skip(&t, "/");
	n.own = get_address(&t);
	skip(&t, "/");
	n.dest = get_address(&t);
	skip(&t, "/");
	n.ttl = (uint8_t)get_number(&t, sizeof n.ttl);
	skip(&t, "/");
	n.tos = (uint8_t)get_number(&t, sizeof n.tos);
	skip(&t, "/");
	n.index = (uint32_t)get_number(&t, sizeof n.index);
	if (!t.ok || t.left != 0)
		n.kind = SOCKNAME_OTHER;
	return n;
}

static struct sockname
parse_abstract(struct text t)
{
	struct sockname n = {.kind = SOCKNAME_CONNECTOR};

	skip(&t, ABSTRACT_PREFIX);
	while (t.ok && t.left > 0 && *t.p != '/') { /* the server's word */
		t.p++;
		t.left--;
	}
	skip(&t, "/");
	n.seq = get_number(&t, sizeof n.seq);
	skip(&t, "/");
	n.own = get_address(&t);
	skip(&t, "/");
	n.dest = get_address(&t);
	if (!t.ok || t.left != 0)
		n.kind = SOCKNAME_OTHER;
	return n;
}

static struct sockname
parse_path(struct text t)
{
	struct sockname n = {.kind = SOCKNAME_BOUND};
	const char *slash = memrchr(t.p, '/', t.left);

	if (slash == NULL)
		return (struct sockname){.kind = SOCKNAME_OTHER};
	t.left -= (size_t)(slash + 1 - t.p);
	t.p = slash + 1;
	if (begins(&t, LOCAL_PREFIX)) {
		n.kind = SOCKNAME_LOCAL;
		skip(&t, LOCAL_PREFIX);
	} else {
		if (begins(&t, REMOTE_PREFIX))
			n.kind = SOCKNAME_REMOTE;
		skip(&t, n.kind == SOCKNAME_REMOTE ? REMOTE_PREFIX : INET_PREFIX);
		n.own = get_address(&t);
		skip(&t, "-");
	}
	n.seq = get_number(&t, sizeof n.seq);
	if (!t.ok || t.left != 0)
		n.kind = SOCKNAME_OTHER;
	return n;
}

struct sockname
sockname_parse(const struct sockhost *h)
{
	struct text t = {.p = h->un.sun_path, .left = sockhost_path_len(h), .ok = true};

	if (h->len < sizeof h->un.sun_family || h->un.sun_family != AF_UNIX)
		return (struct sockname){.kind = SOCKNAME_OTHER};
	if (t.left == 0)
		return (struct sockname){.kind = SOCKNAME_NONE};
	if (t.p[0] != '\0')
		return parse_path(t);
	t.p++;
	t.left--;
	if (begins(&t, ENVELOPE_PREFIX))
		return parse_envelope(t);
	return parse_abstract(t);
}

#define ADDRESS_TEXT (32 + 1 + 4 + 1)

static void
put_address(char text[ADDRESS_TEXT], const struct inaddr *a)
{
	static const char digits[] = "0123456789abcdef";
	char hex[32];
	size_t zeros = 0;

	for (size_t i = 0; i < sizeof a->ip; i++) {
		hex[2 * i] = digits[a->ip[i] >> 4];
		hex[2 * i + 1] = digits[a->ip[i] & 15];
	}
	while (zeros < sizeof hex - 1 && hex[zeros] == '0')
		zeros++;
	snprintf(text, ADDRESS_TEXT, "%.*s.%x", (int)(sizeof hex - zeros), hex + zeros, a->port);
}

/* The text fits because the server's directory has a short name (kern/hostdir.h). */
static void
set_name(struct sockhost *h, bool abstract, const char *text, int len)
{
	char path[SOCKNAME_MAX] = {0};

	CHECK(len > 0 && (size_t)len + (abstract ? 1 : 0) < sizeof path);
	memcpy(path + (abstract ? 1 : 0), text, (size_t)len);
	sockhost_from(h, path, (size_t)len + (abstract ? 1 : 0));
}

static void
name_path(
    struct sockhost *h, const char *dir, const char *prefix, uint64_t seq, const struct inaddr *a)
{
	char text[2 * SOCKNAME_MAX], address[ADDRESS_TEXT];

	put_address(address, a);
	set_name(h, false, text,
	    snprintf(
		text, sizeof text, "%s/%s%s-%llx", dir, prefix, address, (unsigned long long)seq));
}

void
sockname_bound(struct sockhost *h, const char *dir, uint64_t seq, const struct inaddr *own)
{
	name_path(h, dir, INET_PREFIX, seq, own);
}

void
sockname_remote(struct sockhost *h, const char *dir, uint64_t seq, const struct inaddr *remote)
{
	name_path(h, dir, REMOTE_PREFIX, seq, remote);
}

void
sockname_local(struct sockhost *h, const char *dir, uint64_t seq)
{
	char text[2 * SOCKNAME_MAX];

	set_name(h, false, text,
	    snprintf(text, sizeof text, "%s/" LOCAL_PREFIX "%llx", dir, (unsigned long long)seq));
}

void
sockname_connector(struct sockhost *h, const char *server, uint64_t seq, const struct inaddr *own,
    const struct inaddr *dest)
{
	char text[2 * SOCKNAME_MAX], from[ADDRESS_TEXT], to[ADDRESS_TEXT];

	put_address(from, own);
	put_address(to, dest);
	set_name(h, true, text,
	    snprintf(text, sizeof text, ABSTRACT_PREFIX "%s/%llx/%s/%s", server,
		(unsigned long long)seq, from, to));
}

void
sockname_envelope(struct sockhost *h, uint32_t seq, const struct inaddr *own,
    const struct inaddr *dest, uint8_t ttl, uint8_t tos, uint32_t index)
{
	char text[2 * SOCKNAME_MAX], from[ADDRESS_TEXT], to[ADDRESS_TEXT];

	put_address(from, own);
	put_address(to, dest);
	set_name(h, true, text,
	    snprintf(text, sizeof text, ENVELOPE_PREFIX "%x/%s/%s/%x/%x/%x", seq, from, to, ttl,
		tos, index));
}
