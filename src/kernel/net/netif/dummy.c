/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces that lead nowhere. */
#include "net/netif/dummy.h"

#include <net/if.h>

#include "net/ifnet.h"

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	(void)ifp, (void)frame, (void)len;
	return 0;
}

static const struct ifnet_ops ops = {.kind = "dummy", .output = output};

int
dummy_new(const struct ifnet_wish *wish, struct ifnet **ret)
{
	return ifnet_new_ether(wish, "dummy%d", IFF_BROADCAST | IFF_NOARP, &ops, NULL, ret);
}
