/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and rules by netlink. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"
#include "net/rtable.h"

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

/* The route to an own address, or to its network's broadcast address, of the table `local`. */
static void
put_local(struct nl_out *o, const struct ifnet_addr *a, const struct inaddr *dest, unsigned prefix,
    uint8_t type)
{
	struct rtmsg *m = nl_begin(o, RTM_NEWROUTE, sizeof *m);

	m->rtm_family = (unsigned char)family_of(dest);
	m->rtm_dst_len = (unsigned char)prefix;
	m->rtm_table = RT_TABLE_LOCAL;
	m->rtm_protocol = RTPROT_KERNEL;
	m->rtm_scope = m->rtm_family == AF_INET6 ? RT_SCOPE_UNIVERSE
		       : type == RTN_LOCAL       ? RT_SCOPE_HOST
						 : RT_SCOPE_LINK;
	m->rtm_type = type;
	mnl_attr_put_u32(o->message, RTA_TABLE, RT_TABLE_LOCAL);
	nl_put_ip(o, RTA_DST, dest);
	if (m->rtm_family == AF_INET)
		nl_put_ip(o, RTA_PREFSRC, &a->ip);
	mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)a->ifp->index);
	nl_end(o);
}

static void
put_locals(struct nl_out *o, int family)
{
	struct ifnet_addr *a;
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link) {
			if (!ifnet_is_up(ifp) ||
			    (family != AF_UNSPEC && family != family_of(&a->ip)))
				continue;
			put_local(o, a, &a->ip, inaddr_bits(&a->ip), RTN_LOCAL);
			if (inaddr_is_v4(&a->ip) && !inaddr_is_any(&a->broadcast))
				put_local(o, a, &a->broadcast, 32, RTN_BROADCAST);
		}
	}
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

/* Linux shows the default route of IPv4 first, then by destination; ours are in the order in which
 * they are tried. */
static void
put_main(struct nl_out *o, int family)
{
	const struct rentry *e, *last = NULL;

	while (family != AF_INET6 && (e = next_route(last)) != NULL) {
		nl_put_route(o, RTM_NEWROUTE, e);
		last = e;
	}
	TAILQ_FOREACH (e, &rtable_all, link)
		if (family != AF_INET && !inaddr_is_v4(&e->dest))
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
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
		return 0;
	if (table == RT_TABLE_UNSPEC || table == RT_TABLE_MAIN)
		put_main(r->out, family);
	if (table == RT_TABLE_UNSPEC || table == RT_TABLE_LOCAL)
		put_locals(r->out, family);
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
