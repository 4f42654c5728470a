/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of interfaces, and the routes that come and go with them.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/ifnet.h"
#include "net/ifnet_priv.h"
#include "net/netevent.h"
#include "net/rtable.h"

#define METRIC_CONNECTED6 256 /* what Linux gives the connected routes of IPv6 */

/* --- the connected route --- */

static struct rentry
connected_route(const struct ifnet_addr *a)
{
	bool v4 = inaddr_is_v4(&a->ip);

	return (struct rentry){
	    .dest = inaddr_network(&a->peer, a->prefix),
	    .prefix = a->prefix,
	    .gateway = inaddr_any(v4),
	    .source = v4 ? a->ip : inaddr_any(false),
	    .ifp = a->ifp,
	    .metric = a->metric != 0 || v4 ? a->metric : METRIC_CONNECTED6,
	    .type = RTN_UNICAST,
	    .scope = v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
	    .protocol = RTPROT_KERNEL,
	};
}

static bool
wants_route(const struct ifnet_addr *a)
{
	if (a->ifp->flags & IFF_LOOPBACK || a->flags & IFA_F_NOPREFIXROUTE ||
	    a->flags & IFA_F_SECONDARY || inaddr_is_multicast(&a->ip))
		return false;
	return !inaddr_is_v4(&a->ip) || a->prefix < 32 || !inaddr_same_ip(&a->ip, &a->peer);
}

static void
connect_route(const struct ifnet_addr *a)
{
	struct rentry r = connected_route(a);

	if (wants_route(a) && ifnet_is_up(a->ifp))
		(void)rtable_add(&r); /* EEXIST: another address of the same network has made it */
}

void
ifaddr_connect(const struct ifnet_addr *a)
{
	ifaddr_tell_local(a, IFADDR_LOCAL_GIVEN, NETEVENT_LOCAL);
	connect_route(a);
	ifaddr_tell_local(a, IFADDR_LOCAL_NETWORK, NETEVENT_LOCAL);
	ifaddr_tell_local(a, IFADDR_LOCAL_LAST, NETEVENT_LOCAL);
}

/* Another address that the same connected route stands for. */
static struct ifnet_addr *
twin(const struct ifnet_addr *a)
{
	struct ifnet_addr *b;

	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (b != a && b->prefix == a->prefix && wants_route(b) &&
		    inaddr_in_prefix(&b->peer, &a->peer, a->prefix))
			return b;
	return NULL;
}

static void
disconnect_route(const struct ifnet_addr *a)
{
	struct rentry r = connected_route(a);
	struct ifnet_addr *other = twin(a);

	if (!wants_route(a) || (other != NULL && !inaddr_is_v4(&a->ip)))
		return;
	(void)rtable_delete(&r);
	if (other != NULL)
		connect_route(other);
}

static void
disconnect(const struct ifnet_addr *a)
{
	disconnect_route(a);
	ifaddr_tell_local(a, IFADDR_LOCAL_NETWORK, NETEVENT_LOCAL_GONE);
	ifaddr_tell_local(a, IFADDR_LOCAL_GIVEN, NETEVENT_LOCAL_GONE);
	ifaddr_tell_local(a, IFADDR_LOCAL_LAST, NETEVENT_LOCAL_GONE);
}

/* --- lookup --- */

struct ifnet_addr *
ifaddr_find(const struct ifnet *on, const struct inaddr *ip)
{
	const struct inaddr plain = inaddr_on_link(ip, 0);
	uint32_t index = inaddr_link(ip);
	struct ifnet *ifp;
	struct ifnet_addr *a;

	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if ((on != NULL && ifp != on) || (index != 0 && (uint32_t)ifp->index != index))
			continue;
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (inaddr_same_ip(&a->ip, &plain))
				return a;
	}
	return NULL;
}

struct ifnet *
ifaddr_owner(const struct inaddr *ip)
{
	struct ifnet_addr *a;

	if (inaddr_is_local(ip))
		return ifnet_by_index(IFNET_LO);
	a = ifaddr_find(NULL, ip);
	return a != NULL ? a->ifp : NULL;
}

bool
ifaddr_has_broadcast(const struct ifnet_addr *a)
{
	return inaddr_is_v4(&a->ip) && a->prefix < 31 && !inaddr_is_multicast(&a->ip);
}

/* The last of its network, whatever else it was given. */
static bool
is_broadcast_of(const struct ifnet_addr *a, const struct inaddr *ip)
{
	struct inaddr last;

	if (!inaddr_is_any(&a->broadcast) && inaddr_same_ip(&a->broadcast, ip))
		return true;
	if (!ifaddr_has_broadcast(a))
		return false;
	last = inaddr_last(&a->ip, a->prefix);
	return inaddr_same_ip(&last, ip);
}

struct ifnet *
ifaddr_broadcast(const struct inaddr *ip)
{
	struct ifnet *ifp;
	struct ifnet_addr *a;

	if (!inaddr_is_v4(ip))
		return NULL;
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (!(ifp->flags & IFF_BROADCAST))
			continue;
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (is_broadcast_of(a, ip))
				return ifp;
	}
	return NULL;
}

/* How well an address suits as the source to dest; 0: not at all. */
static unsigned
suits(const struct ifnet_addr *a, const struct inaddr *dest)
{
	unsigned fit = 1;

	if (inaddr_is_v4(&a->ip) != inaddr_is_v4(dest) || a->flags & IFA_F_TENTATIVE)
		return 0;
	if (!inaddr_is_v4(dest) && a->scope != inaddr_scope(dest) && a->scope == RT_SCOPE_LINK)
		return 0; /* nobody could answer beyond the link */
	if (a->scope == inaddr_scope(dest) || inaddr_is_v4(dest))
		fit += 4;
	if (!(a->flags & IFA_F_DEPRECATED))
		fit += 2;
	if (inaddr_in_prefix(dest, &a->peer, a->prefix))
		fit += 8;
	return fit;
}

const struct ifnet_addr *
ifaddr_source(const struct ifnet *ifp, const struct inaddr *dest)
{
	const struct ifnet_addr *a, *best = NULL;
	unsigned high = 0, fit;

	TAILQ_FOREACH (a, &ifp->addrs, link) {
		fit = suits(a, dest);
		if (fit > high) {
			high = fit;
			best = a;
		}
	}
	return best;
}

/* --- changes --- */

static void
tell(enum netevent_kind kind, const struct ifnet_addr *a)
{
	netevent_tell(&(struct netevent){.kind = kind, .ifp = a->ifp, .addr = a});
}

static bool
is_possible(const struct ifnet *ifp, const struct inaddr *ip)
{
	if (inaddr_is_any(ip))
		return false;
	return inaddr_is_v4(ip) || !inaddr_is_local(ip) || ifp->flags & IFF_LOOPBACK;
}

static int
check(struct ifnet *ifp, const struct ifaddr_params *p)
{
	struct ifnet_addr *a;

	if (p->prefix > inaddr_bits(&p->ip) ||
	    (!inaddr_is_v4(&p->ip) && inaddr_is_multicast(&p->ip)))
		return EINVAL;
	if (!is_possible(ifp, &p->ip))
		return EADDRNOTAVAIL;
	TAILQ_FOREACH (a, &ifp->addrs, link)
		if (inaddr_same_ip(&a->ip, &p->ip) &&
		    (a->prefix == p->prefix || !inaddr_is_v4(&p->ip)))
			return EEXIST;
	return 0;
}

static struct inaddr
broadcast_of(const struct ifnet *ifp, const struct ifaddr_params *p)
{
	if (!inaddr_is_v4(&p->ip))
		return inaddr_any(false);
	if (p->broadcast != NULL)
		return *p->broadcast;
	if (!(ifp->flags & IFF_BROADCAST) || p->prefix > 30)
		return inaddr_any(true);
	return inaddr_last(&p->ip, p->prefix);
}

/* Secondary: not the first of its network. */
static bool
is_secondary(const struct ifnet *ifp, const struct inaddr *ip, unsigned prefix)
{
	struct ifnet_addr *a;

	TAILQ_FOREACH (a, &ifp->addrs, link)
		if (a->prefix == prefix && inaddr_is_v4(ip) && inaddr_in_prefix(ip, &a->ip, prefix))
			return true;
	return false;
}

/*
 * Linux shows IPv4 before IPv6: of IPv4 a new one behind the others of the same or a narrower
 * scope, secondary ones last; of IPv6 before all but those of a wider scope.
 */
static bool
stays_before(const struct ifnet_addr *old, const struct ifnet_addr *new)
{
	if (inaddr_is_v4(&old->ip) != inaddr_is_v4(&new->ip))
		return inaddr_is_v4(&old->ip);
	if (!inaddr_is_v4(&new->ip))
		return old->scope < new->scope;
	return new->flags &IFA_F_SECONDARY ||
	       (!(old->flags & IFA_F_SECONDARY) && new->scope <= old->scope);
}

static void
insert(struct ifnet_addr *a)
{
	struct ifnet_addr *b, *at = NULL;

	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (stays_before(b, a))
			at = b;
	if (at != NULL)
		TAILQ_INSERT_AFTER(&a->ifp->addrs, at, a, link);
	else
		TAILQ_INSERT_HEAD(&a->ifp->addrs, a, link);
}

/* In Linux's order, here and in withdraw(): of IPv6 the connected route comes first and goes last.
 */
static void
announce(const struct ifnet_addr *a)
{
	bool v4 = inaddr_is_v4(&a->ip);

	if (!v4)
		ifaddr_connect(a);
	tell(NETEVENT_ADDR, a);
	ifaddr_tell_local(a, IFADDR_LOCAL_OWN, NETEVENT_LOCAL);
	if (v4)
		ifaddr_connect(a);
}

static void
withdraw(const struct ifnet_addr *a)
{
	bool v4 = inaddr_is_v4(&a->ip);

	tell(NETEVENT_ADDR_GONE, a);
	if (v4)
		disconnect(a);
	ifaddr_tell_local(a, IFADDR_LOCAL_OWN, NETEVENT_LOCAL_GONE);
	if (!v4)
		disconnect(a);
}

int
ifaddr_add(struct ifnet *ifp, const struct ifaddr_params *p, struct ifnet_addr **ret)
{
	int error = check(ifp, p);
	struct ifnet_addr *a;

	if (error != 0)
		return error;
	a = calloc(1, sizeof *a);
	if (a == NULL)
		return ENOMEM;
	a->ifp = ifp;
	a->ip = p->ip;
	a->ip.port = 0;
	a->peer = p->peer != NULL ? *p->peer : a->ip;
	a->broadcast = broadcast_of(ifp, p);
	a->prefix = p->prefix;
	a->scope = p->scope >= 0 ? (uint8_t)p->scope : inaddr_scope(&p->ip);
	a->flags = p->flags;
	a->metric = p->metric;
	if (is_secondary(ifp, &a->peer, a->prefix))
		a->flags |= IFA_F_SECONDARY;
	snprintf(a->label, sizeof a->label, "%s", p->label != NULL ? p->label : ifp->name);
	insert(a);
	ifaddr_set_life(a, p->valid, p->preferred);
	announce(a);
	if (ret != NULL)
		*ret = a;
	return 0;
}

void
ifaddr_change(struct ifnet_addr *a, const struct ifaddr_params *p)
{
	bool had_route = wants_route(a);

	if (had_route && a->metric != p->metric)
		disconnect_route(a);
	a->metric = p->metric;
	a->flags = (a->flags & IFA_F_SECONDARY) | (p->flags & ~(uint32_t)IFA_F_SECONDARY);
	ifaddr_set_life(a, p->valid, p->preferred);
	tell(NETEVENT_ADDR, a);
	connect_route(a);
}

static void
drop(struct ifnet_addr *a)
{
	TAILQ_REMOVE(&a->ifp->addrs, a, link);
	withdraw(a);
	if (ifaddr_find(NULL, &a->ip) == NULL)
		rtable_forget(NULL, &a->ip);
	free(a);
}

static struct ifnet_addr *
first_secondary(const struct ifnet_addr *a)
{
	struct ifnet_addr *b;

	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (b != a && b->flags & IFA_F_SECONDARY && b->prefix == a->prefix &&
		    inaddr_in_prefix(&b->ip, &a->ip, a->prefix))
			return b;
	return NULL;
}

/* Those of its network that are secondary go with it. */
void
ifaddr_free(struct ifnet_addr *a)
{
	struct ifnet_addr *b;

	while (!(a->flags & IFA_F_SECONDARY) && (b = first_secondary(a)) != NULL)
		drop(b);
	drop(a);
}

int
ifaddr_delete(struct ifnet *ifp, const struct inaddr *ip, unsigned prefix)
{
	struct ifnet_addr *a;

	TAILQ_FOREACH (a, &ifp->addrs, link) {
		if (inaddr_same_ip(&a->ip, ip) && a->prefix == prefix) {
			ifaddr_free(a);
			return 0;
		}
	}
	return EADDRNOTAVAIL;
}
