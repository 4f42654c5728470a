/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cursors over bytes: the only way the project reads or writes a buffer whose length somebody else
 * chose.  A read past the end yields zeros and sets `bad`; a write past the end writes nothing and
 * sets `bad`.  The caller checks once, at the end.  Values are in host byte order.
 */
#ifndef CORE_BASE_BYTES_H
#define CORE_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rbuf {
	const uint8_t *p;
	size_t left;
	bool bad;
};

struct wbuf {
	uint8_t *base;
	size_t len;  /* written so far */
	size_t room; /* of base */
	bool bad;
};

static inline struct rbuf
rbuf_of(const void *p, size_t len)
{
	return (struct rbuf){.p = p, .left = len, .bad = false};
}

/* Borrows the next n bytes; NULL and `bad` if there are fewer. */
static inline const uint8_t *
rbuf_take(struct rbuf *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->left) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	r->left -= n;
	return p;
}

static inline void
rbuf_get(struct rbuf *r, void *dst, size_t n)
{
	const uint8_t *p = rbuf_take(r, n);

	if (p != NULL)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

static inline uint32_t
rbuf_u32(struct rbuf *r)
{
	uint32_t v;

	rbuf_get(r, &v, sizeof v);
	return v;
}

static inline uint64_t
rbuf_u64(struct rbuf *r)
{
	uint64_t v;

	rbuf_get(r, &v, sizeof v);
	return v;
}

static inline struct wbuf
wbuf_of(void *base, size_t room)
{
	return (struct wbuf){.base = base, .len = 0, .room = room, .bad = false};
}

/* Room for n bytes, to be filled by the caller; NULL and `bad` if there is none. */
static inline uint8_t *
wbuf_take(struct wbuf *w, size_t n)
{
	uint8_t *p = w->base + w->len;

	if (w->bad || n > w->room - w->len) {
		w->bad = true;
		return NULL;
	}
	w->len += n;
	return p;
}

static inline void
wbuf_put(struct wbuf *w, const void *src, size_t n)
{
	uint8_t *p = wbuf_take(w, n);

	if (p != NULL && n != 0)
		memcpy(p, src, n);
}

static inline void
wbuf_u32(struct wbuf *w, uint32_t v)
{
	wbuf_put(w, &v, sizeof v);
}

static inline void
wbuf_u64(struct wbuf *w, uint64_t v)
{
	wbuf_put(w, &v, sizeof v);
}

#endif
