/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes, as `ip route` and `ip -6 route` show and change them.
 *
 * The rules (rules.h) say in which tables a destination is looked up.  In a table the longest
 * prefix wins, then the lowest metric, then the oldest.  Addresses of interfaces that are up bring
 * their connected routes (ifnet.h).  The routes to own addresses, which Linux keeps in its table
 * `local`, follow from the interfaces' addresses and are not entries.
 */
#ifndef KERNEL_NET_RTABLE_H
#define KERNEL_NET_RTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "socket/inaddr.h"

struct ifnet;

#define RENTRY_MORE_MAX 15
#define RENTRY_METRICS  18

/* One of several ways that a route has. */
struct rhop {
	struct inaddr gateway; /* any(): the destination is on the link */
	struct ifnet *ifp;
	unsigned weight; /* how often it is taken, less 1 */
	bool onlink;     /* the gateway is there whatever the other routes say */
};

struct rentry {
	TAILQ_ENTRY(rentry) link;
	struct inaddr
	    dest; /* its family is the route's; any() with prefix 0 is the default route */
	unsigned prefix;
	uint32_t table;        /* RT_TABLE_*; 0: main */
	struct inaddr gateway; /* any(): the destination is on the link */
	struct inaddr source;  /* preferred source, or any() */
	struct ifnet *ifp;     /* NULL for unreachable, blackhole, prohibit, throw */
	bool onlink;
	unsigned weight;
	unsigned nmore; /* ways besides the one above */
	struct rhop more[RENTRY_MORE_MAX];
	uint32_t metric;
	uint32_t metrics[RENTRY_METRICS]; /* by RTAX_*; 0: none */
	uint8_t type;                     /* RTN_* */
	uint8_t scope;                    /* RT_SCOPE_* */
	uint8_t protocol;                 /* RTPROT_* */
	uint8_t preference;               /* of IPv6, as RTA_PREF has it: for show */
	int64_t expires_ms;               /* netloop_now_ms(); 0: never */
};
TAILQ_HEAD(rentry_list, rentry);

extern struct rentry_list rtable_all; /* in the order of preference, IPv4 and IPv6 mixed */

/* Its ways, by number. */
unsigned rentry_hops(const struct rentry *);
struct rhop rentry_hop(const struct rentry *, unsigned i);
bool rentry_has_link(const struct rentry *, const struct ifnet *);
bool rentry_is_way(const struct rentry *); /* and no refusal */

/* What to do where there is one for the same destination with the same metric. */
enum {
	RTABLE_CREATE = 1,  /* without: ENOENT where there is none */
	RTABLE_EXCL = 2,    /* EEXIST */
	RTABLE_REPLACE = 4, /* take its place */
	RTABLE_APPEND = 8,  /* stand behind it; without: before it */
};

/*
 * Puts a copy into its table.  A NULL ifp with a gateway is found from the gateway.  ENETUNREACH,
 * EHOSTUNREACH for a gateway that is on no link; ENETDOWN; EINVAL.  *ret_why, if not NULL, is what
 * Linux says about the error, or NULL.  A zero metric is 1024 for IPv6, as on Linux.
 */
int rtable_put(const struct rentry *, unsigned how, const char **ret_why);
/* A new one; the kernel's own stand behind what is there. */
int rtable_add(const struct rentry *);
/* Deletes the first that matches what is given (any(), 0 and NULL match all but dest, prefix and
 * table): ESRCH. */
int rtable_delete(const struct rentry *);
/* Those through the interface, or all with that source address (ip not NULL). */
void rtable_forget(const struct ifnet *, const struct inaddr *ip);
void rtable_link_down(void); /* those that have no link left */
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

/* What is to be sent, as far as it is known: any(), NULL, 0. */
struct rtable_query {
	struct inaddr dest, source;
	const struct ifnet *oif; /* only through this interface */
	const struct ifnet *iif; /* on which it came, to be forwarded */
	uint32_t mark;
	bool on_link; /* only by routes without a gateway */
};

/* ENETUNREACH; what a route or rule of type unreachable (EHOSTUNREACH), prohibit (EACCES) or
 * blackhole (EINVAL) says. */
int rtable_find(const struct rtable_query *, struct rtable_hop *ret);
/* In one table, without the rules; NULL. */
const struct rentry *rtable_find_in(uint32_t table, const struct rtable_query *);
int rtable_lookup(const struct inaddr *dest, const struct ifnet *oif, struct rtable_hop *ret);
/* To this kernel itself, without packets. */
bool rtable_hop_is_fused(const struct rtable_hop *);

/* All of a family in the order in which Linux shows them, from malloc; NULL if there is none. */
const struct rentry **rtable_list(bool v4, size_t *ret_n);

#endif
