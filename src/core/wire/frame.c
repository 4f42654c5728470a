/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frame headers: every frame of both versions starts with these 24 bytes.
 */
#include "wire/wire.h"

#include <errno.h>

int
wire_header_get(const uint8_t buf[WIRE_HEADER_LEN], struct wire_header *h)
{
	memcpy(&h->len, buf, 8);
	memcpy(&h->reqno, buf + 8, 8);
	memcpy(&h->class, buf + 16, 2);
	memcpy(&h->type, buf + 18, 2);
	memcpy(&h->arg, buf + 20, 4);
	if (h->len < WIRE_HEADER_LEN || h->len > WIRE_FRAME_MAX || h->class > WIRE_ERROR)
		return EPROTO;
	return 0;
}

void
wire_header_put(uint8_t buf[WIRE_HEADER_LEN], const struct wire_header *h)
{
	memcpy(buf, &h->len, 8);
	memcpy(buf + 8, &h->reqno, 8);
	memcpy(buf + 16, &h->class, 2);
	memcpy(buf + 18, &h->type, 2);
	memcpy(buf + 20, &h->arg, 4);
}

size_t
wire_begin(struct wbuf *w, enum wire_class class, enum wire_type type, uint64_t reqno, uint32_t arg)
{
	size_t start = w->len;
	struct wire_header h = {
	    .len = WIRE_HEADER_LEN,
	    .reqno = reqno,
	    .class = (uint16_t) class,
	    .type = (uint16_t)type,
	    .arg = arg,
	};
	uint8_t *p = wbuf_take(w, WIRE_HEADER_LEN);

	if (p != NULL)
		wire_header_put(p, &h);
	return start;
}

void
wire_end(struct wbuf *w, size_t start)
{
	uint64_t len = w->len - start;

	if (w->bad)
		return;
	if (len > WIRE_FRAME_MAX) {
		w->bad = true;
		return;
	}
	memcpy(w->base + start, &len, sizeof len);
}

int
wire_error_to_errno(uint32_t error)
{
	switch (error) {
	case WIRE_ERR_TRYAGAIN:
		return EAGAIN;
	case WIRE_ERR_AUTH:
		return EPERM;
	case WIRE_ERR_INVALID_PREFORK:
		return ESRCH;
	case WIRE_ERR_RFORK_FAILED:
		return EIO;
	case WIRE_ERR_INEXEC:
		return EBUSY;
	case WIRE_ERR_NOMEM:
		return ENOMEM;
	case WIRE_ERR_MALFORMED:
		return EINVAL;
	default:
		return EPROTO;
	}
}
