/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: what a new one must be.
 */
#include <errno.h>

#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/rtable_priv.h"

static int
refuse(const char **why, const char *message, int error)
{
	*why = message;
	return error;
}

/* The interface on whose link the gateway is, by the route's own table or by the rules. */
static int
find_link(uint32_t table, struct rhop *h, const char **why)
{
	const struct rtable_query q = {.dest = h->gateway,
	    .source = inaddr_any(inaddr_is_v4(&h->gateway)),
	    .oif = h->ifp,
	    .on_link = true};
	const struct rentry *r = rtable_find_in(table, &q);
	bool v4 = inaddr_is_v4(&h->gateway);
	struct rtable_hop hop;

	if (r != NULL && rentry_is_way(r) && ifaddr_owner(&h->gateway) == NULL) {
		h->ifp = h->ifp != NULL ? h->ifp : r->ifp;
		return 0;
	}
	if (rtable_find(&q, &hop) != 0)
		return v4 ? refuse(why, "Nexthop has invalid gateway", ENETUNREACH) : EHOSTUNREACH;
	if (hop.local && !v4)
		return refuse(why, "Gateway can not be a local address", EINVAL);
	h->ifp = hop.ifp;
	return 0;
}

static int
check_gateway(uint32_t table, struct rhop *h, const char **why)
{
	if (inaddr_is_any(&h->gateway))
		return 0;
	if (!h->onlink && !inaddr_is_linklocal(&h->gateway))
		return find_link(table, h, why);
	return h->ifp != NULL ? 0 : refuse(why, "Egress device not specified", EINVAL);
}

static int
check_hop(const struct rentry *r, struct rhop *h, const char **why)
{
	int error;

	if (!inaddr_is_any(&h->gateway) && inaddr_is_v4(&h->gateway) != inaddr_is_v4(&r->dest))
		return EINVAL;
	error = check_gateway(r->table, h, why);
	if (error != 0)
		return error;
	if (h->ifp == NULL)
		return ENODEV;
	if (ifnet_is_up(h->ifp))
		return 0;
	return refuse(
	    why, inaddr_is_v4(&r->dest) ? "Device for nexthop is not up" : NULL, ENETDOWN);
}

static void
set_hop(struct rentry *r, unsigned i, const struct rhop *h)
{
	if (i > 0) {
		r->more[i - 1] = *h;
		return;
	}
	r->gateway = h->gateway;
	r->ifp = h->ifp;
	r->weight = h->weight;
	r->onlink = h->onlink;
}

static int
check_hops(struct rentry *r, const char **why)
{
	int error = 0;

	if (!rentry_is_way(r)) {
		r->ifp = NULL;
		r->nmore = 0;
	}
	for (unsigned i = 0; rentry_is_way(r) && i < rentry_hops(r) && error == 0; i++) {
		struct rhop h = rentry_hop(r, i);

		error = check_hop(r, &h, why);
		set_hop(r, i, &h);
	}
	return error;
}

int
rtable_check(struct rentry *r, const char **why)
{
	bool v4 = inaddr_is_v4(&r->dest);
	struct inaddr net;
	int error;

	if (r->prefix > inaddr_bits(&r->dest))
		return EINVAL;
	net = inaddr_network(&r->dest, r->prefix);
	if (v4 && !inaddr_same_ip(&net, &r->dest))
		return refuse(why, "Invalid prefix for given prefix length", EINVAL);
	r->dest = net;
	error = check_hops(r, why);
	if (error == 0 && rentry_is_way(r) && !inaddr_is_any(&r->source) &&
	    ifaddr_owner(&r->source) == NULL)
		return refuse(
		    why, v4 ? "Invalid prefsrc address" : "Invalid source address", EINVAL);
	return error;
}
