/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the message files of this folder share; for no one else.
 */
#ifndef CORE_WIRE_FRAME_H
#define CORE_WIRE_FRAME_H

#include <errno.h>

#include "wire/wire.h"

static inline bool
frame_is(const struct wire_frame *f, enum wire_class class, enum wire_type type)
{
	return f->h.class == class && f->h.type == type;
}

static inline struct rbuf
frame_body(const struct wire_frame *f)
{
	return rbuf_of(f->body, f->body_len);
}

/* The result of a decoder that has read the whole body: nothing missing, nothing left over. */
static inline int
body_end(const struct rbuf *r)
{
	return r->bad || r->left != 0 ? EPROTO : 0;
}

#endif
