/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the server asks of a client whose call is in flight: its memory, a mapping, a signal.
 */
#include "wire/frame.h"

int
wire_copy_get(const struct wire_frame *f, struct wire_copy *m)
{
	struct rbuf r = frame_body(f);

	if (f->h.class != WIRE_REQ || f->h.type < WIRE_COPYIN || f->h.type > WIRE_COPYOUTSTR)
		return EPROTO;
	m->len = rbuf_u64(&r);
	m->addr = rbuf_u64(&r);
	m->data = NULL;
	if (m->len > WIRE_COPY_MAX)
		return EPROTO;
	if (f->h.type == WIRE_COPYOUT || f->h.type == WIRE_COPYOUTSTR)
		m->data = rbuf_take(&r, m->len);
	return body_end(&r);
}

void
wire_copyin_put(struct wbuf *w, uint64_t reqno, bool string, uint64_t addr, uint64_t len)
{
	size_t start = wire_begin(w, WIRE_REQ, string ? WIRE_COPYINSTR : WIRE_COPYIN, reqno, 0);

	wbuf_u64(w, len);
	wbuf_u64(w, addr);
	wire_end(w, start);
}

void
wire_copyin_resp_put(struct wbuf *w, uint64_t reqno, const void *data, size_t len)
{
	size_t start = wire_begin(w, WIRE_RESP, WIRE_COPYIN, reqno, 0);

	wbuf_put(w, data, len);
	wire_end(w, start);
}

void
wire_copyout_put(struct wbuf *w, uint64_t reqno, uint64_t addr, const void *data, size_t len)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_COPYOUT, reqno, 0);

	wbuf_u64(w, len);
	wbuf_u64(w, addr);
	wbuf_put(w, data, len);
	wire_end(w, start);
}

/* ANONMMAP: one 64-bit word either way, the length or the address. */
static int
word_get(const struct wire_frame *f, enum wire_class class, uint64_t *ret)
{
	struct rbuf r = frame_body(f);
	uint64_t word = rbuf_u64(&r);

	if (!frame_is(f, class, WIRE_ANONMMAP) || body_end(&r) != 0)
		return EPROTO;
	*ret = word;
	return 0;
}

static void
word_put(struct wbuf *w, enum wire_class class, uint64_t reqno, uint64_t word)
{
	size_t start = wire_begin(w, class, WIRE_ANONMMAP, reqno, 0);

	wbuf_u64(w, word);
	wire_end(w, start);
}

int
wire_anonmmap_get(const struct wire_frame *f, uint64_t *ret_len)
{
	return word_get(f, WIRE_REQ, ret_len);
}

int
wire_anonmmap_resp_get(const struct wire_frame *f, uint64_t *ret_addr)
{
	return word_get(f, WIRE_RESP, ret_addr);
}

void
wire_anonmmap_put(struct wbuf *w, uint64_t reqno, uint64_t len)
{
	word_put(w, WIRE_REQ, reqno, len);
}

void
wire_anonmmap_resp_put(struct wbuf *w, uint64_t reqno, uint64_t addr)
{
	word_put(w, WIRE_RESP, reqno, addr);
}

void
wire_raise_put(struct wbuf *w, uint64_t reqno, uint32_t signo)
{
	wire_end(w, wire_begin(w, WIRE_REQ, WIRE_RAISE, reqno, signo));
}
