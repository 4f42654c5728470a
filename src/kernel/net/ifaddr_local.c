/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the routing table `local` holds: no table of ours, but what follows from the addresses of
 * the interfaces.
 */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "net/ifnet.h"
#include "net/netevent.h"

/* The first of the network that a secondary one is in, or itself. */
static struct inaddr
primary_of(const struct ifnet_addr *a)
{
	const struct ifnet_addr *b;

	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (a->flags & IFA_F_SECONDARY && b->prefix == a->prefix &&
		    inaddr_in_prefix(&a->ip, &b->ip, b->prefix))
			return b->ip;
	return a->ip;
}

/* All but the address itself are there while the interface is up, once a network. */
static bool
has(const struct ifnet_addr *a, enum ifaddr_local_kind kind)
{
	if (kind == IFADDR_LOCAL_OWN)
		return inaddr_is_v4(&a->ip) || ifnet_is_up(a->ifp);
	if (!inaddr_is_v4(&a->ip) || a->flags & IFA_F_SECONDARY || !ifnet_is_up(a->ifp))
		return false;
	if (kind == IFADDR_LOCAL_NETWORK)
		return (a->ifp->flags & IFF_LOOPBACK) != 0 && a->prefix < 32;
	if (kind == IFADDR_LOCAL_GIVEN)
		return !inaddr_is_any(&a->broadcast);
	return ifaddr_has_broadcast(a);
}

bool
ifaddr_local(const struct ifnet_addr *a, enum ifaddr_local_kind kind, struct ifaddr_local *ret)
{
	if (!has(a, kind))
		return false;
	*ret = (struct ifaddr_local){
	    .dest = a->ip,
	    .source = a->ip,
	    .prefix = inaddr_bits(&a->ip),
	    .type = RTN_LOCAL,
	    .ifp = a->ifp,
	};
	switch (kind) {
	case IFADDR_LOCAL_OWN:
		ret->source = primary_of(a);
		break;
	case IFADDR_LOCAL_NETWORK:
		ret->dest = inaddr_network(&a->ip, a->prefix);
		ret->prefix = a->prefix;
		break;
	case IFADDR_LOCAL_GIVEN:
		ret->dest = a->broadcast;
		ret->type = RTN_BROADCAST;
		break;
	case IFADDR_LOCAL_LAST:
		ret->dest = inaddr_last(&a->ip, a->prefix);
		ret->type = RTN_BROADCAST;
		break;
	}
	return true;
}

static bool
makes(const struct ifnet_addr *a, unsigned kinds, const struct inaddr *dest)
{
	struct ifaddr_local l;

	for (unsigned kind = 0; kind < kinds; kind++)
		if (ifaddr_local(a, kind, &l) && inaddr_same_ip(&l.dest, dest))
			return true;
	return false;
}

/* An earlier kind of the same address stands for it, or another address. */
static bool
is_twice(const struct ifnet_addr *a, enum ifaddr_local_kind kind, const struct inaddr *dest)
{
	const struct ifnet_addr *b;

	if (makes(a, kind, dest))
		return true;
	TAILQ_FOREACH (b, &a->ifp->addrs, link)
		if (b != a && makes(b, IFADDR_LOCAL_KINDS, dest))
			return true;
	return false;
}

void
ifaddr_tell_local(const struct ifnet_addr *a, enum ifaddr_local_kind kind, enum netevent_kind news)
{
	struct ifaddr_local l;

	if (ifaddr_local(a, kind, &l) && !is_twice(a, kind, &l.dest))
		netevent_tell(&(struct netevent){.kind = news, .ifp = a->ifp, .local = &l});
}
