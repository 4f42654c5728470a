/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decodes any frame into its message and encodes that again: for the frame tests and the fuzzer.
 */
#ifndef TESTS_WIRE_REENCODE_H
#define TESTS_WIRE_REENCODE_H

#include "wire/wire.h"

/* Splits the header off; EPROTO if `len` bytes are not just one frame. */
int frame_of(const uint8_t *bytes, size_t len, struct wire_frame *f);
/* Appends the frame anew to w.  EPROTO if it does not decode. */
int reencode(const struct wire_frame *f, struct wbuf *w);

#endif
