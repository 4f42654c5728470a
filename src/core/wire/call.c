/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls: SYSCALL of 0.4, whose body is words only, and CALL of 0.5, which carries memory
 * along in chunks.
 *
 *	CALL request    u32 flags, u32 nchunks, u64 args[6], chunks
 *	CALL response   i32 error, u32 flags, i64 retval[2], u32 nchunks, u32 0, chunks
 *	chunk           u64 addr, u32 len, u32 0, data, zeros up to a multiple of 8
 */
#include "wire/frame.h"

#define CALL_NCHUNKS_OFFSET      (WIRE_HEADER_LEN + 4)
#define CALL_RESP_NCHUNKS_OFFSET (WIRE_HEADER_LEN + 24)

static size_t
chunk_padding(uint32_t len)
{
	return -(size_t)len & 7;
}

int
wire_syscall_get(const struct wire_frame *f, uint64_t args[8], unsigned *ret_nargs)
{
	size_t len = f->body_len;

	if (!frame_is(f, WIRE_REQ, WIRE_SYSCALL) || len % 8 != 0 || len > 8 * sizeof *args)
		return EPROTO;
	memset(args, 0, 8 * sizeof *args);
	if (len != 0)
		memcpy(args, f->body, len);
	*ret_nargs = (unsigned)(len / 8);
	return 0;
}

void
wire_syscall_put(struct wbuf *w, uint64_t reqno, uint32_t nr, const void *args, size_t len)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_SYSCALL, reqno, nr);

	wbuf_put(w, args, len);
	wire_end(w, start);
}

int
wire_sysresp_get(const struct wire_frame *f, struct wire_sysresp *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_RESP, WIRE_SYSCALL))
		return EPROTO;
	m->error = (int32_t)rbuf_u32(&r);
	rbuf_u32(&r); /* padding; a genuine server leaves its stack in it */
	rbuf_get(&r, m->retval, sizeof m->retval);
	return body_end(&r);
}

void
wire_sysresp_put(struct wbuf *w, uint64_t reqno, const struct wire_sysresp *m)
{
	size_t start = wire_begin(w, WIRE_RESP, WIRE_SYSCALL, reqno, 0);

	wbuf_u32(w, (uint32_t)m->error);
	wbuf_u32(w, 0);
	wbuf_put(w, m->retval, sizeof m->retval);
	wire_end(w, start);
}

int
wire_chunk_get(struct rbuf *chunks, struct wire_chunk *c)
{
	uint64_t addr = rbuf_u64(chunks);
	uint32_t len = rbuf_u32(chunks);
	uint32_t zero = rbuf_u32(chunks);
	const uint8_t *data = rbuf_take(chunks, len);

	rbuf_take(chunks, chunk_padding(len));
	if (chunks->bad || zero != 0)
		return EPROTO;
	*c = (struct wire_chunk){.addr = addr, .len = len, .data = data};
	return 0;
}

/* The chunks fill the rest of the frame exactly. */
static int
check_chunks(struct rbuf chunks, uint32_t nchunks)
{
	struct wire_chunk c;

	for (uint32_t i = 0; i < nchunks; i++) {
		if (wire_chunk_get(&chunks, &c) != 0)
			return EPROTO;
	}
	return body_end(&chunks);
}

int
wire_call_get(const struct wire_frame *f, struct wire_call *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_REQ, WIRE_CALL))
		return EPROTO;
	m->flags = rbuf_u32(&r);
	m->nchunks = rbuf_u32(&r);
	rbuf_get(&r, m->args, sizeof m->args);
	m->chunks = r;
	return check_chunks(r, m->nchunks);
}

int
wire_call_resp_get(const struct wire_frame *f, struct wire_call_resp *m)
{
	struct rbuf r = frame_body(f);
	uint32_t zero;

	if (!frame_is(f, WIRE_RESP, WIRE_CALL))
		return EPROTO;
	m->error = (int32_t)rbuf_u32(&r);
	m->flags = rbuf_u32(&r);
	rbuf_get(&r, m->retval, sizeof m->retval);
	m->nchunks = rbuf_u32(&r);
	zero = rbuf_u32(&r);
	m->chunks = r;
	return zero != 0 ? EPROTO : check_chunks(r, m->nchunks);
}

size_t
wire_call_begin(struct wbuf *w, uint64_t reqno, uint32_t nr, uint32_t flags, const uint64_t args[6])
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_CALL, reqno, nr);

	wbuf_u32(w, flags);
	wbuf_u32(w, 0);
	wbuf_put(w, args, 6 * sizeof *args);
	return start;
}

size_t
wire_call_resp_begin(
    struct wbuf *w, uint64_t reqno, int error, uint32_t flags, const int64_t retval[2])
{
	size_t start = wire_begin(w, WIRE_RESP, WIRE_CALL, reqno, 0);

	wbuf_u32(w, (uint32_t)error);
	wbuf_u32(w, flags);
	wbuf_put(w, retval, 2 * sizeof *retval);
	wbuf_u64(w, 0);
	return start;
}

void
wire_chunk_put(struct wbuf *w, uint64_t addr, const void *data, uint32_t len)
{
	static const uint8_t zeros[8];

	wbuf_u64(w, addr);
	wbuf_u32(w, len);
	wbuf_u32(w, 0);
	wbuf_put(w, data, len);
	wbuf_put(w, zeros, chunk_padding(len));
}

void
wire_call_end(struct wbuf *w, size_t start, uint32_t nchunks)
{
	wire_end(w, start);
	if (!w->bad)
		memcpy(w->base + start + CALL_NCHUNKS_OFFSET, &nchunks, sizeof nchunks);
}

void
wire_call_resp_end(struct wbuf *w, size_t start, uint32_t nchunks)
{
	wire_end(w, start);
	if (!w->bad)
		memcpy(w->base + start + CALL_RESP_NCHUNKS_OFFSET, &nchunks, sizeof nchunks);
}

void
wire_interrupt_put(struct wbuf *w, uint64_t reqno)
{
	wire_end(w, wire_begin(w, WIRE_REQ, WIRE_INTERRUPT, reqno, 0));
}
