/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and rules by netlink. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"
#include "net/rtable.h"

#define METRIC_MULTICAST6 256

static int
family_of(const struct inaddr *ip)
{
	return inaddr_is_v4(ip) ? AF_INET : AF_INET6;
}

static void
put_mtu(struct nl_out *o, uint32_t mtu)
{
	struct nlattr *metrics;

	if (mtu == 0)
		return;
	metrics = mnl_attr_nest_start(o->message, RTA_METRICS);
	mnl_attr_put_u32(o->message, RTAX_MTU, mtu);
	mnl_attr_nest_end(o->message, metrics);
}

void
nl_put_route(struct nl_out *o, uint16_t type, const struct rentry *r)
{
	struct rtmsg *m = nl_begin(o, type, sizeof *m);

	m->rtm_family = (unsigned char)family_of(&r->dest);
	m->rtm_dst_len = (unsigned char)r->prefix;
	m->rtm_table = RT_TABLE_MAIN;
	m->rtm_protocol = r->protocol;
	m->rtm_scope = r->scope;
	m->rtm_type = r->type;
	if (r->ifp != NULL && !ifnet_has_carrier(r->ifp))
		m->rtm_flags |= RTNH_F_LINKDOWN;
	mnl_attr_put_u32(o->message, RTA_TABLE, RT_TABLE_MAIN);
	if (r->prefix != 0)
		nl_put_ip(o, RTA_DST, &r->dest);
	if (r->metric != 0)
		mnl_attr_put_u32(o->message, RTA_PRIORITY, r->metric);
	if (!inaddr_is_any(&r->source))
		nl_put_ip(o, RTA_PREFSRC, &r->source);
	if (!inaddr_is_any(&r->gateway))
		nl_put_ip(o, RTA_GATEWAY, &r->gateway);
	if (r->ifp != NULL)
		mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)r->ifp->index);
	put_mtu(o, r->mtu);
	if (m->rtm_family == AF_INET6)
		mnl_attr_put_u8(o->message, RTA_PREF, 0);
	nl_end(o);
}

/* --- the table `local`, which follows from the addresses --- */

struct local {
	struct inaddr dest, source;
	unsigned prefix;
	uint8_t type;
	int index;
};

struct locals {
	struct local *all;
	size_t n;
};

static void
put_local(struct nl_out *o, const struct local *l)
{
	struct rtmsg *m = nl_begin(o, RTM_NEWROUTE, sizeof *m);
	bool v4 = inaddr_is_v4(&l->dest);

	m->rtm_family = (unsigned char)family_of(&l->dest);
	m->rtm_dst_len = (unsigned char)l->prefix;
	m->rtm_table = RT_TABLE_LOCAL;
	m->rtm_protocol = RTPROT_KERNEL;
	m->rtm_scope = !v4                    ? RT_SCOPE_UNIVERSE
		       : l->type == RTN_LOCAL ? RT_SCOPE_HOST
					      : RT_SCOPE_LINK;
	m->rtm_type = l->type;
	mnl_attr_put_u32(o->message, RTA_TABLE, RT_TABLE_LOCAL);
	nl_put_ip(o, RTA_DST, &l->dest);
	if (v4)
		nl_put_ip(o, RTA_PREFSRC, &l->source);
	else
		mnl_attr_put_u32(
		    o->message, RTA_PRIORITY, l->type == RTN_LOCAL ? 0 : METRIC_MULTICAST6);
	mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)l->index);
	if (!v4)
		mnl_attr_put_u8(o->message, RTA_PREF, 0);
	nl_end(o);
}

static bool
is_there(const struct locals *s, const struct ifnet *ifp, const struct inaddr *dest)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].index == ifp->index && inaddr_same_ip(&s->all[i].dest, dest))
			return true;
	return false;
}

static void
add_local(struct locals *s, const struct ifnet *ifp, const struct inaddr *dest, unsigned prefix,
    uint8_t type, const struct inaddr *source)
{
	struct local *all;

	if (is_there(s, ifp, dest))
		return;
	all = realloc(s->all, (s->n + 1) * sizeof *all);
	if (all == NULL)
		return;
	s->all = all;
	all[s->n++] = (struct local){
	    .dest = *dest, .source = *source, .prefix = prefix, .type = type, .index = ifp->index};
}

/* The first of the network that a secondary one is in, or itself. */
static const struct inaddr *
primary_of(const struct ifnet_addr *a)
{
	const struct ifnet_addr *b;

	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (a->flags & IFA_F_SECONDARY && b->prefix == a->prefix &&
		    inaddr_in_prefix(&a->ip, &b->ip, b->prefix))
			return &b->ip;
	return &a->ip;
}

static void
add_locals_of(struct locals *s, const struct ifnet_addr *a)
{
	struct inaddr net = inaddr_network(&a->ip, a->prefix);
	struct inaddr last = inaddr_last(&a->ip, a->prefix);

	add_local(s, a->ifp, &a->ip, inaddr_bits(&a->ip), RTN_LOCAL, primary_of(a));
	if (!inaddr_is_v4(&a->ip) || a->flags & IFA_F_SECONDARY)
		return;
	if ((a->ifp->flags & IFF_LOOPBACK) != 0 && a->prefix < 32)
		add_local(s, a->ifp, &net, a->prefix, RTN_LOCAL, &a->ip);
	if (!inaddr_is_any(&a->broadcast))
		add_local(s, a->ifp, &a->broadcast, 32, RTN_BROADCAST, &a->ip);
	if (ifaddr_has_broadcast(a))
		add_local(s, a->ifp, &last, 32, RTN_BROADCAST, &a->ip);
}

static int
compare_locals(const void *x, const void *y)
{
	const struct local *a = x, *b = y;
	int order = memcmp(a->dest.ip, b->dest.ip, sizeof a->dest.ip);

	return order != 0 ? order : a->index - b->index;
}

static void
put_locals(struct nl_out *o, bool v4)
{
	static const struct inaddr groups = {.ip = {0xff}};
	struct locals s = {.all = NULL};
	struct ifnet_addr *a;
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (!ifnet_is_up(ifp))
			continue;
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (inaddr_is_v4(&a->ip) == v4)
				add_locals_of(&s, a);
		if (!v4 && (ifp->flags & IFF_LOOPBACK) == 0)
			add_local(&s, ifp, &groups, 8, RTN_MULTICAST, &groups);
	}
	if (s.n > 0)
		qsort(s.all, s.n, sizeof *s.all, compare_locals);
	for (size_t i = 0; i < s.n; i++)
		put_local(o, &s.all[i]);
	free(s.all);
}

static int
compare(const struct rentry *a, const struct rentry *b)
{
	int order = memcmp(a->dest.ip, b->dest.ip, sizeof a->dest.ip);

	if (order == 0 && a->prefix != b->prefix)
		order = a->prefix > b->prefix ? -1 : 1;
	if (order == 0 && a->metric != b->metric)
		order = a->metric < b->metric ? -1 : 1;
	return order;
}

/* The IPv4 route that is shown after `last`, or first. */
static const struct rentry *
next_route(const struct rentry *last)
{
	const struct rentry *e, *best = NULL;

	TAILQ_FOREACH (e, &rtable_all, link)
		if (inaddr_is_v4(&e->dest) && (last == NULL || compare(e, last) > 0) &&
		    (best == NULL || compare(e, best) < 0))
			best = e;
	return best;
}

/* Linux shows IPv4 by destination, and so the default route first; ours are in the order in which
 * they are tried. */
static void
put_main(struct nl_out *o, bool v4)
{
	const struct rentry *e, *last = NULL;

	while (v4 && (e = next_route(last)) != NULL) {
		nl_put_route(o, RTM_NEWROUTE, e);
		last = e;
	}
	TAILQ_FOREACH (e, &rtable_all, link)
		if (!v4 && !inaddr_is_v4(&e->dest))
			nl_put_route(o, RTM_NEWROUTE, e);
}

int
nl_dump_routes(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	const struct rtmsg *m = nl_payload(r->h, sizeof *m);
	int family = g == NULL ? AF_UNSPEC : g->rtgen_family;
	uint32_t table = RT_TABLE_UNSPEC;
	struct nl_attrs a;

	if (m != NULL) {
		if (nl_parse(r->h, sizeof *m, &a) != 0 ||
		    nl_get_u32(a.at[RTA_TABLE], m->rtm_table, &table) != 0)
			return EINVAL;
	}
	for (int v4 = 1; v4 >= 0; v4--) {
		if (family != AF_UNSPEC && family != (v4 ? AF_INET : AF_INET6))
			continue;
		if (table == RT_TABLE_UNSPEC || table == RT_TABLE_MAIN)
			put_main(r->out, v4);
		if (table == RT_TABLE_UNSPEC || table == RT_TABLE_LOCAL)
			put_locals(r->out, v4);
	}
	return 0;
}

/* `ip route get`: the way to one address. */
int
nl_get_route(struct nl_request *r)
{
	const struct rtmsg *m = nl_payload(r->h, sizeof *m);
	struct ifnet *oif = NULL;
	struct rtable_hop hop;
	struct inaddr dest;
	struct nl_attrs a;
	struct rtmsg *out;
	uint32_t index = 0;
	int error = m == NULL ? EINVAL : nl_parse(r->h, sizeof *m, &a);

	if (error == 0 && m->rtm_family != AF_INET && m->rtm_family != AF_INET6)
		error = EAFNOSUPPORT;
	if (error == 0)
		error = nl_get_ip(a.at[RTA_DST], m->rtm_family, &dest);
	if (error == 0)
		error = nl_get_u32(a.at[RTA_OIF], 0, &index);
	if (error != 0)
		return error;
	if (index != 0 && (oif = ifnet_by_index((int)index)) == NULL)
		return ENODEV;
	error = rtable_lookup(&dest, oif, &hop);
	if (error != 0)
		return error;
	out = nl_begin(r->out, RTM_NEWROUTE, sizeof *out);
	out->rtm_family = m->rtm_family;
	out->rtm_dst_len = (unsigned char)inaddr_bits(&dest);
	out->rtm_table = hop.local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	out->rtm_type = hop.local ? RTN_LOCAL : RTN_UNICAST;
	out->rtm_flags = RTM_F_CLONED;
	mnl_attr_put_u32(r->out->message, RTA_TABLE, out->rtm_table);
	nl_put_ip(r->out, RTA_DST, &dest);
	if (!inaddr_same_ip(&hop.gateway, &dest))
		nl_put_ip(r->out, RTA_GATEWAY, &hop.gateway);
	if (!inaddr_is_any(&hop.source))
		nl_put_ip(r->out, RTA_PREFSRC, &hop.source);
	mnl_attr_put_u32(
	    r->out->message, RTA_OIF, (uint32_t)(hop.local ? IFNET_LO : hop.ifp->index));
	nl_end(r->out);
	return 0;
}

/* --- changes --- */

static int
take_mtu(const struct nlattr *metrics, uint32_t *ret)
{
	struct nl_attrs a;
	int error = nl_parse_nested(metrics, &a);

	return error != 0 ? error : nl_get_u32(a.at[RTAX_MTU], 0, ret);
}

static int
take_interface(const struct nl_attrs *a, struct rentry *ret)
{
	uint32_t index;
	int error = nl_get_u32(a->at[RTA_OIF], 0, &index);

	if (error != 0 || index == 0)
		return error;
	ret->ifp = ifnet_by_index((int)index);
	return ret->ifp == NULL ? ENODEV : 0;
}

/* The route that the request describes; zeroes for what it does not say. */
static int
parse(const struct nl_request *r, struct rentry *ret)
{
	const struct rtmsg *m = nl_payload(r->h, sizeof *m);
	struct nl_attrs a;
	uint32_t table;
	int error = m == NULL ? EINVAL : nl_parse(r->h, sizeof *m, &a);

	if (error != 0)
		return error;
	if (m->rtm_family != AF_INET && m->rtm_family != AF_INET6)
		return EAFNOSUPPORT;
	/* Several next hops, and other tables than the main one, are not there. */
	error = nl_get_u32(a.at[RTA_TABLE], m->rtm_table, &table);
	if (error == 0 &&
	    (a.at[RTA_MULTIPATH] != NULL || (table != RT_TABLE_MAIN && table != RT_TABLE_UNSPEC)))
		error = EOPNOTSUPP;
	*ret = (struct rentry){.prefix = m->rtm_dst_len,
	    .type = m->rtm_type,
	    .scope = m->rtm_scope,
	    .protocol = m->rtm_protocol};
	if (error == 0)
		error = nl_get_ip(a.at[RTA_DST], m->rtm_family, &ret->dest);
	if (error == 0)
		error = nl_get_ip(a.at[RTA_GATEWAY], m->rtm_family, &ret->gateway);
	if (error == 0)
		error = nl_get_ip(a.at[RTA_PREFSRC], m->rtm_family, &ret->source);
	if (error == 0)
		error = nl_get_u32(a.at[RTA_PRIORITY], 0, &ret->metric);
	if (error == 0)
		error = take_mtu(a.at[RTA_METRICS], &ret->mtu);
	if (error == 0 && ret->prefix > inaddr_bits(&ret->dest))
		error = EINVAL;
	return error != 0 ? error : take_interface(&a, ret);
}

/* The one that a replacement takes the place of. */
static void
remove_same(const struct rentry *r)
{
	struct rentry like = {.dest = r->dest,
	    .prefix = r->prefix,
	    .gateway = inaddr_any(inaddr_is_v4(&r->dest)),
	    .source = inaddr_any(inaddr_is_v4(&r->dest)),
	    .metric = r->metric};

	rtable_delete(&like);
}

int
nl_new_route(struct nl_request *r)
{
	unsigned flags = r->h->nlmsg_flags;
	struct rentry route;
	int error = parse(r, &route);

	if (error != 0)
		return error;
	if ((flags & NLM_F_REPLACE) != 0)
		remove_same(&route);
	else if ((flags & NLM_F_CREATE) == 0)
		return ENOENT;
	return rtable_add(&route);
}

int
nl_delete_route(struct nl_request *r)
{
	struct rentry route;
	int error = parse(r, &route);

	return error != 0 ? error : rtable_delete(&route);
}

/* --- rules: those that Linux begins with --- */

static void
put_rule(struct nl_out *o, int family, uint32_t priority, uint8_t table)
{
	struct fib_rule_hdr *m = nl_begin(o, RTM_NEWRULE, sizeof *m);

	m->family = (uint8_t)family;
	m->table = table;
	m->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(o->message, FRA_TABLE, table);
	mnl_attr_put_u32(o->message, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	if (priority != 0)
		mnl_attr_put_u32(o->message, FRA_PRIORITY, priority);
	nl_end(o);
}

int
nl_dump_rules(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	int family = g == NULL ? AF_UNSPEC : g->rtgen_family;

	for (int f = AF_INET; f <= AF_INET6; f += AF_INET6 - AF_INET) {
		if (family != AF_UNSPEC && family != f)
			continue;
		put_rule(r->out, f, 0, RT_TABLE_LOCAL);
		put_rule(r->out, f, 32766, RT_TABLE_MAIN);
		if (f == AF_INET)
			put_rule(r->out, f, 32767, RT_TABLE_DEFAULT);
	}
	return 0;
}
