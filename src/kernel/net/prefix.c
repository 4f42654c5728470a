/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and the networks that they are in.
 */
#include <linux/rtnetlink.h>

#include "net/ifnet.h"

unsigned
inaddr_bits(const struct inaddr *a)
{
	return inaddr_is_v4(a) ? 32 : 128;
}

/* The bits of the v4-mapped form that a prefix covers. */
static unsigned
covered(const struct inaddr *a, unsigned prefix)
{
	return 128 - inaddr_bits(a) + prefix;
}

static struct inaddr
with_host_part(const struct inaddr *a, unsigned prefix, uint8_t ones)
{
	struct inaddr r = *a;
	unsigned bits = covered(a, prefix);

	r.port = 0;
	for (unsigned i = 0; i < sizeof r.ip; i++) {
		unsigned kept = bits < i * 8 ? 0 : bits - i * 8;
		uint8_t mask = kept >= 8 ? 0xff : (uint8_t)(0xff00u >> kept);

		r.ip[i] = (uint8_t)((r.ip[i] & mask) | (ones & ~mask));
	}
	return r;
}

struct inaddr
inaddr_network(const struct inaddr *a, unsigned prefix)
{
	return with_host_part(a, prefix, 0);
}

struct inaddr
inaddr_last(const struct inaddr *a, unsigned prefix)
{
	return with_host_part(a, prefix, 0xff);
}

bool
inaddr_in_prefix(const struct inaddr *a, const struct inaddr *net, unsigned prefix)
{
	struct inaddr x, y;

	if (inaddr_is_v4(a) != inaddr_is_v4(net))
		return false;
	x = inaddr_network(a, prefix);
	y = inaddr_network(net, prefix);
	return inaddr_same_ip(&x, &y);
}

uint8_t
inaddr_scope(const struct inaddr *a)
{
	if (inaddr_is_local(a))
		return RT_SCOPE_HOST;
	return inaddr_is_linklocal(a) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}
