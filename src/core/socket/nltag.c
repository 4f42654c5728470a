/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of a routed netlink socket, packed:
 *
 *	63      48 47       32 31    0
 *	  magic      protocol    port
 */
#include "socket/nltag.h"

#include "socket/sockhost.h"

#define TAG_MAGIC UINT64_C(0x526e)

bool
nltag_get(int fd, struct nltag *ret)
{
	uint64_t bits;

	if (!sockhost_bits(fd, &bits) || bits >> 48 != TAG_MAGIC)
		return false;
	ret->protocol = (uint16_t)(bits >> 32);
	ret->port = (uint32_t)bits;
	return true;
}

void
nltag_set(int fd, const struct nltag *t)
{
	sockhost_set_bits(fd, TAG_MAGIC << 48 | (uint64_t)(uint16_t)t->protocol << 32 | t->port);
}
