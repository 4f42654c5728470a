/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that begin a connection: handshakes, their answer, HELLO.
 */
#include "wire/frame.h"

int
wire_guest_get(const struct wire_frame *f, struct wire_guest *m)
{
	size_t len = f->body_len;

	if (!frame_is(f, WIRE_REQ, WIRE_HANDSHAKE) || len == 0 || f->body[len - 1] != '\0')
		return EPROTO;
	if (len > sizeof m->comm)
		len = sizeof m->comm;
	memcpy(m->comm, f->body, len);
	m->comm[len - 1] = '\0';
	return 0;
}

void
wire_guest_put(struct wbuf *w, uint64_t reqno, enum wire_handshake kind, const char *comm)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_HANDSHAKE, reqno, kind);

	wbuf_put(w, comm, strnlen(comm, WIRE_COMM_MAX - 1));
	wbuf_put(w, "", 1);
	wire_end(w, start);
}

int
wire_fork_get(const struct wire_frame *f, struct wire_fork *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_REQ, WIRE_HANDSHAKE))
		return EPROTO;
	rbuf_get(&r, m->cookie, sizeof m->cookie);
	m->cancel = rbuf_u32(&r);
	return body_end(&r);
}

void
wire_fork_put(struct wbuf *w, uint64_t reqno, const struct wire_fork *m)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_HANDSHAKE, reqno, WIRE_FORK);

	wbuf_put(w, m->cookie, sizeof m->cookie);
	wbuf_u32(w, m->cancel);
	wire_end(w, start);
}

int
wire_attach_get(const struct wire_frame *f, struct wire_attach *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_REQ, WIRE_HANDSHAKE))
		return EPROTO;
	rbuf_get(&r, m->cookie, sizeof m->cookie);
	m->lane = rbuf_u32(&r);
	return body_end(&r);
}

void
wire_attach_put(struct wbuf *w, uint64_t reqno, const struct wire_attach *m)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_HANDSHAKE, reqno, WIRE_ATTACH);

	wbuf_put(w, m->cookie, sizeof m->cookie);
	wbuf_u32(w, m->lane);
	wire_end(w, start);
}

int
wire_status_get(const struct wire_frame *f, struct wire_status *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_RESP, WIRE_HANDSHAKE))
		return EPROTO;
	m->error = (int32_t)rbuf_u32(&r);
	return body_end(&r);
}

void
wire_status_put(struct wbuf *w, uint64_t reqno, int error)
{
	size_t start = wire_begin(w, WIRE_RESP, WIRE_HANDSHAKE, reqno, 0);

	wbuf_u32(w, (uint32_t)error);
	wire_end(w, start);
}

int
wire_hello_get(const struct wire_frame *f, struct wire_hello *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_REQ, WIRE_HELLO))
		return EPROTO;
	m->major = rbuf_u32(&r);
	m->minor = rbuf_u32(&r);
	m->flags = rbuf_u32(&r);
	m->pid = rbuf_u32(&r);
	m->lane = rbuf_u32(&r);
	return body_end(&r);
}

void
wire_hello_put(struct wbuf *w, uint64_t reqno, const struct wire_hello *m)
{
	size_t start = wire_begin(w, WIRE_REQ, WIRE_HELLO, reqno, 0);

	wbuf_u32(w, m->major);
	wbuf_u32(w, m->minor);
	wbuf_u32(w, m->flags);
	wbuf_u32(w, m->pid);
	wbuf_u32(w, m->lane);
	wire_end(w, start);
}

int
wire_hello_resp_get(const struct wire_frame *f, struct wire_hello_resp *m)
{
	struct rbuf r = frame_body(f);

	if (!frame_is(f, WIRE_RESP, WIRE_HELLO))
		return EPROTO;
	m->error = (int32_t)rbuf_u32(&r);
	m->flags = rbuf_u32(&r);
	m->nlanes = rbuf_u32(&r);
	m->pid = rbuf_u32(&r);
	rbuf_get(&r, m->cookie, sizeof m->cookie);
	m->file_dev = rbuf_u64(&r);
	rbuf_get(&r, m->names, sizeof m->names);
	m->host_pid = rbuf_u32(&r);
	if (m->nlanes == 0 || memchr(m->names, '\0', sizeof m->names) == NULL)
		return EPROTO;
	return body_end(&r);
}

void
wire_hello_resp_put(struct wbuf *w, uint64_t reqno, const struct wire_hello_resp *m)
{
	char names[sizeof m->names] = {0};
	size_t start = wire_begin(w, WIRE_RESP, WIRE_HELLO, reqno, 0);

	memcpy(names, m->names, strnlen(m->names, sizeof names - 1));
	wbuf_u32(w, (uint32_t)m->error);
	wbuf_u32(w, m->flags);
	wbuf_u32(w, m->nlanes);
	wbuf_u32(w, m->pid);
	wbuf_put(w, m->cookie, sizeof m->cookie);
	wbuf_u64(w, m->file_dev);
	wbuf_put(w, names, sizeof names);
	wbuf_u32(w, m->host_pid);
	wire_end(w, start);
}
