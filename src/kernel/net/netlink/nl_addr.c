/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses by netlink. */
#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"

void
nl_put_addr(struct nl_out *o, uint16_t type, const struct ifnet_addr *a)
{
	struct ifaddrmsg *m = nl_begin(o, type, sizeof *m);
	struct ifa_cacheinfo life = {
	    .ifa_prefered = ifaddr_left(a, a->preferred), .ifa_valid = ifaddr_left(a, a->valid)};
	bool v4 = inaddr_is_v4(&a->ip);

	m->ifa_family = v4 ? AF_INET : AF_INET6;
	m->ifa_prefixlen = (uint8_t)a->prefix;
	m->ifa_flags = (uint8_t)a->flags;
	m->ifa_scope = a->scope;
	m->ifa_index = (uint32_t)a->ifp->index;
	nl_put_ip(o, IFA_ADDRESS, &a->peer);
	if (v4 || !inaddr_same_ip(&a->ip, &a->peer))
		nl_put_ip(o, IFA_LOCAL, &a->ip);
	if (v4 && !inaddr_is_any(&a->broadcast))
		nl_put_ip(o, IFA_BROADCAST, &a->broadcast);
	if (v4)
		mnl_attr_put_strz(o->message, IFA_LABEL, a->label);
	if (a->metric != 0)
		mnl_attr_put_u32(o->message, IFA_RT_PRIORITY, a->metric);
	mnl_attr_put_u32(o->message, IFA_FLAGS, a->flags);
	mnl_attr_put(o->message, IFA_CACHEINFO, sizeof life, &life);
	nl_end(o);
}

static void
put_family(struct nl_out *o, bool v4, int index)
{
	struct ifnet_addr *a;
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (index != 0 && index != ifp->index)
			continue;
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (inaddr_is_v4(&a->ip) == v4)
				nl_put_addr(o, RTM_NEWADDR, a);
	}
}

int
nl_dump_addrs(struct nl_request *r)
{
	const struct ifaddrmsg *m = nl_payload(r->h, sizeof *m);
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	int family = g == NULL ? AF_UNSPEC : g->rtgen_family;
	int index = m == NULL ? 0 : (int)m->ifa_index;

	if (family != AF_INET6)
		put_family(r->out, true, index);
	if (family != AF_INET)
		put_family(r->out, false, index);
	return 0;
}

/* What a request about an address says. */
struct given {
	struct ifnet *ifp;
	struct inaddr ip, peer, broadcast;
	unsigned prefix;
	uint8_t scope;
	uint32_t flags, metric, valid, preferred;
	char label[IFADDR_LABEL_MAX];
};

static int
take_addresses(const struct nl_attrs *a, int family, struct given *g)
{
	const struct nlattr *own = a->at[IFA_LOCAL], *peer = a->at[IFA_ADDRESS];
	int error;

	if (own == NULL && peer == NULL)
		return EINVAL;
	error = nl_get_ip(own != NULL ? own : peer, family, &g->ip);
	if (error == 0)
		error = nl_get_ip(peer != NULL ? peer : own, family, &g->peer);
	if (error == 0)
		error = nl_get_ip(a->at[IFA_BROADCAST], family, &g->broadcast);
	return error;
}

static int
take_rest(const struct nl_attrs *a, struct given *g)
{
	const struct nlattr *life = a->at[IFA_CACHEINFO];
	struct ifa_cacheinfo info;
	int error = nl_get_u32(a->at[IFA_FLAGS], g->flags, &g->flags);

	if (error == 0)
		error = nl_get_u32(a->at[IFA_RT_PRIORITY], 0, &g->metric);
	if (error == 0 && a->at[IFA_LABEL] != NULL)
		error = nl_get_name(a->at[IFA_LABEL], g->label);
	if (error != 0 || life == NULL)
		return error;
	if (mnl_attr_get_payload_len(life) < sizeof info)
		return EINVAL;
	memcpy(&info, mnl_attr_get_payload(life), sizeof info);
	g->valid = info.ifa_valid;
	g->preferred = info.ifa_prefered;
	return g->valid == 0 || g->preferred > g->valid ? EINVAL : 0;
}

static int
parse(const struct nl_request *r, struct given *g)
{
	struct nl_attrs a;
	const struct ifaddrmsg *m = nl_parse(r->h, sizeof *m, &a);
	int error;

	if (m == NULL)
		return EINVAL;
	if (m->ifa_family != AF_INET && m->ifa_family != AF_INET6)
		return EOPNOTSUPP;
	*g = (struct given){
	    .prefix = m->ifa_prefixlen, .scope = m->ifa_scope, .flags = m->ifa_flags};
	error = take_addresses(&a, m->ifa_family, g);
	if (error == 0)
		error = take_rest(&a, g);
	if (error == 0 && g->prefix > inaddr_bits(&g->ip))
		error = EINVAL;
	g->ifp = ifnet_by_index((int)m->ifa_index);
	return error == 0 && g->ifp == NULL ? ENODEV : error;
}

static const char *
explain(int error, const struct given *g)
{
	bool v4 = inaddr_is_v4(&g->ip);

	if (error == EEXIST)
		return v4 ? "ipv4: Address already assigned" : "ipv6: address already assigned";
	if (v4)
		return NULL;
	if (error == EINVAL && inaddr_is_multicast(&g->ip))
		return "ipv6: Cannot assign multicast address without \"IFA_F_MCAUTOJOIN\" flag";
	if (error == EADDRNOTAVAIL)
		return inaddr_is_local(&g->ip)
			   ? "ipv6: Cannot assign loopback address on this device"
			   : "ipv6: Invalid address";
	return NULL;
}

int
nl_new_addr(struct nl_request *r)
{
	bool replace = (r->h->nlmsg_flags & NLM_F_REPLACE) != 0;
	struct ifaddr_params p;
	struct ifnet_addr *old;
	struct given g;
	int error = parse(r, &g);

	if (error != 0)
		return error;
	if (inaddr_is_v4(&g.ip) && inaddr_is_any(&g.ip))
		return 0; /* Linux takes it for none */
	p = (struct ifaddr_params){
	    .ip = g.ip,
	    .prefix = g.prefix,
	    .peer = inaddr_same_ip(&g.peer, &g.ip) ? NULL : &g.peer,
	    .broadcast = &g.broadcast,
	    .scope = inaddr_is_v4(&g.ip) ? g.scope : -1,
	    .flags = g.flags,
	    .metric = g.metric,
	    .valid = g.valid,
	    .preferred = g.preferred,
	    .label = g.label[0] != '\0' ? g.label : NULL,
	};
	old = replace ? ifaddr_find(g.ifp, &g.ip) : NULL;
	if (old != NULL && (old->prefix == g.prefix || !inaddr_is_v4(&g.ip))) {
		ifaddr_change(old, &p);
		return 0;
	}
	error = ifaddr_add(g.ifp, &p, NULL);
	r->message = explain(error, &g);
	return error;
}

int
nl_delete_addr(struct nl_request *r)
{
	struct given g;
	int error = parse(r, &g);

	if (error != 0)
		return error;
	error = ifaddr_delete(g.ifp, &g.ip, g.prefix);
	if (error == EADDRNOTAVAIL)
		r->message =
		    inaddr_is_v4(&g.ip) ? "ipv4: Address not found" : "ipv6: address not found";
	return error;
}
