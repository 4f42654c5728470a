/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listings of sockets.  What was bound is in a table; connections that are the host's alone are
 * found by their host names.
 */
#include "net/socklist.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "socket/deleg.h"

struct listing {
	int family, protocol;
	socklist_fn *fn;
	void *arg;
};

/* Is it a socket of the family and protocol that are asked for? */
static bool
is_wanted(const struct listing *l, const struct bound *b)
{
	bool inet6 = (b->flags & DELEG_INET6) != 0, dgram = (b->flags & DELEG_DGRAM) != 0;
	bool lite = (b->flags & DELEG_UDPLITE) != 0;

	if (inet6 != (l->family == AF_INET6))
		return false;
	switch (l->protocol) {
	case IPPROTO_TCP:
		return !dgram;
	case IPPROTO_UDP:
		return dgram && !lite;
	case IPPROTO_UDPLITE:
		return dgram && lite;
	default:
		return false;
	}
}

static void
list_bound(const struct listing *l)
{
	struct bound *b;

	bound_sweep();
	LIST_FOREACH (b, &bound_all, all) {
		struct socklist_entry e = {.id = b->seq,
		    .own = b->own,
		    .peer = inaddr_any(l->family == AF_INET),
		    .state = b->listening ? TCP_LISTEN : TCP_CLOSE};

		if (!is_wanted(l, b) || b->life != BOUND_OPEN)
			continue;
		if (b->connected) {
			e.state = TCP_ESTABLISHED;
			e.own = b->local;
			e.peer = b->dest;
		}
		l->fn(l->arg, &e);
	}
}

/* Both ends of a connection. */
static void
list_connection(void *arg, const struct sockname *n, bool connected)
{
	const struct listing *l = arg;
	struct socklist_entry e = {
	    .state = TCP_ESTABLISHED, .own = n->own, .peer = n->dest, .id = n->seq};

	if (n->kind != SOCKNAME_CONNECTOR || !connected ||
	    (l->family == AF_INET) != inaddr_is_v4(&n->dest))
		return;
	l->fn(l->arg, &e);
	e.own = n->dest;
	e.peer = n->own;
	l->fn(l->arg, &e);
}

int
socklist_each(int family, int protocol, socklist_fn *fn, void *arg)
{
	struct listing l = {.family = family, .protocol = protocol, .fn = fn, .arg = arg};

	list_bound(&l);
	return protocol == IPPROTO_TCP ? hostnames_scan(list_connection, &l) : 0;
}
