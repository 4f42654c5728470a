/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as what a FUSE program sends: a message, the records of a directory, INIT's reply, an
 * entry.  What is accepted lies inside of the input and holds what the rest relies on.
 */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "vfs/fuse/fuse_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_records(const uint8_t *data, size_t size, bool plus)
{
	struct fuse_record r;
	size_t pos = 0, before;
	const char *begin = (const char *)data, *end = begin + size;

	for (;;) {
		before = pos;
		if (fuse_reply_record(data, size, plus, &pos, &r) != 1)
			return;
		CHECK(pos > before && pos <= size);
		CHECK(r.len != 0 && r.len <= NAME_MAX && r.name >= begin && r.name + r.len <= end);
		CHECK(memchr(r.name, '/', r.len) == NULL && memchr(r.name, 0, r.len) == NULL);
		CHECK((r.entry != NULL) == plus);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuse_out_header h;
	struct fuse_entry_out e = {.nodeid = 0};
	struct fuse_init_out init;

	if (fuse_reply_header(data, size, &h))
		CHECK(h.len == size && (h.unique == 0 || (h.error <= 0 && h.error > -512)));
	try_records(data, size, false);
	try_records(data, size, true);
	if (fuse_reply_init(data, size, &init))
		CHECK(size >= FUSE_COMPAT_INIT_OUT_SIZE);
	memcpy(&e, data, size < sizeof e ? size : sizeof e);
	if (fuse_reply_entry(&e))
		CHECK(e.nodeid > FUSE_ROOT_ID && e.attr.size <= INT64_MAX);
	return 0;
}
