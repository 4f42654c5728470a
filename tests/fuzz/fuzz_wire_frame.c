/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a frame: what decodes encodes to a frame that decodes to the same.
 */
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "reencode.h"

#define ROOM (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t first[2 * ROOM], second[2 * ROOM];
	struct wbuf a = wbuf_of(first, sizeof first), b = wbuf_of(second, sizeof second);
	struct wire_frame f;

	if (size > ROOM || frame_of(data, size, &f) != 0 || reencode(&f, &a) != 0)
		return 0;
	/* A long program name is cut and a chunk's padding is set to zero, so the bytes may differ
	 * from the input; not from each other. */
	CHECK(!a.bad && a.len <= size);
	CHECK(frame_of(first, a.len, &f) == 0);
	CHECK(reencode(&f, &b) == 0);
	CHECK(a.len == b.len && memcmp(first, second, a.len) == 0);
	return 0;
}
