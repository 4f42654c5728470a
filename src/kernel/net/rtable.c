/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes.
 */
#include "net/rtable.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "net/ifnet.h"
#include "net/netevent.h"

#define METRIC6 1024 /* Linux's default for IPv6 */

struct rentry_list rtable_all = TAILQ_HEAD_INITIALIZER(rtable_all);

static void
tell(enum netevent_kind kind, const struct rentry *r)
{
	netevent_tell(&(struct netevent){.kind = kind, .ifp = r->ifp, .route = r});
}

/* --- order --- */

static bool
same_dest(const struct rentry *a, const struct rentry *b)
{
	return a->prefix == b->prefix && inaddr_same_ip(&a->dest, &b->dest);
}

/* Does a come before b where both match? */
static bool
is_better(const struct rentry *a, const struct rentry *b)
{
	return a->prefix != b->prefix ? a->prefix > b->prefix : a->metric < b->metric;
}

static void
insert(struct rentry *r)
{
	struct rentry *at;

	TAILQ_FOREACH (at, &rtable_all, link) {
		if (is_better(r, at)) {
			TAILQ_INSERT_BEFORE(at, r, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&rtable_all, r, link);
}

/* --- changes --- */

/* The interface on whose link the gateway is. */
static int
check_gateway(struct rentry *r)
{
	struct rtable_hop hop;
	int error;

	if (inaddr_is_any(&r->gateway))
		return 0;
	if (inaddr_is_v4(&r->gateway) != inaddr_is_v4(&r->dest))
		return EINVAL;
	if (inaddr_is_linklocal(&r->gateway) && r->ifp != NULL)
		return 0;
	error = rtable_lookup(&r->gateway, r->ifp, &hop);
	if (error != 0)
		return ENETUNREACH;
	if (hop.local)
		return inaddr_is_v4(&r->dest) ? ENETUNREACH : EINVAL;
	if (!inaddr_same_ip(&hop.gateway, &r->gateway))
		return ENETUNREACH; /* a gateway behind a gateway */
	r->ifp = hop.ifp;
	return 0;
}

static bool
has_link(const struct rentry *r)
{
	return r->type == RTN_UNICAST;
}

static int
check(struct rentry *r)
{
	int error;

	if (r->prefix > inaddr_bits(&r->dest))
		return EINVAL;
	if (inaddr_is_v4(&r->dest)) {
		struct inaddr net = inaddr_network(&r->dest, r->prefix);

		if (!inaddr_same_ip(&net, &r->dest))
			return EINVAL; /* host bits are set */
	} else {
		r->dest = inaddr_network(&r->dest, r->prefix);
	}
	if (!has_link(r)) {
		r->ifp = NULL;
		return 0;
	}
	error = check_gateway(r);
	if (error != 0)
		return error;
	if (r->ifp == NULL)
		return ENODEV;
	if (!ifnet_is_up(r->ifp))
		return ENETDOWN;
	if (!inaddr_is_any(&r->source) && ifaddr_owner(&r->source) == NULL)
		return EINVAL;
	return 0;
}

int
rtable_add(const struct rentry *given)
{
	struct rentry r = *given, *old, *made;
	int error;

	if (r.metric == 0 && !inaddr_is_v4(&r.dest))
		r.metric = METRIC6;
	error = check(&r);
	if (error != 0)
		return error;
	TAILQ_FOREACH (old, &rtable_all, link)
		if (same_dest(old, &r) && old->metric == r.metric &&
		    (inaddr_is_v4(&r.dest) || old->ifp == r.ifp))
			return EEXIST;
	made = malloc(sizeof *made);
	if (made == NULL)
		return ENOMEM;
	*made = r;
	insert(made);
	tell(NETEVENT_ROUTE, made);
	return 0;
}

static void
drop(struct rentry *r)
{
	TAILQ_REMOVE(&rtable_all, r, link);
	tell(NETEVENT_ROUTE_GONE, r);
	free(r);
}

static bool
matches(const struct rentry *r, const struct rentry *like)
{
	return same_dest(r, like) && (like->ifp == NULL || r->ifp == like->ifp) &&
	       (inaddr_is_any(&like->gateway) || inaddr_same_ip(&r->gateway, &like->gateway)) &&
	       (inaddr_is_any(&like->source) || inaddr_same_ip(&r->source, &like->source)) &&
	       (like->metric == 0 || r->metric == like->metric) &&
	       (like->type == RTN_UNSPEC || r->type == like->type) &&
	       (like->protocol == RTPROT_UNSPEC || r->protocol == like->protocol);
}

int
rtable_delete(const struct rentry *like)
{
	struct rentry *r;

	TAILQ_FOREACH (r, &rtable_all, link) {
		if (matches(r, like)) {
			drop(r);
			return 0;
		}
	}
	return ESRCH;
}

void
rtable_forget(const struct ifnet *ifp, const struct inaddr *ip)
{
	struct rentry *r, *next;

	for (r = TAILQ_FIRST(&rtable_all); r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		if (ip != NULL ? inaddr_same_ip(&r->source, ip) : r->ifp == ifp)
			drop(r);
	}
}

void
rtable_fini(void)
{
	while (!TAILQ_EMPTY(&rtable_all))
		drop(TAILQ_FIRST(&rtable_all));
}

/* --- lookup --- */

/* To an own address: from that address, or for the network of lo from its first. */
static void
local_hop(const struct inaddr *dest, struct ifnet *ifp, struct rtable_hop *ret)
{
	*ret = (struct rtable_hop){
	    .ifp = ifp,
	    .gateway = *dest,
	    .source = inaddr_is_local(dest) ? inaddr_loopback(inaddr_is_v4(dest)) : *dest,
	    .mtu = ifnet_by_index(IFNET_LO)->mtu,
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

static struct inaddr
source_of(const struct rentry *r, const struct inaddr *dest)
{
	bool v4 = inaddr_is_v4(dest);
	const struct ifnet_addr *a;
	struct ifnet *ifp;

	if (!inaddr_is_any(&r->source))
		return r->source;
	a = ifaddr_source(r->ifp, inaddr_is_any(&r->gateway) ? dest : &r->gateway);
	if (a != NULL && (v4 || a->scope != RT_SCOPE_LINK || inaddr_scope(dest) == RT_SCOPE_LINK))
		return a->ip;
	a = ifaddr_source(r->ifp, dest);
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
	    (inaddr_is_multicast(dest) || inaddr_is_linklocal(dest) ||
		(inaddr_is_v4(dest) && inaddr_v4_of(dest) == UINT32_MAX)))
		return oif;
	return NULL;
}

int
rtable_lookup(const struct inaddr *dest, const struct ifnet *oif, struct rtable_hop *ret)
{
	struct ifnet *own = ifaddr_owner(dest);
	const struct ifnet *direct = link_of(dest, oif);
	const struct rentry *r;
	struct rentry on_link;

	if (own != NULL) {
		local_hop(dest, own, ret);
		return 0;
	}
	TAILQ_FOREACH (r, &rtable_all, link)
		if ((oif == NULL || r->ifp == oif) && inaddr_in_prefix(dest, &r->dest, r->prefix))
			break;
	if (direct != NULL && (r == NULL || !inaddr_is_any(&r->gateway))) {
		on_link = (struct rentry){
		    .gateway = inaddr_any(inaddr_is_v4(dest)),
		    .source = inaddr_any(inaddr_is_v4(dest)),
		    .ifp = (struct ifnet *)direct,
		    .type = RTN_UNICAST,
		};
		r = &on_link;
	}
	if (r == NULL)
		return ENETUNREACH;
	if (!has_link(r))
		return refusal(r->type);
	*ret = (struct rtable_hop){
	    .ifp = r->ifp,
	    .gateway = inaddr_is_any(&r->gateway) ? *dest : r->gateway,
	    .source = source_of(r, dest),
	    .mtu = r->mtu != 0 && r->mtu < r->ifp->mtu ? r->mtu : r->ifp->mtu,
	    .route = r == &on_link ? NULL : r,
	};
	ret->gateway.port = 0;
	return 0;
}
