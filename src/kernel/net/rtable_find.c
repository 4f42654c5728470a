/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: where a packet goes.
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>

#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/rules.h"

#define LOCAL_MAX (UINT16_MAX - ETH_HLEN)

bool
rtable_hop_is_fused(const struct rtable_hop *hop)
{
	return hop->local && !ifnet_has_frames(ifnet_by_index(IFNET_LO));
}

/* What fits into a packet on lo, whose header has 16 bits for its length, and into a frame of the
 * stack's. */
static unsigned
local_mtu(void)
{
	const struct ifnet *lo = ifnet_by_index(IFNET_LO);

	return ifnet_has_frames(lo) && lo->mtu > LOCAL_MAX ? LOCAL_MAX : lo->mtu;
}

/* To an own address: from that address, or for the network of lo from its first. */
static void
local_hop(const struct inaddr *dest, struct ifnet *ifp, struct rtable_hop *ret)
{
	*ret = (struct rtable_hop){
	    .ifp = ifp,
	    .gateway = *dest,
	    .source = inaddr_is_local(dest) ? inaddr_loopback(inaddr_is_v4(dest)) : *dest,
	    .mtu = local_mtu(),
	    .local = true,
	};
	ret->gateway.port = ret->source.port = 0;
}

static int
refusal(uint8_t type)
{
	switch (type) {
	case RTN_BLACKHOLE:
		return EINVAL;
	case RTN_PROHIBIT:
		return EACCES;
	default:
		return EHOSTUNREACH;
	}
}

/* --- choosing among several ways --- */

static bool
is_usable(const struct rhop *h, const struct rtable_query *q)
{
	return ifnet_is_up(h->ifp) && (q->oif == NULL || h->ifp == q->oif);
}

static unsigned
hash_of(const struct rtable_query *q)
{
	unsigned h = 2166136261u;

	for (size_t i = 0; i < sizeof q->dest.ip; i++)
		h = ((h ^ q->dest.ip[i]) * 16777619u ^ q->source.ip[i]) * 16777619u;
	return h ^ h >> 16;
}

/* Always the same one for the same two addresses. */
static struct rhop
choose(const struct rentry *r, const struct rtable_query *q)
{
	unsigned all = 0, at;
	struct rhop h;

	for (unsigned i = 0; i < rentry_hops(r); i++) {
		h = rentry_hop(r, i);
		all += is_usable(&h, q) ? h.weight + 1 : 0;
	}
	at = all == 0 ? 0 : hash_of(q) % all;
	for (unsigned i = 0; i < rentry_hops(r); i++) {
		h = rentry_hop(r, i);
		if (!is_usable(&h, q))
			continue;
		if (at <= h.weight)
			return h;
		at -= h.weight + 1;
	}
	return rentry_hop(r, 0);
}

static struct inaddr
source_of(const struct rentry *r, const struct rhop *h, const struct inaddr *dest)
{
	bool v4 = inaddr_is_v4(dest);
	const struct ifnet_addr *a;
	struct ifnet *ifp;

	if (!inaddr_is_any(&r->source))
		return r->source;
	a = ifaddr_source(h->ifp, inaddr_is_any(&h->gateway) ? dest : &h->gateway);
	if (a != NULL && (v4 || a->scope != RT_SCOPE_LINK || inaddr_scope(dest) == RT_SCOPE_LINK))
		return a->ip;
	a = ifaddr_source(h->ifp, dest);
	if (a != NULL)
		return a->ip;
	/* An address of another interface is better than none. */
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		a = ifp->index == IFNET_LO ? NULL : ifaddr_source(ifp, dest);
		if (a != NULL)
			return a->ip;
	}
	return inaddr_any(v4);
}

/* What is on each link without a route: groups, and the broadcast address of all networks. */
static const struct ifnet *
link_of(const struct inaddr *dest, const struct ifnet *oif)
{
	if (oif != NULL && ifnet_is_up(oif) &&
	    (inaddr_is_multicast(dest) || (inaddr_is_linklocal(dest) && oif->index != IFNET_LO) ||
		(inaddr_is_v4(dest) && inaddr_v4_of(dest) == UINT32_MAX)))
		return oif;
	return NULL;
}

const struct rentry *
rtable_find_in(uint32_t table, const struct rtable_query *q)
{
	const struct rentry *r;

	TAILQ_FOREACH (r, &rtable_all, link)
		if (r->table == table && !(q->on_link && !inaddr_is_any(&r->gateway)) &&
		    (q->oif == NULL || rentry_has_link(r, q->oif)) &&
		    inaddr_in_prefix(&q->dest, &r->dest, r->prefix))
			return r;
	return NULL;
}

static bool
counts(const struct rule *u, const struct rentry *r)
{
	return r != NULL && r->type != RTN_THROW &&
	       (u->suppress < 0 || r->prefix > (unsigned)u->suppress);
}

static int
refusal_of_rule(uint8_t action)
{
	switch (action) {
	case FR_ACT_BLACKHOLE:
		return EINVAL;
	case FR_ACT_PROHIBIT:
		return EACCES;
	default:
		return ENETUNREACH;
	}
}

/* What the rules lead to; NULL: nothing. */
static int
find_by_rules(const struct rtable_query *q, const struct rentry **ret)
{
	bool v4 = inaddr_is_v4(&q->dest);
	const struct rule *u = rules_next(v4, NULL);

	*ret = NULL;
	while (u != NULL) {
		bool here = rules_match(u, q);

		if (here && u->action == FR_ACT_TO_TBL) {
			*ret = rtable_find_in(u->table, q);
			if (counts(u, *ret))
				return 0;
			*ret = NULL;
		} else if (here && u->action != FR_ACT_GOTO && u->action != FR_ACT_NOP) {
			return refusal_of_rule(u->action);
		}
		u = here && u->action == FR_ACT_GOTO ? rules_from(v4, u->target)
						     : rules_next(v4, u);
	}
	return 0;
}

/* To an address that says its interface; so does the source, then. */
static int
find_on_link(const struct rtable_query *q, struct rtable_hop *ret)
{
	struct rtable_query plain = *q;
	int error;

	plain.dest = inaddr_on_link(&q->dest, 0);
	plain.oif = ifnet_by_index((int)inaddr_link(&q->dest));
	error = plain.oif == NULL ? ENODEV : rtable_find(&plain, ret);
	if (error == 0)
		ret->source = inaddr_on_link(&ret->source, (uint32_t)ret->ifp->index);
	return error;
}

int
rtable_find(const struct rtable_query *q, struct rtable_hop *ret)
{
	struct ifnet *own = ifaddr_owner(&q->dest);
	const struct ifnet *direct = link_of(&q->dest, q->oif);
	bool v4 = inaddr_is_v4(&q->dest);
	const struct rentry *r;
	struct rentry on_link;
	struct rhop h;
	int error;

	if (inaddr_link(&q->dest) != 0)
		return find_on_link(q, ret);
	if (own != NULL) {
		local_hop(&q->dest, own, ret);
		return 0;
	}
	error = find_by_rules(q, &r);
	if (direct != NULL && (r == NULL || !inaddr_is_any(&r->gateway))) {
		on_link = (struct rentry){
		    .gateway = inaddr_any(v4),
		    .source = inaddr_any(v4),
		    .ifp = (struct ifnet *)direct,
		    .type = RTN_UNICAST,
		};
		r = &on_link;
	}
	if (r == NULL)
		return error != 0 ? error : ENETUNREACH;
	if (!rentry_is_way(r))
		return refusal(r->type);
	h = choose(r, q);
	*ret = (struct rtable_hop){
	    .ifp = h.ifp,
	    .gateway = inaddr_is_any(&h.gateway) ? q->dest : h.gateway,
	    .source = source_of(r, &h, &q->dest),
	    .mtu = r->metrics[RTAX_MTU] != 0 && r->metrics[RTAX_MTU] < h.ifp->mtu
		       ? r->metrics[RTAX_MTU]
		       : h.ifp->mtu,
	    .route = r == &on_link ? NULL : r,
	};
	ret->gateway.port = 0;
	return 0;
}

int
rtable_lookup(const struct inaddr *dest, const struct ifnet *oif, struct rtable_hop *ret)
{
	const struct rtable_query q = {
	    .dest = *dest, .source = inaddr_any(inaddr_is_v4(dest)), .oif = oif};

	return rtable_find(&q, ret);
}
