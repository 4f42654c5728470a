/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/netif/loop.h"

#include <errno.h>

#include "net/ifnet.h"
#include "net/netevent.h"
#include "net/netif/cable.h"

static struct cable cable;

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	(void)ifp;
	return cable_put(&cable, frame, len);
}

static void
gone(struct ifnet *ifp)
{
	(void)ifp;
	cable_fini(&cable);
}

static const struct ifnet_ops ops = {.output = output, .free = gone};

int
loop_start(void)
{
	struct ifnet *lo = ifnet_by_index(IFNET_LO);

	if (lo->ops != NULL)
		return EALREADY;
	cable_init(&cable, lo);
	lo->ops = &ops;
	netevent_tell(&(struct netevent){.kind = NETEVENT_LINK, .ifp = lo});
	return 0;
}
