/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of an open file of /dev/net/tun, packed:
 *
 *	63      48 47   1     0
 *	  magic      0    attached
 */
#include "socket/tuntag.h"

#include "socket/sockhost.h"

#define TAG_MAGIC    UINT64_C(0x5475)
#define TAG_ATTACHED UINT64_C(1)

bool
tuntag_get(int fd, struct tuntag *ret)
{
	uint64_t bits;

	if (!sockhost_bits(fd, &bits) || bits >> 48 != TAG_MAGIC)
		return false;
	ret->attached = (bits & TAG_ATTACHED) != 0;
	return true;
}

void
tuntag_set(int fd, const struct tuntag *t)
{
	sockhost_set_bits(fd, TAG_MAGIC << 48 | (t->attached ? TAG_ATTACHED : 0));
}
