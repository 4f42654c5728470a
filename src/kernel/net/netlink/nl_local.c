/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routing table `local` by netlink: no table of ours, but what follows from the addresses of
 * the interfaces.
 */
#include <linux/if_addr.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"

#define METRIC_MULTICAST6 256

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

	m->rtm_family = v4 ? AF_INET : AF_INET6;
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

void
nl_put_locals(struct nl_out *o, bool v4)
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
