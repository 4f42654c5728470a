/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefork of both versions, the channel of pipes, and the error frame.
 */
#include "wire/frame.h"

void
wire_prefork_put(struct wbuf *w, uint64_t reqno)
{
	wire_end(w, wire_begin(w, WIRE_REQ, WIRE_PREFORK, reqno, 0));
}

int
wire_prefork_resp_get(const struct wire_frame *f, uint32_t cookie[4])
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_RESP, WIRE_PREFORK))
		return EPROTO;
	rbuf_get(&r, cookie, 4 * sizeof *cookie);
	return body_end(&r);
}

void
wire_prefork_resp_put(struct wbuf *w, uint64_t reqno, const uint32_t cookie[4])
{
	size_t start = wire_begin(w, WIRE_RESP, WIRE_PREFORK, reqno, 0);

	wbuf_put(w, cookie, 4 * sizeof *cookie);
	wire_end(w, start);
}

void
wire_forkconn_put(struct wbuf *w, uint64_t reqno)
{
	wire_end(w, wire_begin(w, WIRE_REQ, WIRE_FORKCONN, reqno, 0));
}

int
wire_pipes_get(const struct wire_frame *f, uint32_t *ret_lane)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_REQ, WIRE_PIPES))
		return EPROTO;
	*ret_lane = rbuf_u32(&r);
	return body_end(&r);
}

void
wire_pipes_put(struct wbuf *w, uint64_t reqno, uint32_t lane)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_PIPES, reqno, 0);

	wbuf_u32(w, lane);
	wire_end(w, start);
}

void
wire_passed_put(struct wbuf *w, uint64_t reqno, enum wire_type type, int error)
{
	size_t start = wire_begin(w, WIRE_RESP, type, reqno, 0);

	wbuf_u32(w, (uint32_t)error);
	wire_end(w, start);
}

int
wire_passed_get(const struct wire_frame *f, enum wire_type type, struct wire_status *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_RESP, type))
		return EPROTO;
	m->error = (int32_t)rbuf_u32(&r);
	return body_end(&r);
}

void
wire_error_put(struct wbuf *w, uint64_t reqno, enum wire_type type, enum wire_error error)
{
	wire_end(w, wire_begin(w, WIRE_ERROR, type, reqno, error));
}
