/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row a kind of frame: decode, encode.
 */
#include "reencode.h"

#include <errno.h>

int
frame_of(const uint8_t *bytes, size_t len, struct wire_frame *f)
{
	if (len < WIRE_HEADER_LEN || wire_header_get(bytes, &f->h) != 0 || f->h.len != len)
		return EPROTO;
	f->body = bytes + WIRE_HEADER_LEN;
	f->body_len = len - WIRE_HEADER_LEN;
	return 0;
}

static int
do_handshake(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_guest guest;
	struct wire_fork fork;
	struct wire_attach attach;
	int error;

	switch (f->h.arg) {
	case WIRE_GUEST:
	case WIRE_EXEC:
		error = wire_guest_get(f, &guest);
		if (error == 0)
			wire_guest_put(w, f->h.reqno, f->h.arg, guest.comm);
		return error;
	case WIRE_FORK:
		error = wire_fork_get(f, &fork);
		if (error == 0)
			wire_fork_put(w, f->h.reqno, &fork);
		return error;
	case WIRE_ATTACH:
		error = wire_attach_get(f, &attach);
		if (error == 0)
			wire_attach_put(w, f->h.reqno, &attach);
		return error;
	default:
		return EPROTO;
	}
}

static int
do_status(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_status m;
	int error = wire_status_get(f, &m);

	if (error == 0)
		wire_status_put(w, f->h.reqno, m.error);
	return error;
}

static int
do_syscall(const struct wire_frame *f, struct wbuf *w)
{
	uint64_t args[8];
	unsigned n;
	int error = wire_syscall_get(f, args, &n);

	if (error == 0)
		wire_syscall_put(w, f->h.reqno, f->h.arg, args, n * sizeof *args);
	return error;
}

static int
do_sysresp(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_sysresp m;
	int error = wire_sysresp_get(f, &m);

	if (error == 0)
		wire_sysresp_put(w, f->h.reqno, &m);
	return error;
}

static int
do_copy(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_copy m;
	int error = wire_copy_get(f, &m);
	size_t start;

	if (error != 0)
		return error;
	if (f->h.type == WIRE_COPYIN || f->h.type == WIRE_COPYINSTR) {
		wire_copyin_put(w, f->h.reqno, f->h.type == WIRE_COPYINSTR, m.addr, m.len);
	} else if (f->h.type == WIRE_COPYOUT) {
		wire_copyout_put(w, f->h.reqno, m.addr, m.data, m.len);
	} else { /* COPYOUTSTR: never sent by us */
		start = wire_begin(w, WIRE_REQ, WIRE_COPYOUTSTR, f->h.reqno, 0);
		wbuf_put(w, f->body, f->body_len);
		wire_end(w, start);
	}
	return 0;
}

static int
do_copyin_resp(const struct wire_frame *f, struct wbuf *w)
{
	wire_copyin_resp_put(w, f->h.reqno, f->body, f->body_len);
	return 0;
}

static int
do_anonmmap(const struct wire_frame *f, struct wbuf *w)
{
	uint64_t len;
	int error = wire_anonmmap_get(f, &len);

	if (error == 0)
		wire_anonmmap_put(w, f->h.reqno, len);
	return error;
}

static int
do_anonmmap_resp(const struct wire_frame *f, struct wbuf *w)
{
	uint64_t addr;
	int error = wire_anonmmap_resp_get(f, &addr);

	if (error == 0)
		wire_anonmmap_resp_put(w, f->h.reqno, addr);
	return error;
}

static int
do_prefork_resp(const struct wire_frame *f, struct wbuf *w)
{
	uint32_t cookie[4];
	int error = wire_prefork_resp_get(f, cookie);

	if (error == 0)
		wire_prefork_resp_put(w, f->h.reqno, cookie);
	return error;
}

static int
do_passed(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_status m;
	int error = wire_passed_get(f, f->h.type, &m);

	if (error == 0)
		wire_passed_put(w, f->h.reqno, f->h.type, m.error);
	return error;
}

static int
do_pipes(const struct wire_frame *f, struct wbuf *w)
{
	uint32_t lane;
	int error = wire_pipes_get(f, &lane);

	if (error == 0)
		wire_pipes_put(w, f->h.reqno, lane);
	return error;
}

static int
do_hello(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_hello m;
	int error = wire_hello_get(f, &m);

	if (error == 0)
		wire_hello_put(w, f->h.reqno, &m);
	return error;
}

static int
do_hello_resp(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_hello_resp m;
	int error = wire_hello_resp_get(f, &m);

	if (error == 0)
		wire_hello_resp_put(w, f->h.reqno, &m);
	return error;
}

/* The chunks, one by one. */
static void
do_chunks(struct rbuf chunks, uint32_t n, struct wbuf *w)
{
	struct wire_chunk c;

	for (uint32_t i = 0; i < n && wire_chunk_get(&chunks, &c) == 0; i++)
		wire_chunk_put(w, c.addr, c.data, c.len);
}

static int
do_call(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_call m;
	int error = wire_call_get(f, &m);
	size_t start;

	if (error != 0)
		return error;
	start = wire_call_begin(w, f->h.reqno, f->h.arg, m.flags, m.args);
	do_chunks(m.chunks, m.nchunks, w);
	wire_call_end(w, start, m.nchunks);
	return 0;
}

static int
do_call_resp(const struct wire_frame *f, struct wbuf *w)
{
	struct wire_call_resp m;
	int error = wire_call_resp_get(f, &m);
	size_t start;

	if (error != 0)
		return error;
	start = wire_call_resp_begin(w, f->h.reqno, m.error, m.flags, m.retval);
	do_chunks(m.chunks, m.nchunks, w);
	wire_call_resp_end(w, start, m.nchunks);
	return 0;
}

/* Requests without a body. */
static int
do_bare(const struct wire_frame *f, struct wbuf *w)
{
	if (f->body_len != 0)
		return EPROTO;
	if (f->h.type == WIRE_PREFORK)
		wire_prefork_put(w, f->h.reqno);
	else if (f->h.type == WIRE_FORKCONN)
		wire_forkconn_put(w, f->h.reqno);
	else if (f->h.type == WIRE_INTERRUPT)
		wire_interrupt_put(w, f->h.reqno);
	else
		wire_raise_put(w, f->h.reqno, f->h.arg);
	return 0;
}

static int
do_error(const struct wire_frame *f, struct wbuf *w)
{
	if (f->body_len != 0)
		return EPROTO;
	wire_error_put(w, f->h.reqno, f->h.type, f->h.arg);
	return 0;
}

static const struct {
	uint16_t class, type;
	int (*again)(const struct wire_frame *f, struct wbuf *w);
} kinds[] = {
    {WIRE_REQ, WIRE_HANDSHAKE, do_handshake},
    {WIRE_RESP, WIRE_HANDSHAKE, do_status},
    {WIRE_REQ, WIRE_SYSCALL, do_syscall},
    {WIRE_RESP, WIRE_SYSCALL, do_sysresp},
    {WIRE_REQ, WIRE_COPYIN, do_copy},
    {WIRE_RESP, WIRE_COPYIN, do_copyin_resp},
    {WIRE_REQ, WIRE_COPYINSTR, do_copy},
    {WIRE_REQ, WIRE_COPYOUT, do_copy},
    {WIRE_REQ, WIRE_COPYOUTSTR, do_copy},
    {WIRE_REQ, WIRE_ANONMMAP, do_anonmmap},
    {WIRE_RESP, WIRE_ANONMMAP, do_anonmmap_resp},
    {WIRE_REQ, WIRE_PREFORK, do_bare},
    {WIRE_RESP, WIRE_PREFORK, do_prefork_resp},
    {WIRE_REQ, WIRE_RAISE, do_bare},
    {WIRE_REQ, WIRE_HELLO, do_hello},
    {WIRE_RESP, WIRE_HELLO, do_hello_resp},
    {WIRE_REQ, WIRE_CALL, do_call},
    {WIRE_RESP, WIRE_CALL, do_call_resp},
    {WIRE_REQ, WIRE_INTERRUPT, do_bare},
    {WIRE_REQ, WIRE_FORKCONN, do_bare},
    {WIRE_RESP, WIRE_FORKCONN, do_passed},
    {WIRE_REQ, WIRE_PIPES, do_pipes},
    {WIRE_RESP, WIRE_PIPES, do_passed},
};

int
reencode(const struct wire_frame *f, struct wbuf *w)
{
	if (f->h.class == WIRE_ERROR)
		return do_error(f, w);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].class == f->h.class && kinds[i].type == f->h.type)
			return kinds[i].again(f, w);
	}
	return EPROTO;
}
