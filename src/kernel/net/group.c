/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast groups.
 *
 * A membership belongs to a socket, bound or not, so it is kept by the cookie that the host gave
 * the socket.  It goes with the bound address (bound.h); of sockets that were never bound, which
 * nobody tells the end of, only the latest are kept.
 *
 * As on Linux a socket gets what is for a group if anybody joined the group on that interface,
 * unless it joined the group itself for certain senders only.
 */
#include "net/group.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "net/bound.h"
#include "net/ifnet.h"
#include "net/remote.h"
#include "net/rtable.h"
#include "socket/sockhost.h"

#define PER_SOCKET_MAX 20 /* igmp_max_memberships of Linux */
#define MEMBERS_MAX    4096

struct member {
	TAILQ_ENTRY(member) all;
	uint64_t cookie;
	uint32_t index;
	struct inaddr group, source; /* source any: of all */
};

static TAILQ_HEAD(, member) members = TAILQ_HEAD_INITIALIZER(members);
static unsigned count;

/* What comes from other kernels is for the stack to take in. */
static void
tell_stack(const struct member *m, bool joined)
{
	const struct ifnet *ifp = ifnet_by_index((int)m->index);

	if (remote != NULL && ifp != NULL)
		remote->group(ifp, &m->group, joined);
}

static void
member_free(struct member *m)
{
	tell_stack(m, false);
	TAILQ_REMOVE(&members, m, all);
	count--;
	free(m);
}

/* --- joining and leaving --- */

/* The interface that the program means; NULL: there is none. */
static struct ifnet *
interface_of(uint32_t index, const struct inaddr *iface, const struct inaddr *group)
{
	struct rtable_hop hop;

	if (index != 0)
		return ifnet_by_index((int)index);
	if (!inaddr_is_any(iface))
		return ifaddr_owner(iface);
	return !inaddr_is_any(group) && rtable_lookup(group, NULL, &hop) == 0 ? hop.ifp : NULL;
}

static struct member *
find(uint64_t cookie, const struct deleg_group *ask, uint32_t index)
{
	struct member *m;

	TAILQ_FOREACH (m, &members, all)
		if (m->cookie == cookie && m->index == index &&
		    inaddr_same_ip(&m->group, &ask->group) &&
		    inaddr_same_ip(&m->source, &ask->source))
			return m;
	return NULL;
}

static int
join(uint64_t cookie, const struct deleg_group *ask, uint32_t index)
{
	unsigned mine = 0;
	struct member *m;

	if (find(cookie, ask, index) != NULL)
		return EADDRINUSE;
	TAILQ_FOREACH (m, &members, all)
		mine += m->cookie == cookie;
	if (mine >= PER_SOCKET_MAX)
		return ENOBUFS;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		return ENOBUFS;
	*m = (struct member){
	    .cookie = cookie, .index = index, .group = ask->group, .source = ask->source};
	TAILQ_INSERT_TAIL(&members, m, all);
	tell_stack(m, true);
	if (++count > MEMBERS_MAX)
		member_free(TAILQ_FIRST(&members));
	return 0;
}

int
group_change(int fd, const struct deleg_group *ask, int *ret_index)
{
	const struct ifnet *ifp = interface_of(ask->index, &ask->iface, &ask->group);
	struct member *m;
	uint64_t cookie;
	socklen_t len = sizeof cookie;
	int error;

	if (ifp == NULL)
		return ask->op == DELEG_INTERFACE ? EADDRNOTAVAIL : ENODEV;
	*ret_index = ifp->index;
	if (ask->op == DELEG_INTERFACE)
		return 0;
	if (!inaddr_is_multicast(&ask->group))
		return EINVAL;
	error = sockhost_getopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	if (error != 0)
		return error;
	if (ask->op == DELEG_JOIN)
		return join(cookie, ask, (uint32_t)ifp->index);
	m = find(cookie, ask, (uint32_t)ifp->index);
	if (m == NULL)
		return EADDRNOTAVAIL;
	member_free(m);
	return 0;
}

void
group_forget(uint64_t cookie)
{
	struct member *m, *next;

	for (m = TAILQ_FIRST(&members); m != NULL; m = next) {
		next = TAILQ_NEXT(m, all);
		if (m->cookie == cookie)
			member_free(m);
	}
}

void
group_fini(void)
{
	while (!TAILQ_EMPTY(&members))
		member_free(TAILQ_FIRST(&members));
}

/* --- receiving --- */

/* 224.0.0.1 and ff02::1: everybody is a member. */
static bool
is_all_hosts(const struct inaddr *group)
{
	struct inaddr all = inaddr_v4(INADDR_ALLHOSTS_GROUP, 0);
	struct inaddr all6 = {.ip = {0xff, 0x02, [15] = 1}};

	return inaddr_same_ip(group, &all) || inaddr_same_ip(group, &all6);
}

static bool
may_take(uint64_t cookie, const struct inaddr *group, const struct inaddr *src, uint32_t index)
{
	bool joined = false, by_somebody = is_all_hosts(group);
	const struct member *m;

	TAILQ_FOREACH (m, &members, all) {
		if (m->index != index || !inaddr_same_ip(&m->group, group))
			continue;
		by_somebody = true;
		if (m->cookie != cookie)
			continue;
		joined = true;
		if (inaddr_is_any(&m->source) || inaddr_same_ip(&m->source, src))
			return true;
	}
	return by_somebody && !joined;
}

bool
group_takes(
    const struct bound *b, const struct inaddr *dest, const struct inaddr *src, uint32_t index)
{
	bool v4 = inaddr_is_v4(dest);

	if (b->device != 0 && b->device != index)
		return false;
	if (b->own.port != dest->port || (b->connected && !inaddr_same(&b->dest, src)))
		return false;
	if (!inaddr_same_ip(&b->own, dest) &&
	    (!inaddr_is_any(&b->own) || (inaddr_is_v4(&b->own) && !v4) ||
		(!inaddr_is_v4(&b->own) && v4 && b->flags & DELEG_V6ONLY)))
		return false;
	return !inaddr_is_multicast(dest) || may_take(b->cookie, dest, src, index);
}

/* --- sending --- */

/* By which interface it leaves, and from which address. */
static int
way_out(const struct deleg_many *ask, struct rtable_hop *hop)
{
	const struct ifnet *ifp = NULL;
	struct ifnet *any;
	int error;

	if (ask->index != 0)
		ifp = ifnet_by_index((int)ask->index);
	else if (!inaddr_is_any(&ask->src) && !inaddr_is_multicast(&ask->src))
		ifp = ifaddr_owner(&ask->src);
	if (ask->index != 0 && ifp == NULL)
		return ENODEV;
	error = rtable_lookup(&ask->dest, ifp, hop);
	if (error != ENETUNREACH || ifp != NULL)
		return error;
	/* To all or to a group there need not be a route: the first interface will do. */
	TAILQ_FOREACH (any, &ifnet_all, link)
		if (!(any->flags & IFF_LOOPBACK) && rtable_lookup(&ask->dest, any, hop) == 0)
			return 0;
	return ENETUNREACH;
}

static void
add(struct deleg_receivers *reply, uint32_t *skip, const char *host, size_t len)
{
	if (*skip > 0) {
		(*skip)--;
		return;
	}
	reply->to[reply->n].len = (uint8_t)len;
	memcpy(reply->to[reply->n++].host, host, len);
}

static bool
is_member(uint64_t cookie, const struct inaddr *group)
{
	const struct member *m;

	TAILQ_FOREACH (m, &members, all)
		if (m->cookie == cookie && inaddr_same_ip(&m->group, group))
			return true;
	return false;
}

/* Somebody gets it only because others are in the group: are these still there? */
static void
tidy(const struct deleg_many *ask, const struct deleg_receivers *reply)
{
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(ask->dest.port, true), same_port) {
		if (inaddr_is_multicast(&ask->dest) && !is_member(b->cookie, &ask->dest) &&
		    group_takes(b, &ask->dest, &reply->src, reply->index)) {
			bound_sweep();
			return;
		}
	}
}

int
group_many(const struct deleg_many *ask, struct deleg_receivers *reply)
{
	uint32_t skip = ask->skip;
	struct sockhost proxy;
	struct rtable_hop hop;
	struct bound *b;
	bool lo;
	int error = way_out(ask, &hop);

	if (error != 0)
		return error;
	lo = hop.local || hop.ifp->flags & IFF_LOOPBACK;
	if (lo && !inaddr_is_v4(&ask->dest))
		return ENETUNREACH; /* IPv6 does groups only where the link can */
	*reply = (struct deleg_receivers){
	    .src = hop.source, .index = lo ? IFNET_LO : (uint32_t)hop.ifp->index};
	if (!inaddr_is_any(&ask->src) && ifaddr_owner(&ask->src) != NULL)
		reply->src = ask->src;
	else if (inaddr_is_any(&reply->src))
		reply->src = inaddr_loopback(inaddr_is_v4(&ask->dest));
	reply->src.port = ask->src.port;
	if (!lo && remote != NULL && remote->datagrams(&ask->dest, &proxy) == 0)
		add(reply, &skip, proxy.un.sun_path, sockhost_path_len(&proxy));
	if (!lo && ask->flags & DELEG_NOLOOP && inaddr_is_multicast(&ask->dest))
		return 0;
	tidy(ask, reply);
	LIST_FOREACH (b, bound_by_port(ask->dest.port, true), same_port)
		if (reply->n < DELEG_RECEIVERS && ((b->flags ^ ask->flags) & DELEG_PROTOCOL) == 0 &&
		    group_takes(b, &ask->dest, &reply->src, reply->index))
			add(reply, &skip, b->host, strlen(b->host));
	return 0;
}

/* --- listing --- */

static bool
is_on(const struct member *m, uint32_t index, const struct inaddr *group)
{
	return m->index == index && inaddr_same_ip(&m->group, group);
}

void
group_each_joined(uint32_t index, bool v4, group_fn *fn, void *arg)
{
	const struct member *m, *other;

	TAILQ_FOREACH (m, &members, all) {
		unsigned before = 0, users = 0;

		if (m->index != index || inaddr_is_v4(&m->group) != v4)
			continue;
		TAILQ_FOREACH (other, &members, all) {
			if (other == m)
				before = users;
			users += is_on(other, index, &m->group);
		}
		if (before == 0)
			fn(arg, &m->group, users);
	}
}
