/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of a routed packet socket, packed:
 *
 *	63      48 47   3    2      1     0
 *	  magic      0    auxdata ring cooked
 */
#include "socket/pkttag.h"

#include "socket/sockhost.h"

#define TAG_MAGIC   UINT64_C(0x506b)
#define TAG_COOKED  UINT64_C(1)
#define TAG_RING    UINT64_C(2)
#define TAG_AUXDATA UINT64_C(4)

bool
pkttag_get(int fd, struct pkttag *ret)
{
	uint64_t bits;

	if (!sockhost_bits(fd, &bits) || bits >> 48 != TAG_MAGIC)
		return false;
	*ret = (struct pkttag){
	    .cooked = (bits & TAG_COOKED) != 0,
	    .ring = (bits & TAG_RING) != 0,
	    .auxdata = (bits & TAG_AUXDATA) != 0,
	};
	return true;
}

void
pkttag_set(int fd, const struct pkttag *t)
{
	sockhost_set_bits(fd, TAG_MAGIC << 48 | (t->auxdata ? TAG_AUXDATA : 0) |
				  (t->ring ? TAG_RING : 0) | (t->cooked ? TAG_COOKED : 0));
}
