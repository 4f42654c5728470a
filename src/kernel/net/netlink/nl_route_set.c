/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes by netlink: changing them. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"
#include "net/rtable.h"

static int
take_metrics(const struct nlattr *attr, uint32_t metrics[RENTRY_METRICS])
{
	struct nl_attrs a;
	int error = nl_parse_nested(attr, &a);

	for (size_t i = 1; i < RENTRY_METRICS && error == 0; i++)
		if (i != RTAX_CC_ALGO) /* a name */
			error = nl_get_u32(a.at[i], 0, &metrics[i]);
	return error;
}

static int
take_interface(uint32_t index, struct ifnet **ret)
{
	if (index == 0)
		return 0;
	*ret = ifnet_by_index((int)index);
	return *ret == NULL ? ENODEV : 0;
}

static int
take_hop(const struct rtnexthop *n, int family, struct rhop *ret)
{
	struct nl_attrs a;
	int error = nl_parse_bytes(n + 1, n->rtnh_len - sizeof *n, &a);

	*ret =
	    (struct rhop){.weight = n->rtnh_hops, .onlink = (n->rtnh_flags & RTNH_F_ONLINK) != 0};
	if (error == 0)
		error = nl_get_ip(a.at[RTA_GATEWAY], family, &ret->gateway);
	return error != 0 ? error : take_interface((uint32_t)n->rtnh_ifindex, &ret->ifp);
}

static int
take_hops(const struct nlattr *attr, int family, struct rentry *ret)
{
	const char *at = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr);
	struct rhop hops[RENTRY_MORE_MAX + 1];
	unsigned n = 0;
	int error;

	for (; left >= sizeof(struct rtnexthop); n++) {
		const struct rtnexthop *h = (const struct rtnexthop *)(const void *)at;
		size_t step = MNL_ALIGN(h->rtnh_len);

		if (h->rtnh_len < sizeof *h || h->rtnh_len > left || n > RENTRY_MORE_MAX)
			return EINVAL;
		error = take_hop(h, family, &hops[n]);
		if (error != 0)
			return error;
		at += step;
		left -= step < left ? step : left;
	}
	if (n == 0)
		return EINVAL;
	ret->gateway = hops[0].gateway;
	ret->ifp = hops[0].ifp;
	ret->weight = hops[0].weight;
	ret->onlink = hops[0].onlink;
	ret->nmore = n - 1;
	memcpy(ret->more, hops + 1, ret->nmore * sizeof hops[0]);
	return 0;
}

/* Where it leads: over one way, or several. */
static int
take_way(const struct nl_attrs *a, int family, struct rentry *ret)
{
	uint32_t index;
	int error = nl_get_ip(a->at[RTA_GATEWAY], family, &ret->gateway);

	if (error == 0)
		error = nl_get_u32(a->at[RTA_OIF], 0, &index);
	if (error == 0)
		error = take_interface(index, &ret->ifp);
	if (error == 0 && a->at[RTA_MULTIPATH] != NULL)
		error = take_hops(a->at[RTA_MULTIPATH], family, ret);
	return error;
}

/* The route that the request describes; zeroes for what it does not say. */
static int
parse(const struct nl_request *r, struct rentry *ret)
{
	struct nl_attrs a;
	const struct rtmsg *m = nl_parse(r->h, sizeof *m, &a);
	int error;

	if (m == NULL)
		return EINVAL;
	if (m->rtm_family != AF_INET && m->rtm_family != AF_INET6)
		return EAFNOSUPPORT;
	if (m->rtm_tos != 0 || m->rtm_src_len != 0)
		return EOPNOTSUPP;
	*ret = (struct rentry){.prefix = m->rtm_dst_len,
	    .type = m->rtm_type,
	    .scope = m->rtm_scope,
	    .protocol = m->rtm_protocol,
	    .onlink = (m->rtm_flags & RTNH_F_ONLINK) != 0};
	error = nl_get_u32(a.at[RTA_TABLE], m->rtm_table, &ret->table);
	if (error == 0)
		error = nl_get_ip(a.at[RTA_DST], m->rtm_family, &ret->dest);
	if (error == 0)
		error = nl_get_ip(a.at[RTA_PREFSRC], m->rtm_family, &ret->source);
	if (error == 0)
		error = nl_get_u32(a.at[RTA_PRIORITY], 0, &ret->metric);
	if (error == 0)
		error = take_metrics(a.at[RTA_METRICS], ret->metrics);
	if (error == 0)
		error = take_way(&a, m->rtm_family, ret);
	return error == 0 && ret->prefix > inaddr_bits(&ret->dest) ? EINVAL : error;
}

static bool
is_kind(uint8_t type)
{
	return type == RTN_UNICAST || type == RTN_BLACKHOLE || type == RTN_UNREACHABLE ||
	       type == RTN_PROHIBIT || type == RTN_THROW;
}

int
nl_new_route(struct nl_request *r)
{
	unsigned flags = r->h->nlmsg_flags;
	unsigned how = ((flags & NLM_F_CREATE) != 0 ? RTABLE_CREATE : 0) |
		       ((flags & NLM_F_EXCL) != 0 ? RTABLE_EXCL : 0) |
		       ((flags & NLM_F_REPLACE) != 0 ? RTABLE_REPLACE : 0) |
		       ((flags & NLM_F_APPEND) != 0 ? RTABLE_APPEND : 0);
	struct rentry route;
	int error = parse(r, &route);

	if (error == 0 && !is_kind(route.type))
		error = EOPNOTSUPP;
	return error != 0 ? error : rtable_put(&route, how, &r->message);
}

int
nl_delete_route(struct nl_request *r)
{
	struct rentry route;
	int error = parse(r, &route);

	return error != 0 ? error : rtable_delete(&route);
}
