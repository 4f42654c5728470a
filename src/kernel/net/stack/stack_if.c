/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's interfaces follow the kernel's.
 *
 * Each Ethernet interface has a netif.  What lwIP sends, it sends through the functions here, which
 * ask the kernel's routes for the next hop, whatever netif lwIP has chosen: of lwIP's own idea of
 * routes only this remains that there must be a netif.
 *
 * IPv6 addresses are in use at once; no duplicates are looked for.
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <lwip/ethip6.h>
#include <lwip/inet_chksum.h>
#include <lwip/nd6.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/prot/ethernet.h>
#include <lwip/prot/ieee.h>
#include <lwip/prot/ip4.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netif/ethernet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/neigh.h"
#include "net/netevent.h"
#include "net/rtable.h"
#include "net/stack/arp.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

#define FRAME_MAX UINT16_MAX /* of a pbuf */

struct netif *
stack_if_of(const struct ifnet *ifp)
{
	return ifp->stack;
}

struct ifnet *
stack_if_ifnet(const struct netif *n)
{
	return n->state;
}

/* --- output --- */

static err_t
link_output(struct netif *n, struct pbuf *p)
{
	static uint8_t frame[FRAME_MAX];
	const void *bytes = p->payload;

	if (p->next != NULL) {
		pbuf_copy_partial(p, frame, p->tot_len, 0);
		bytes = frame;
	}
	/* TCP waits for room; what else an interface cannot send now is lost, as on a wire. */
	return ifnet_output(n->state, bytes, p->tot_len) == ENOBUFS ? ERR_MEM : ERR_OK;
}

static const struct ifnet *from;

void
stack_if_forwards(const struct ifnet *ifp)
{
	from = ifp;
}

static struct inaddr
source_of(const struct pbuf *p, bool v4)
{
	const struct ip_hdr *ip = p->payload;
	const struct ip6_hdr *ip6 = p->payload;
	ip4_addr_t src;
	ip6_addr_t src6;

	if (p->len < (v4 ? IP_HLEN : IP6_HLEN))
		return inaddr_any(v4);
	if (v4) {
		ip4_addr_copy(src, ip->src);
		return ip_to_inaddr4(&src);
	}
	ip6_addr_copy_from_packed(src6, ip6->src);
	return ip_to_inaddr6(&src6);
}

/* The next hop of a packet that goes to one station; NULL: nowhere. */
static struct netif *
next_hop(const struct inaddr *dest, struct netif *chosen, struct pbuf *p, struct inaddr *ret_hop)
{
	const struct rtable_query q = {.dest = *dest,
	    .source = source_of(p, inaddr_is_v4(dest)),
	    .oif = inaddr_is_linklocal(dest) ? chosen->state : NULL,
	    .iif = from};
	struct rtable_hop hop;

	if (rtable_find(&q, &hop) != 0 || hop.local || hop.ifp->stack == NULL)
		return NULL;
	if (conn_sending() != NULL)
		conn_before_output(p, inaddr_is_v4(dest) ? IP_HLEN : IP6_HLEN, hop.mtu);
	*ret_hop = hop.gateway;
	return hop.ifp->stack;
}

static bool
to_permanent(struct netif *n, struct pbuf *p, const struct inaddr *hop, uint16_t type, err_t *ret)
{
	const struct neigh *known = neigh_permanent(n->state, hop);
	struct eth_addr mac;

	if (known == NULL)
		return false;
	memcpy(mac.addr, known->mac, sizeof mac.addr);
	*ret = ethernet_output(n, p, (struct eth_addr *)n->hwaddr, &mac, type);
	return true;
}

/* To all, or to a group: its link address is made of its own. */
static err_t
to_many(struct netif *n, struct pbuf *p, const struct inaddr *dest)
{
	struct eth_addr mac = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

	if (inaddr_is_multicast(dest))
		mac = (struct eth_addr){
		    {0x01, 0x00, 0x5e, dest->ip[13] & 0x7f, dest->ip[14], dest->ip[15]}};
	return ethernet_output(n, p, (struct eth_addr *)n->hwaddr, &mac, ETHTYPE_IP);
}

static bool no_frag;

void
stack_if_no_frag(bool on)
{
	no_frag = on;
}

/* What lwIP has broken up already can hardly forbid it. */
static void
forbid_fragments(struct pbuf *p)
{
	struct ip_hdr *ip = p->payload;

	if (p->len < sizeof *ip || (IPH_OFFSET(ip) & PP_HTONS(IP_OFFMASK | IP_MF)) != 0)
		return;
	IPH_OFFSET_SET(ip, IPH_OFFSET(ip) | PP_HTONS(IP_DF));
	IPH_CHKSUM_SET(ip, 0);
	IPH_CHKSUM_SET(ip, inet_chksum(ip, IPH_HL_BYTES(ip)));
}

err_t
stack_if_send4(struct netif *n, struct pbuf *p, const ip4_addr_t *dest)
{
	struct inaddr to = ip_to_inaddr4(dest), hop;
	err_t err;

	if (no_frag)
		forbid_fragments(p);
	if (inaddr_is_multicast(&to) || inaddr_v4_of(&to) == INADDR_BROADCAST ||
	    ifaddr_broadcast(&to) != NULL)
		return to_many(n, p, &to);
	n = next_hop(&to, n, p, &hop);
	if (n == NULL)
		return ERR_RTE;
	if (to_permanent(n, p, &hop, ETHTYPE_IP, &err))
		return err;
	return arp_output(n, p, &hop);
}

err_t
stack_if_send6(struct netif *n, struct pbuf *p, const ip6_addr_t *dest)
{
	struct inaddr to = ip_to_inaddr6(dest), hop;
	ip_addr_t next;
	err_t err;

	if (ip6_addr_ismulticast(dest))
		return ethip6_output(n, p, dest);
	n = next_hop(&to, n, p, &hop);
	if (n == NULL)
		return ERR_RTE;
	if (to_permanent(n, p, &hop, ETHTYPE_IPV6, &err))
		return err;
	next = ip_from_inaddr(&hop);
	ip6_addr_assign_zone(ip_2_ip6(&next), IP6_UNICAST, n);
	return ethip6_output(n, p, ip_2_ip6(&next));
}

/* What lwIP calls: for packets of this kernel's own. */

static err_t
output4(struct netif *n, struct pbuf *p, const ip4_addr_t *dest)
{
	stack_count_out(p, true);
	return stack_if_send4(n, p, dest);
}

static err_t
output6(struct netif *n, struct pbuf *p, const ip6_addr_t *dest)
{
	stack_count_out(p, false);
	return stack_if_send6(n, p, dest);
}

/* --- interfaces --- */

static err_t
init(struct netif *n)
{
	const struct ifnet *ifp = n->state;

	n->name[0] = 'r';
	n->name[1] = 'k';
	n->output = output4;
	n->output_ip6 = output6;
	n->linkoutput = link_output;
	n->hwaddr_len = sizeof ifp->mac;
	n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
		   NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
	return ERR_OK;
}

/* The one that lwIP takes where it knows none: the first that is up. */
static void
choose_default(void)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (ifp->stack != NULL && ifnet_is_up(ifp)) {
			netif_set_default(ifp->stack);
			return;
		}
	}
	netif_set_default(NULL);
}

static void
update_netif(struct netif *n)
{
	const struct ifnet *ifp = n->state;

	n->mtu = ifp->mtu > UINT16_MAX ? UINT16_MAX : (u16_t)ifp->mtu;
	n->mtu6 = n->mtu;
	memcpy(n->hwaddr, ifp->mac, sizeof ifp->mac);
	if (ifnet_is_up(ifp)) {
		netif_set_link_up(n);
		netif_set_up(n);
	} else {
		netif_set_down(n);
		netif_set_link_down(n);
	}
}

static void
add(struct ifnet *ifp)
{
	struct netif *n = calloc(1, sizeof *n);

	if (n == NULL || netif_add_noaddr(n, ifp, init, ethernet_input) == NULL) {
		free(n);
		return;
	}
	ifp->stack = n;
}

/* --- addresses --- */

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
	if (x == NULL || netif_add_noaddr(&x->netif, ifp, init, ethernet_input) == NULL) {
		free(x);
		return;
	}
	x->ip = a->ip;
	update_netif(&x->netif);
	set_address4(&x->netif, a);
	LIST_INSERT_HEAD(&aliases, x, all);
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

static void
update_link(struct ifnet *ifp)
{
	struct alias *x;

	update_netif(ifp->stack);
	LIST_FOREACH (x, &aliases, all)
		if (x->netif.state == ifp)
			update_netif(&x->netif);
	if (!ifnet_is_up(ifp))
		arp_forget_all(ifp);
	choose_default();
}

static void
drop(struct ifnet *ifp)
{
	struct netif *n = ifp->stack;
	struct alias *x, *next;

	for (x = LIST_FIRST(&aliases); x != NULL; x = next) {
		next = LIST_NEXT(x, all);
		if (x->netif.state == ifp)
			drop_alias(x);
	}
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
	if (ifp == NULL || ifp->type != ARPHRD_ETHER)
		return;
	if (e->kind == NETEVENT_LINK && ifp->stack == NULL)
		add(ifp);
	if (ifp->stack == NULL)
		return;
	if (e->kind == NETEVENT_LINK)
		update_link(ifp);
	else if (e->kind == NETEVENT_LINK_GONE)
		drop(ifp);
	else if (e->kind == NETEVENT_ADDR && !inaddr_is_v4(&e->addr->ip))
		add6(ifp->stack, e->addr);
	else if (e->kind == NETEVENT_ADDR_GONE && !inaddr_is_v4(&e->addr->ip))
		drop6(ifp->stack, e->addr);
	else if (e->kind == NETEVENT_ADDR)
		add4(ifp, e->addr);
	else if (e->kind == NETEVENT_ADDR_GONE)
		drop4(ifp, e->addr);
}

static struct netevent_watcher watcher = {.fn = on_event};

/* --- neighbours that lwIP has found --- */

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
stack_if_init(void)
{
	netevent_watch(&watcher);
	neigh_set_source(&neighbours);
}

void
stack_if_fini(void)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->stack != NULL)
			drop(ifp);
	netevent_unwatch(&watcher);
	neigh_set_source(NULL);
}
