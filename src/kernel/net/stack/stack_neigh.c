/* SPDX-License-Identifier: BSD-2-Clause */
/* The neighbours that the stack has found, for the kernel's list (neigh.h). */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <lwip/priv/nd6_priv.h>
#include <string.h>

#include "net/neigh.h"
#include "net/stack/arp.h"
#include "net/stack/stack_priv.h"

static uint16_t
nud_state(u8_t state)
{
	switch (state) {
	case ND6_INCOMPLETE:
		return NUD_INCOMPLETE;
	case ND6_REACHABLE:
		return NUD_REACHABLE;
	case ND6_STALE:
		return NUD_STALE;
	case ND6_DELAY:
		return NUD_DELAY;
	default:
		return NUD_PROBE;
	}
}

static void
each6(neigh_fn *fn, void *arg)
{
	for (size_t i = 0; i < LWIP_ND6_NUM_NEIGHBORS; i++) {
		const struct nd6_neighbor_cache_entry *e = &neighbor_cache[i];
		struct neigh found = {.is_router = e->isrouter};

		if (e->state == ND6_NO_ENTRY || e->netif == NULL)
			continue;
		found.ifp = e->netif->state;
		found.state = nud_state(e->state);
		found.ip = ip_to_inaddr6(&e->next_hop_address);
		found.ip = inaddr_on_link(&found.ip, 0);
		memcpy(found.mac, e->lladdr, sizeof found.mac);
		fn(arg, &found);
	}
}

static void
each_neighbour(neigh_fn *fn, void *arg)
{
	arp_each(fn, arg);
	each6(fn, arg);
}

static int
forget_neighbour(struct ifnet *ifp, const struct inaddr *ip)
{
	return inaddr_is_v4(ip) ? arp_forget(ifp, ip) : ENOENT;
}

static const struct neigh_source neighbours = {
    .each = each_neighbour,
    .forget = forget_neighbour,
};

void
stack_neigh_init(void)
{
	neigh_set_source(&neighbours);
}

void
stack_neigh_fini(void)
{
	neigh_set_source(NULL);
}
