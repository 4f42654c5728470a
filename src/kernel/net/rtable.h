/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: one table for each family, as `ip route` and `ip -6 route` show and change it.
 *
 * The longest prefix wins, then the lowest metric, then the oldest.  Addresses of interfaces that
 * are up bring their connected routes (ifnet.h).  The routes to own addresses, which Linux keeps in
 * its table `local`, follow from the interfaces' addresses and are not entries.
 */
#ifndef KERNEL_NET_RTABLE_H
#define KERNEL_NET_RTABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "socket/inaddr.h"

struct ifnet;

struct rentry {
	TAILQ_ENTRY(rentry) link;
	struct inaddr
	    dest; /* its family is the route's; any() with prefix 0 is the default route */
	unsigned prefix;
	struct inaddr gateway; /* any(): the destination is on the link */
	struct inaddr source;  /* preferred source, or any() */
	struct ifnet *ifp;     /* NULL for unreachable, blackhole, prohibit */
	uint32_t metric;
	uint32_t mtu;     /* 0: the interface's */
	uint8_t type;     /* RTN_* */
	uint8_t scope;    /* RT_SCOPE_* */
	uint8_t protocol; /* RTPROT_* */
};
TAILQ_HEAD(rentry_list, rentry);

extern struct rentry_list rtable_all; /* in the order of preference, IPv4 and IPv6 mixed */

/*
 * Adds a copy.  A NULL ifp with a gateway is found from the gateway.  EEXIST if there is one with
 * the same destination and metric; ENETUNREACH for a gateway that is on no link; ENETDOWN; EINVAL.
 * A zero metric is 1024 for IPv6, as on Linux.
 */
int rtable_add(const struct rentry *);
/* Deletes the first that matches what is given (any(), 0 and NULL match all but dest and prefix):
 * ESRCH. */
int rtable_delete(const struct rentry *);
/* Those through the interface, or all with that source address (ip not NULL). */
void rtable_forget(const struct ifnet *, const struct inaddr *ip);
void rtable_fini(void);

/* Where a packet goes.  `local`: to this kernel itself. */
struct rtable_hop {
	struct ifnet *ifp;
	struct inaddr gateway; /* the next hop: a gateway, or dest itself */
	struct inaddr source;  /* any() if the kernel has no address for it */
	unsigned mtu;
	bool local;
	const struct rentry *route; /* NULL if local */
};

/*
 * `oif`: only through this interface, or NULL.  ENETUNREACH; what a route of type unreachable
 * (EHOSTUNREACH), prohibit (EACCES) or blackhole (EINVAL) says.
 */
int rtable_lookup(const struct inaddr *dest, const struct ifnet *oif, struct rtable_hop *ret);

#endif
