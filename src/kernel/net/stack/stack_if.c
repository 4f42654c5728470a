/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's interfaces follow the kernel's: each that has frames has a netif.
 */
#include <lwip/netif.h>
#include <net/if.h>
#include <netif/ethernet.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netevent.h"
#include "net/rtable.h"
#include "net/stack/arp.h"
#include "net/stack/stack_priv.h"

#define MTU_MAX (UINT16_MAX - SIZEOF_ETH_HDR) /* of a pbuf */

struct ifnet *
stack_if_ifnet(const struct netif *n)
{
	return n->state;
}

static err_t
init(struct netif *n)
{
	const struct ifnet *ifp = n->state;

	n->name[0] = 'r';
	n->name[1] = 'k';
	stack_out_of(n);
	n->hwaddr_len = sizeof ifp->mac;
	n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
	if (!(ifp->flags & IFF_LOOPBACK))
		n->flags |= NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
	return ERR_OK;
}

/* The one that lwIP takes where it knows none: the first that is up, and lo if there is none. */
static void
choose_default(void)
{
	struct netif *n = NULL;
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->stack != NULL && ifnet_is_up(ifp) &&
		    (n == NULL || stack_if_ifnet(n)->flags & IFF_LOOPBACK))
			n = ifp->stack;
	netif_set_default(n);
}

struct netif *
stack_if_of(const struct rtable_hop *hop)
{
	return (hop->local ? ifnet_by_index(IFNET_LO) : hop->ifp)->stack;
}

void
stack_if_update(struct netif *n)
{
	const struct ifnet *ifp = n->state;

	n->mtu = ifp->mtu > MTU_MAX ? MTU_MAX : (u16_t)ifp->mtu;
	n->mtu6 = n->mtu;
	memcpy(n->hwaddr, ifp->mac, sizeof ifp->mac);
	if (ifnet_is_up(ifp)) {
		netif_set_link_up(n);
		netif_set_up(n);
		if (!ra_accepts(ifp))
			n->rs_count = 0; /* no router is asked */
	} else {
		netif_set_down(n);
		netif_set_link_down(n);
	}
}

bool
stack_if_add(struct netif *n, struct ifnet *ifp)
{
	return netif_add_noaddr(n, ifp, init, ethernet_input) != NULL;
}

static void
add(struct ifnet *ifp)
{
	struct netif *n = calloc(1, sizeof *n);
	const struct ifnet_addr *a;

	if (n == NULL || !stack_if_add(n, ifp)) {
		free(n);
		return;
	}
	ifp->stack = n;
	TAILQ_FOREACH (a, &ifp->addrs, link)
		stack_addr_add(ifp, a);
}

static void
update_link(struct ifnet *ifp)
{
	stack_if_update(ifp->stack);
	stack_addr_follow(ifp);
	if (!ifnet_is_up(ifp))
		arp_forget_all(ifp);
	choose_default();
}

static void
drop(struct ifnet *ifp)
{
	struct netif *n = ifp->stack;

	stack_addr_forget(ifp);
	arp_forget_all(ifp);
	netif_remove(n);
	ifp->stack = NULL;
	free(n);
	choose_default();
}

static void
on_event(struct netevent_watcher *w, const struct netevent *e)
{
	struct ifnet *ifp = e->ifp;

	(void)w;
	if (ifp == NULL || !ifnet_has_frames(ifp))
		return;
	if (e->kind == NETEVENT_LINK && ifp->stack == NULL)
		add(ifp);
	if (ifp->stack == NULL)
		return;
	if (e->kind == NETEVENT_LINK)
		update_link(ifp);
	else if (e->kind == NETEVENT_LINK_GONE)
		drop(ifp);
	else if (e->kind == NETEVENT_ADDR)
		stack_addr_add(ifp, e->addr);
	else if (e->kind == NETEVENT_ADDR_GONE)
		stack_addr_drop(ifp, e->addr);
}

static struct netevent_watcher watcher = {.fn = on_event};

void
stack_if_init(void)
{
	netevent_watch(&watcher);
}

void
stack_if_fini(void)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->stack != NULL)
			drop(ifp);
	netevent_unwatch(&watcher);
}
