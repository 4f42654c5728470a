/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listings of sockets.  What was bound is in tables; what is the host's alone (connections, and
 * numbers, users and queues of all sockets) is found by the host names.
 */
#include "net/socklist.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "net/bound.h"
#include "net/hostsocks.h"
#include "net/ifnet.h"
#include "net/local_table.h"
#include "net/remote.h"
#include "socket/deleg.h"

struct listing {
	int family, protocol;
	socklist_fn *fn;
	void *arg;
	struct hostsocks host;
};

static void
describe(struct socklist_entry *e, const struct hostsock *k)
{
	if (k == NULL)
		return;
	e->inode = k->inode;
	e->uid = k->uid;
	e->rqueue = k->rqueue;
	e->wqueue = k->wqueue;
}

/* --- bound sockets --- */

/* Of one through the stack, the stack knows. */
static void
state_of(struct socklist_entry *e, uint64_t seq)
{
	if (remote != NULL && (ifaddr_owner(&e->own) == NULL || ifaddr_owner(&e->peer) == NULL))
		(void)remote->tcp_state(seq, &e->state);
}

/* Is it a socket of the family and protocol that are asked for? */
static bool
is_wanted(const struct listing *l, const struct bound *b)
{
	unsigned kind = b->flags & DELEG_PROTOCOL;

	if (((b->flags & DELEG_INET6) != 0) != (l->family == AF_INET6))
		return false;
	switch (l->protocol) {
	case IPPROTO_TCP:
		return kind == 0;
	case IPPROTO_UDP:
		return kind == DELEG_DGRAM;
	case IPPROTO_UDPLITE:
		return kind == (DELEG_DGRAM | DELEG_UDPLITE);
	case IPPROTO_RAW:
		return kind == (DELEG_DGRAM | DELEG_RAW);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return kind == (DELEG_DGRAM | DELEG_PING);
	default:
		return false;
	}
}

/* The host's socket with that name: of a listener, not what it has accepted. */
static const struct hostsock *
find_bound(const struct hostsocks *host, enum sockname_kind kind, uint64_t seq, bool listening)
{
	for (size_t i = 0; i < host->n; i++)
		if (host->at[i].name.kind == kind && host->at[i].name.seq == seq &&
		    (host->at[i].state == TCP_LISTEN) == listening)
			return &host->at[i];
	return NULL;
}

static void
list_bound(const struct listing *l)
{
	struct bound *b;

	bound_sweep();
	LIST_FOREACH (b, &bound_all, all) {
		struct socklist_entry e = {.own = b->own,
		    .peer = inaddr_any(l->family == AF_INET),
		    .state = b->listening ? TCP_LISTEN : TCP_CLOSE};

		if (!is_wanted(l, b) || b->life != BOUND_OPEN)
			continue;
		if (b->connected) {
			e.state = TCP_ESTABLISHED;
			e.own = b->local;
			e.peer = b->dest;
			state_of(&e, b->seq);
		}
		describe(&e, find_bound(&l->host, SOCKNAME_BOUND, b->seq, b->listening));
		l->fn(l->arg, &e);
	}
}

/* --- connections --- */

/* Both ends of a connection, as far as they are programs' of this kernel. */
static void
list_connection(const struct listing *l, const struct hostsock *k)
{
	struct socklist_entry e = {
	    .state = TCP_ESTABLISHED, .own = k->name.own, .peer = k->name.dest};

	if (k->name.kind != SOCKNAME_CONNECTOR || k->peer == 0 || k->type != SOCK_STREAM ||
	    (l->family == AF_INET) != inaddr_is_v4(&k->name.dest))
		return;
	state_of(&e, k->name.seq);
	if (ifaddr_owner(&e.own) != NULL) {
		describe(&e, k);
		l->fn(l->arg, &e);
	}
	if (ifaddr_owner(&e.peer) != NULL) {
		e.own = k->name.dest;
		e.peer = k->name.own;
		describe(&e, hostsocks_by_inode(&l->host, k->peer));
		l->fn(l->arg, &e);
	}
}

int
socklist_each(int family, int protocol, socklist_fn *fn, void *arg)
{
	struct listing l = {.family = family, .protocol = protocol, .fn = fn, .arg = arg};
	int error = hostsocks_load(&l.host);

	list_bound(&l);
	for (size_t i = 0; i < l.host.n && protocol == IPPROTO_TCP; i++)
		list_connection(&l, &l.host.at[i]);
	hostsocks_free(&l.host);
	if (remote != NULL && protocol == IPPROTO_TCP)
		remote->tcp_others(family, fn, arg);
	return error;
}

/* --- AF_UNIX --- */

static const struct local *
local_of(const struct hostsock *k)
{
	return k != NULL && k->name.kind == SOCKNAME_LOCAL ? local_by_seq(k->name.seq) : NULL;
}

int
socklist_each_local(socklist_local_fn *fn, void *arg)
{
	struct hostsocks host;
	int error = hostsocks_load(&host);

	for (size_t i = 0; i < host.n; i++) {
		const struct hostsock *k = &host.at[i];
		const struct local *own = local_of(k);
		struct socklist_local e = {.type = k->type,
		    .state = k->state,
		    .inode = k->inode,
		    .peer = k->peer,
		    .uid = k->uid,
		    .rqueue = k->rqueue,
		    .wqueue = k->wqueue};

		if (own == NULL && local_of(hostsocks_by_inode(&host, k->peer)) == NULL)
			continue;
		if (own != NULL) {
			e.name = &own->un;
			e.len = own->len;
		}
		fn(arg, &e);
	}
	hostsocks_free(&host);
	return error;
}
