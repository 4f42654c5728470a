/* SPDX-License-Identifier: BSD-2-Clause */
/* The routing table `local` by netlink. */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"

#define METRIC_MULTICAST6 256

struct locals {
	struct ifaddr_local *all;
	size_t n;
};

void
nl_put_local(struct nl_out *o, uint16_t type, const struct ifaddr_local *l)
{
	struct rtmsg *m = nl_begin(o, type, sizeof *m);
	bool v4 = inaddr_is_v4(&l->dest);

	m->rtm_family = v4 ? AF_INET : AF_INET6;
	m->rtm_dst_len = (unsigned char)l->prefix;
	m->rtm_table = RT_TABLE_LOCAL;
	m->rtm_protocol = RTPROT_KERNEL;
	m->rtm_scope = !v4                    ? RT_SCOPE_UNIVERSE
		       : l->type == RTN_LOCAL ? RT_SCOPE_HOST
					      : RT_SCOPE_LINK;
	m->rtm_type = l->type;
	if (l->type != RTN_LOCAL && !ifnet_has_carrier(l->ifp))
		m->rtm_flags = RTNH_F_LINKDOWN;
	mnl_attr_put_u32(o->message, RTA_TABLE, RT_TABLE_LOCAL);
	nl_put_ip(o, RTA_DST, &l->dest);
	if (v4)
		nl_put_ip(o, RTA_PREFSRC, &l->source);
	else
		mnl_attr_put_u32(
		    o->message, RTA_PRIORITY, l->type == RTN_LOCAL ? 0 : METRIC_MULTICAST6);
	mnl_attr_put_u32(o->message, RTA_OIF, (uint32_t)l->ifp->index);
	if (!v4)
		mnl_attr_put_u8(o->message, RTA_PREF, 0);
	nl_end(o);
}

static bool
is_there(const struct locals *s, const struct ifaddr_local *l)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].ifp == l->ifp && inaddr_same_ip(&s->all[i].dest, &l->dest))
			return true;
	return false;
}

static void
add_local(struct locals *s, const struct ifaddr_local *l)
{
	struct ifaddr_local *all;

	if (is_there(s, l))
		return;
	all = realloc(s->all, (s->n + 1) * sizeof *all);
	if (all == NULL)
		return;
	s->all = all;
	all[s->n++] = *l;
}

static void
add_locals_of(struct locals *s, const struct ifnet_addr *a)
{
	struct ifaddr_local l;

	for (unsigned kind = 0; kind < IFADDR_LOCAL_KINDS; kind++)
		if (ifaddr_local(a, kind, &l))
			add_local(s, &l);
}

/* Each interface is in all groups of IPv6. */
static void
add_groups(struct locals *s, const struct ifnet *ifp)
{
	add_local(s, &(struct ifaddr_local){
			 .dest = {.ip = {0xff}}, .prefix = 8, .type = RTN_MULTICAST, .ifp = ifp});
}

static int
compare_locals(const void *x, const void *y)
{
	const struct ifaddr_local *a = x, *b = y;
	int order = memcmp(a->dest.ip, b->dest.ip, sizeof a->dest.ip);

	return order != 0 ? order : a->ifp->index - b->ifp->index;
}

void
nl_put_locals(struct nl_out *o, bool v4)
{
	struct locals s = {.all = NULL};
	const struct ifnet_addr *a;
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (inaddr_is_v4(&a->ip) == v4)
				add_locals_of(&s, a);
		if (!v4 && ifnet_is_up(ifp) && (ifp->flags & IFF_LOOPBACK) == 0)
			add_groups(&s, ifp);
	}
	if (s.n > 0)
		qsort(s.all, s.n, sizeof *s.all, compare_locals);
	for (size_t i = 0; i < s.n; i++)
		nl_put_local(o, RTM_NEWROUTE, &s.all[i]);
	free(s.all);
}
