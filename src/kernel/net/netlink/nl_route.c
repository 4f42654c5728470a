/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes by netlink: showing them. */
#include <errno.h>
#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"
#include "net/netloop.h"
#define TICKS 100 /* in a second, as Linux counts for programs */
#include "net/rtable.h"

/* --- one --- */

static void
put_metrics(struct nl_out *o, const struct rentry *r)
{
	struct nlattr *metrics = NULL;

	for (uint16_t i = 1; i < RENTRY_METRICS; i++) {
		if (r->metrics[i] == 0)
			continue;
		if (metrics == NULL) {
			metrics = mnl_attr_nest_start(o->message, RTA_METRICS);
			metrics->nla_type =
			    RTA_METRICS; /* `ip` does not expect the mark of nesting */
		}
		mnl_attr_put_u32(o->message, i, r->metrics[i]);
	}
	if (metrics != NULL)
		mnl_attr_nest_end(o->message, metrics);
}

static unsigned
hop_flags(const struct rhop *h)
{
	bool up = h->ifp == NULL || ifnet_is_up(h->ifp);

	return (h->onlink ? RTNH_F_ONLINK : 0) | (up ? 0 : RTNH_F_DEAD) |
	       (h->ifp == NULL || (up && ifnet_has_carrier(h->ifp)) ? 0 : RTNH_F_LINKDOWN);
}

static void
put_hops(struct nl_out *o, const struct rentry *r)
{
	struct nlattr *all = mnl_attr_nest_start(o->message, RTA_MULTIPATH);

	all->nla_type = RTA_MULTIPATH; /* as above */
	for (unsigned i = 0; i < rentry_hops(r); i++) {
		const struct rhop h = rentry_hop(r, i);
		struct rtnexthop *n = mnl_nlmsg_get_payload_tail(o->message);

		o->message->nlmsg_len += MNL_ALIGN(sizeof *n);
		*n = (struct rtnexthop){.rtnh_flags = (unsigned char)hop_flags(&h),
		    .rtnh_hops = (unsigned char)h.weight,
		    .rtnh_ifindex = h.ifp->index};
		if (!inaddr_is_any(&h.gateway))
			nl_put_ip(o, RTA_GATEWAY, &h.gateway);
		n->rtnh_len =
		    (unsigned short)((char *)mnl_nlmsg_get_payload_tail(o->message) - (char *)n);
	}
	mnl_attr_nest_end(o->message, all);
}

static void
put_hop(struct nl_out *o, struct rtmsg *m, const struct rentry *r)
{
	const struct rhop h = rentry_hop(r, 0);

	m->rtm_flags |= hop_flags(&h);
	if (!inaddr_is_any(&h.gateway))
		nl_put_ip(o, RTA_GATEWAY, &h.gateway);
	if (h.ifp != NULL)
		mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)h.ifp->index);
	else if (m->rtm_family == AF_INET6)
		mnl_attr_put_u32(o->message, RTA_OIF, IFNET_LO);
}

/* Of IPv6: how much it is preferred, how long it lives. */
static void
put_life(struct nl_out *o, const struct rentry *r)
{
	struct rta_cacheinfo cache = {
	    .rta_expires = (r->expires_ms - netloop_now_ms()) / (1000 / TICKS)};

	if (r->expires_ms != 0)
		mnl_attr_put(o->message, RTA_CACHEINFO, sizeof cache, &cache);
	mnl_attr_put_u8(o->message, RTA_PREF, r->preference);
}

void
nl_put_route(struct nl_out *o, uint16_t type, const struct rentry *r)
{
	struct rtmsg *m = nl_begin(o, type, sizeof *m);

	m->rtm_family = inaddr_is_v4(&r->dest) ? AF_INET : AF_INET6;
	m->rtm_dst_len = (unsigned char)r->prefix;
	m->rtm_table = r->table > UINT8_MAX ? RT_TABLE_COMPAT : (unsigned char)r->table;
	m->rtm_protocol = r->protocol;
	m->rtm_scope = r->scope;
	m->rtm_type = r->type;
	mnl_attr_put_u32(o->message, RTA_TABLE, r->table);
	if (r->prefix != 0)
		nl_put_ip(o, RTA_DST, &r->dest);
	if (r->metric != 0)
		mnl_attr_put_u32(o->message, RTA_PRIORITY, r->metric);
	if (!inaddr_is_any(&r->source))
		nl_put_ip(o, RTA_PREFSRC, &r->source);
	put_metrics(o, r);
	if (r->nmore > 0)
		put_hops(o, r);
	else
		put_hop(o, m, r);
	if (m->rtm_family == AF_INET6)
		put_life(o, r);
	nl_end(o);
}

/* --- all --- */

static void
put_entries(struct nl_out *o, bool v4, uint32_t table)
{
	size_t n;
	const struct rentry **list = rtable_list(v4, &n);

	for (size_t i = 0; i < n; i++)
		if (table == RT_TABLE_UNSPEC || list[i]->table == table)
			nl_put_route(o, RTM_NEWROUTE, list[i]);
	free(list);
}

int
nl_dump_routes(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	const struct rtmsg *m = nl_payload(r->h, sizeof *m);
	int family = g == NULL ? AF_UNSPEC : g->rtgen_family;
	uint32_t table = RT_TABLE_UNSPEC;
	struct nl_attrs a;

	if (m != NULL && (nl_parse(r->h, sizeof *m, &a) == NULL ||
			     nl_get_u32(a.at[RTA_TABLE], m->rtm_table, &table) != 0))
		return EINVAL;
	for (int v4 = 1; v4 >= 0; v4--) {
		if (family != AF_UNSPEC && family != (v4 ? AF_INET : AF_INET6))
			continue;
		put_entries(r->out, v4, table);
		if (table == RT_TABLE_UNSPEC || table == RT_TABLE_LOCAL)
			nl_put_locals(r->out, v4);
	}
	return 0;
}

/* --- `ip route get`: the way to one address --- */

static int
take_query(const struct rtmsg *m, const struct nl_attrs *a, struct rtable_query *q)
{
	uint32_t oif, iif;
	int error;

	if (m->rtm_family != AF_INET && m->rtm_family != AF_INET6)
		return EAFNOSUPPORT;
	error = nl_get_ip(a->at[RTA_DST], m->rtm_family, &q->dest);
	if (error == 0)
		error = nl_get_ip(a->at[RTA_SRC], m->rtm_family, &q->source);
	if (error == 0)
		error = nl_get_u32(a->at[RTA_OIF], 0, &oif);
	if (error == 0)
		error = nl_get_u32(a->at[RTA_IIF], 0, &iif);
	if (error == 0)
		error = nl_get_u32(a->at[RTA_MARK], 0, &q->mark);
	if (error != 0)
		return error;
	if ((oif != 0 && (q->oif = ifnet_by_index((int)oif)) == NULL) ||
	    (iif != 0 && (q->iif = ifnet_by_index((int)iif)) == NULL))
		return ENODEV;
	if (iif == 0 && !inaddr_is_any(&q->source) && ifaddr_owner(&q->source) == NULL)
		return m->rtm_family == AF_INET ? EINVAL : 0;
	return 0;
}

static void
take_kind(const struct rtable_query *q, const struct rtable_hop *hop, struct rtmsg *m)
{
	bool v4 = m->rtm_family == AF_INET;

	if (hop->local) {
		m->rtm_type = RTN_LOCAL;
		m->rtm_flags |= v4 ? RTCF_LOCAL : 0;
	} else if (inaddr_is_multicast(&q->dest)) {
		m->rtm_type = RTN_MULTICAST;
		m->rtm_flags |= v4 ? RTCF_MULTICAST : 0;
	} else if (v4 &&
		   (inaddr_v4_of(&q->dest) == UINT32_MAX || ifaddr_broadcast(&q->dest) != NULL)) {
		m->rtm_type = RTN_BROADCAST;
		m->rtm_flags |= RTCF_LOCAL | RTCF_BROADCAST;
	}
}

/* IPv6 shows the route that was found, IPv4 what came of it. */
static void
put_found6(struct nl_out *o, struct rtmsg *m, const struct rtable_hop *hop)
{
	const struct rentry *e = hop->route;

	m->rtm_protocol = e != NULL ? e->protocol : RTPROT_KERNEL;
	mnl_attr_put_u32(o->message, RTA_PRIORITY, e != NULL ? e->metric : 0);
	mnl_attr_put_u8(o->message, RTA_PREF, 0);
}

static void
put_found(struct nl_request *r, uint8_t family, const struct rtable_query *q,
    const struct rtable_hop *hop)
{
	struct rtmsg *m = nl_begin(r->out, RTM_NEWROUTE, sizeof *m);
	struct nl_out *o = r->out;
	uint32_t table = hop->route != NULL ? hop->route->table : RT_TABLE_MAIN;
	const struct rta_cacheinfo cache = {.rta_clntref = 1};

	m->rtm_family = family;
	m->rtm_dst_len = (unsigned char)inaddr_bits(&q->dest);
	m->rtm_type = RTN_UNICAST;
	m->rtm_flags = family == AF_INET ? RTM_F_CLONED : 0;
	take_kind(q, hop, m);
	if (hop->local && family == AF_INET6)
		table = RT_TABLE_LOCAL;
	m->rtm_table = table > UINT8_MAX ? RT_TABLE_COMPAT : (unsigned char)table;
	mnl_attr_put_u32(o->message, RTA_TABLE, table);
	nl_put_ip(o, RTA_DST, &q->dest);
	if (family == AF_INET6 || !inaddr_is_any(&q->source)) {
		m->rtm_src_len = (unsigned char)inaddr_bits(&q->source);
		nl_put_ip(o, RTA_SRC, &q->source);
	}
	/* In Linux's order, with what it has at the end: nmap does not look at the last bytes. */
	mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)(hop->local ? IFNET_LO : hop->ifp->index));
	if (inaddr_is_any(&q->source) && !inaddr_is_any(&hop->source))
		nl_put_ip(o, RTA_PREFSRC, &hop->source);
	if ((m->rtm_type == RTN_UNICAST || m->rtm_type == RTN_LOCAL) &&
	    !inaddr_same_ip(&hop->gateway, &q->dest))
		nl_put_ip(o, RTA_GATEWAY, &hop->gateway);
	if (hop->route != NULL && m->rtm_type == RTN_UNICAST)
		put_metrics(o, hop->route);
	if (q->mark != 0)
		mnl_attr_put_u32(o->message, RTA_MARK, q->mark);
	if (family == AF_INET6)
		put_found6(o, m, hop);
	else
		mnl_attr_put_u32(o->message, RTA_UID, r->from->uid);
	mnl_attr_put(o->message, RTA_CACHEINFO, sizeof cache, &cache);
	nl_end(o);
}

int
nl_get_route(struct nl_request *r)
{
	struct nl_attrs a;
	const struct rtmsg *m = nl_parse(r->h, sizeof *m, &a);
	struct rtable_query q = {.mark = 0};
	struct rtable_hop hop;
	int error = m == NULL ? EINVAL : take_query(m, &a, &q);

	if (error == 0)
		error = rtable_find(&q, &hop);
	if (error == 0)
		put_found(r, m->rtm_family, &q, &hop);
	return error;
}
