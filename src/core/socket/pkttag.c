/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of a routed packet socket, packed:
 *
 *	63      48 47      32 31    8 7     2 1      0
 *	  magic     protocol    0     options ring cooked
 */
#include "socket/pkttag.h"

#include "socket/sockhost.h"

#define TAG_MAGIC   UINT64_C(0x506b)
#define TAG_COOKED  UINT64_C(1)
#define TAG_RING    UINT64_C(2)
#define TAG_OPTIONS 2

bool
pkttag_get(int fd, struct pkttag *ret)
{
	uint64_t bits = 0;
	socklen_t len = sizeof bits;

	if (sockhost_getopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &bits, &len) != 0 ||
	    len != sizeof bits || bits >> 48 != TAG_MAGIC)
		return false;
	*ret = (struct pkttag){
	    .cooked = (bits & TAG_COOKED) != 0,
	    .ring = (bits & TAG_RING) != 0,
	    .options = (uint32_t)(bits >> TAG_OPTIONS) & 0x3f,
	    .protocol = (uint16_t)(bits >> 32),
	};
	return true;
}

void
pkttag_set(int fd, const struct pkttag *t)
{
	uint64_t bits = TAG_MAGIC << 48 | (uint64_t)t->protocol << 32 |
			(uint64_t)t->options << TAG_OPTIONS | (t->ring ? TAG_RING : 0) |
			(t->cooked ? TAG_COOKED : 0);

	sockhost_setopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &bits, sizeof bits);
}
