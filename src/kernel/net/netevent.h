/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News of the network's tables: whoever wants to follow them (the stack, netlink's multicast
 * groups) has a function called after each change, before a deletion frees the object.
 */
#ifndef KERNEL_NET_NETEVENT_H
#define KERNEL_NET_NETEVENT_H

#include <sys/queue.h>

struct ifnet;
struct ifnet_addr;
struct ifaddr_local;
struct rentry;
struct neigh;
struct rule;

enum netevent_kind {
	NETEVENT_LINK, /* new, or changed */
	NETEVENT_LINK_GONE,
	NETEVENT_ADDR,
	NETEVENT_ADDR_GONE,
	NETEVENT_ROUTE,
	NETEVENT_ROUTE_GONE,
	NETEVENT_LOCAL, /* what follows from addresses: the routing table `local` */
	NETEVENT_LOCAL_GONE,
	NETEVENT_NEIGH,
	NETEVENT_NEIGH_GONE,
	NETEVENT_RULE,
	NETEVENT_RULE_GONE,
};

struct netevent {
	enum netevent_kind kind;
	struct ifnet *ifp; /* always set, but for rules, and routes without an interface */
	const struct ifnet_addr *addr;
	const struct rentry *route;
	const struct ifaddr_local *local;
	const struct neigh *neigh;
	const struct rule *rule;
};

struct netevent_watcher {
	LIST_ENTRY(netevent_watcher) all;
	void (*fn)(struct netevent_watcher *, const struct netevent *);
};

/* In the order of their coming. */
void netevent_watch(struct netevent_watcher *);
void netevent_unwatch(struct netevent_watcher *);
void netevent_tell(const struct netevent *);

#endif
