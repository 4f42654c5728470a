/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of a routed Internet socket, packed:
 *
 *	63   56 55      48 47    40 39  34 33    32      31    0
 *	 magic   protocol   error     0    dgram inet6    flags
 */
#include "socket/socktag.h"

#include "socket/sockhost.h"

#define TAG_MAGIC UINT64_C(0x75)
#define TAG_INET6 (UINT64_C(1) << 32)
#define TAG_DGRAM (UINT64_C(1) << 33)

uint64_t
socktag_pack(const struct socktag *t)
{
	return TAG_MAGIC << 56 | (uint64_t)t->protocol << 48 | (uint64_t)t->error << 40 |
	       (t->dgram ? TAG_DGRAM : 0) | (t->inet6 ? TAG_INET6 : 0) | t->flags;
}

bool
socktag_unpack(uint64_t bits, struct socktag *t)
{
	if (bits >> 56 != TAG_MAGIC)
		return false;
	*t = (struct socktag){
	    .inet6 = (bits & TAG_INET6) != 0,
	    .dgram = (bits & TAG_DGRAM) != 0,
	    .error = (uint8_t)(bits >> 40),
	    .protocol = (uint8_t)(bits >> 48),
	    .flags = (uint32_t)bits,
	};
	return true;
}

bool
socktag_get(int fd, struct socktag *t)
{
	uint64_t bits;

	return sockhost_bits(fd, &bits) && socktag_unpack(bits, t);
}

int
socktag_set(int fd, const struct socktag *t)
{
	return sockhost_set_bits(fd, socktag_pack(t));
}

void
socktag_change(int fd, struct socktag *t, uint32_t set, uint32_t clear)
{
	uint32_t flags = (t->flags & ~clear) | set;

	if (flags == t->flags)
		return;
	t->flags = flags;
	socktag_set(fd, t);
}

void
socktag_switch(int fd, struct socktag *t, uint32_t flag, bool on)
{
	socktag_change(fd, t, on ? flag : 0, on ? 0 : flag);
}

int
socktag_take_error(int fd, struct socktag *t)
{
	int error = t->error;

	if (error != 0) {
		t->error = 0;
		socktag_set(fd, t);
	}
	return error;
}
