/* SPDX-License-Identifier: BSD-2-Clause */
/* The ioctls about routes and neighbours. */
#include "net/rtioctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <string.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/rtable.h"

#define HEADERS 40 /* of IPv4 and TCP: what is called MTU here is for TCP */

/* --- routes --- */

static struct inaddr
v4_in(const struct sockaddr *sa)
{
	struct sockaddr_in in;

	memcpy(&in, sa, sizeof in);
	return inaddr_v4(ntohl(in.sin_addr.s_addr), 0);
}

/* The interface of that name in the program's memory. */
static int
get_interface(struct lwp *l, const char *at, struct ifnet **ret)
{
	char name[IFNAMSIZ];
	int error;

	*ret = NULL;
	if (at == NULL)
		return 0;
	error = uptr_get(l, (uintptr_t)at, name, sizeof name);
	if (error != 0)
		return error;
	name[sizeof name - 1] = '\0';
	*ret = ifnet_by_name(name);
	return *ret == NULL ? ENODEV : 0;
}

static int
prefix_of(const struct rtentry *rt, unsigned *ret)
{
	struct inaddr given = v4_in(&rt->rt_genmask);
	uint32_t mask = (rt->rt_flags & RTF_HOST) != 0 ? UINT32_MAX : inaddr_v4_of(&given);

	if ((mask & (~mask >> 1)) != 0) /* not ones, then zeroes */
		return EINVAL;
	*ret = (unsigned)__builtin_popcount(mask);
	return 0;
}

static int
get_route4(struct lwp *l, uint64_t arg, struct rentry *ret)
{
	struct rtentry rt;
	int error = uptr_get(l, arg, &rt, sizeof rt);

	if (error != 0)
		return error;
	if (rt.rt_dst.sa_family != AF_INET)
		return EAFNOSUPPORT;
	*ret = (struct rentry){.dest = v4_in(&rt.rt_dst),
	    .gateway = (rt.rt_flags & RTF_GATEWAY) != 0 ? v4_in(&rt.rt_gateway) : inaddr_any(true),
	    .source = inaddr_any(true),
	    .metric = rt.rt_metric > 0 ? (uint32_t)rt.rt_metric - 1 : 0,
	    .type = (rt.rt_flags & RTF_REJECT) != 0 ? RTN_UNREACHABLE : RTN_UNICAST,
	    .scope = (rt.rt_flags & RTF_REJECT) != 0    ? RT_SCOPE_HOST
		     : (rt.rt_flags & RTF_GATEWAY) != 0 ? RT_SCOPE_UNIVERSE
							: RT_SCOPE_LINK,
	    .protocol = RTPROT_BOOT};
	if ((rt.rt_flags & RTF_MTU) != 0)
		ret->metrics[RTAX_ADVMSS] = (uint32_t)rt.rt_mtu - HEADERS;
	if ((rt.rt_flags & RTF_WINDOW) != 0)
		ret->metrics[RTAX_WINDOW] = (uint32_t)rt.rt_window;
	error = prefix_of(&rt, &ret->prefix);
	return error != 0 ? error : get_interface(l, rt.rt_dev, &ret->ifp);
}

static struct inaddr
v6_in(const struct in6_addr *ip)
{
	struct inaddr a = inaddr_any(false);

	memcpy(a.ip, ip, sizeof a.ip);
	return a;
}

static int
get_route6(struct lwp *l, uint64_t arg, struct rentry *ret)
{
	struct in6_rtmsg rt;
	int error = uptr_get(l, arg, &rt, sizeof rt);

	if (error != 0)
		return error;
	*ret = (struct rentry){.dest = v6_in(&rt.rtmsg_dst),
	    .prefix = rt.rtmsg_dst_len,
	    .gateway = v6_in(&rt.rtmsg_gateway),
	    .source = inaddr_any(false),
	    .metric = rt.rtmsg_metric,
	    .type = RTN_UNICAST,
	    .protocol = RTPROT_BOOT};
	if (rt.rtmsg_ifindex == 0)
		return 0;
	ret->ifp = ifnet_by_index(rt.rtmsg_ifindex);
	return ret->ifp == NULL ? ENODEV : 0;
}

static int
change_route(struct lwp *l, int family, unsigned long request, uint64_t arg)
{
	struct rentry r;
	int error = family == AF_INET6 ? get_route6(l, arg, &r) : get_route4(l, arg, &r);

	if (error != 0)
		return error;
	if (request == SIOCADDRT)
		return rtable_add(&r);
	r.type = RTN_UNSPEC;
	r.protocol = RTPROT_UNSPEC;
	return rtable_delete(&r);
}

/* --- neighbours --- */

struct search {
	const struct inaddr *ip;
	const struct ifnet *ifp; /* NULL: any */
	bool found;
	struct neigh neigh;
};

static void
look(void *arg, const struct neigh *n)
{
	struct search *s = arg;

	if (s->found || !inaddr_same_ip(&n->ip, s->ip) || (s->ifp != NULL && n->ifp != s->ifp))
		return;
	s->found = true;
	s->neigh = *n;
}

/* What is known of the neighbour, into the request. */
static int
get_neigh(struct arpreq *r, const struct inaddr *ip, const struct ifnet *ifp)
{
	struct search s = {.ip = ip, .ifp = ifp};

	neigh_each(look, &s);
	if (!s.found)
		return ENXIO;
	r->arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(r->arp_ha.sa_data, s.neigh.mac, sizeof s.neigh.mac);
	r->arp_flags = ATF_COM | ((s.neigh.state & NUD_PERMANENT) != 0 ? ATF_PERM : 0);
	return 0;
}

/* The interface that is named, or else the one that leads there. */
static int
link_to(const struct arpreq *r, const struct inaddr *ip, struct ifnet **ret)
{
	char name[sizeof r->arp_dev + 1] = "";
	struct rtable_hop hop;
	int error;

	memcpy(name, r->arp_dev, sizeof r->arp_dev);
	if (name[0] != '\0') {
		*ret = ifnet_by_name(name);
		return *ret == NULL ? ENODEV : 0;
	}
	error = rtable_lookup(ip, NULL, &hop);
	*ret = error == 0 ? hop.ifp : NULL;
	return error;
}

static int
do_neigh(struct lwp *l, unsigned long request, uint64_t arg)
{
	struct arpreq r;
	struct inaddr ip;
	struct ifnet *ifp;
	int error = uptr_get(l, arg, &r, sizeof r);

	if (error != 0)
		return error;
	if (r.arp_pa.sa_family != AF_INET)
		return EPFNOSUPPORT;
	ip = v4_in(&r.arp_pa);
	error = link_to(&r, &ip, &ifp);
	if (error != 0)
		return error;
	if (request == SIOCSARP)
		return neigh_set(ifp, &ip, (const uint8_t *)r.arp_ha.sa_data);
	if (request == SIOCDARP) {
		error = neigh_delete(ifp, &ip);
		return error == ENOENT ? ENXIO : error;
	}
	error = get_neigh(&r, &ip, ifp);
	return error != 0 ? error : uptr_put(l, arg, &r, sizeof r);
}

int
rtioctl(struct lwp *l, int family, unsigned long request, uint64_t arg)
{
	switch (request) {
	case SIOCGARP:
		return do_neigh(l, request, arg);
	case SIOCSARP:
	case SIOCDARP:
		return cred_is_admin(&l->proc->cred) ? do_neigh(l, request, arg) : EPERM;
	case SIOCADDRT:
	case SIOCDELRT:
		return cred_is_admin(&l->proc->cred) ? change_route(l, family, request, arg)
						     : EPERM;
	default:
		return ENOTTY;
	}
}
