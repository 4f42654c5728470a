/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of lwIP's interfaces follow those of the kernel's.
 *
 * IPv6 addresses are in use at once; no duplicates are looked for.
 */
#include <net/if.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "net/ifnet.h"
#include "net/stack/arp.h"
#include "net/stack/stack_priv.h"

/* An IPv4 address besides the first, which lwIP has no room for in one netif. */
struct alias {
	LIST_ENTRY(alias) all;
	struct netif netif;
	struct inaddr ip;
};

static LIST_HEAD(, alias) aliases = LIST_HEAD_INITIALIZER(aliases);

static void
set_address4(struct netif *n, const struct ifnet_addr *a)
{
	ip4_addr_t ip = {0}, mask = {0}, none = {0};

	if (a != NULL) {
		ip4_addr_set_u32(&ip, lwip_htonl(inaddr_v4_of(&a->ip)));
		ip4_addr_set_u32(
		    &mask, a->prefix == 0 ? 0 : lwip_htonl(UINT32_MAX << (32 - a->prefix)));
	}
	netif_set_addr(n, &ip, &mask, &none);
}

static void
add4(struct ifnet *ifp, const struct ifnet_addr *a)
{
	struct netif *n = ifp->stack;
	struct alias *x;

	if (ip4_addr_isany_val(*netif_ip4_addr(n))) {
		set_address4(n, a);
		return;
	}
	x = calloc(1, sizeof *x);
	if (x == NULL || !stack_if_add(&x->netif, ifp)) {
		free(x);
		return;
	}
	x->ip = a->ip;
	stack_if_update(&x->netif);
	set_address4(&x->netif, a);
	LIST_INSERT_HEAD(&aliases, x, all);
	if (!(ifp->flags & IFF_LOOPBACK))
		arp_announce(ifp, &a->ip);
}

static void
drop_alias(struct alias *x)
{
	LIST_REMOVE(x, all);
	netif_remove(&x->netif);
	free(x);
}

static void
drop4(struct ifnet *ifp, const struct ifnet_addr *a)
{
	struct netif *n = ifp->stack;
	struct alias *x;

	LIST_FOREACH (x, &aliases, all) {
		if (x->netif.state == ifp && inaddr_same_ip(&x->ip, &a->ip)) {
			drop_alias(x);
			return;
		}
	}
	if (lwip_ntohl(netif_ip4_addr(n)->addr) == inaddr_v4_of(&a->ip))
		set_address4(n, NULL);
}

static void
add6(struct netif *n, const struct ifnet_addr *a)
{
	ip_addr_t ip = ip_from_inaddr(&a->ip);
	s8_t i = inaddr_is_linklocal(&a->ip) ? 0 : -1;

	ip6_addr_assign_zone(ip_2_ip6(&ip), IP6_UNICAST, n);
	if (netif_get_ip6_addr_match(n, ip_2_ip6(&ip)) >= 0)
		return;
	if (i == 0 && ip6_addr_isinvalid(netif_ip6_addr_state(n, 0)))
		netif_ip6_addr_set(n, i, ip_2_ip6(&ip));
	else if (netif_add_ip6_address(n, ip_2_ip6(&ip), &i) != ERR_OK)
		return; /* lwIP has room for six */
	netif_ip6_addr_set_state(n, i, IP6_ADDR_PREFERRED);
}

static void
drop6(struct netif *n, const struct ifnet_addr *a)
{
	ip_addr_t ip = ip_from_inaddr(&a->ip);
	s8_t i;

	ip6_addr_assign_zone(ip_2_ip6(&ip), IP6_UNICAST, n);
	i = netif_get_ip6_addr_match(n, ip_2_ip6(&ip));
	if (i >= 0)
		netif_ip6_addr_set_state(n, i, IP6_ADDR_INVALID);
}

void
stack_addr_add(struct ifnet *ifp, const struct ifnet_addr *a)
{
	if (inaddr_is_v4(&a->ip))
		add4(ifp, a);
	else
		add6(ifp->stack, a);
}

void
stack_addr_drop(struct ifnet *ifp, const struct ifnet_addr *a)
{
	if (inaddr_is_v4(&a->ip))
		drop4(ifp, a);
	else
		drop6(ifp->stack, a);
}

void
stack_addr_follow(const struct ifnet *ifp)
{
	struct alias *x;

	LIST_FOREACH (x, &aliases, all)
		if (x->netif.state == ifp)
			stack_if_update(&x->netif);
}

void
stack_addr_forget(const struct ifnet *ifp)
{
	struct alias *x, *next;

	for (x = LIST_FIRST(&aliases); x != NULL; x = next) {
		next = LIST_NEXT(x, all);
		if (x->netif.state == ifp)
			drop_alias(x);
	}
}
