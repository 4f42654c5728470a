/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbours.
 */
#include "net/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netevent.h"

static TAILQ_HEAD(, neigh) permanent = TAILQ_HEAD_INITIALIZER(permanent);
static const struct neigh_source *source;

void
neigh_set_source(const struct neigh_source *s)
{
	source = s;
}

static struct neigh *
find(const struct ifnet *ifp, const struct inaddr *ip)
{
	struct neigh *n;

	TAILQ_FOREACH (n, &permanent, link)
		if (n->ifp == ifp && inaddr_same_ip(&n->ip, ip))
			return n;
	return NULL;
}

const struct neigh *
neigh_permanent(const struct ifnet *ifp, const struct inaddr *ip)
{
	return find(ifp, ip);
}

struct each {
	neigh_fn *fn;
	void *arg;
};

/* A permanent entry hides what the stack has found out. */
static void
tell_found(void *arg, const struct neigh *n)
{
	const struct each *e = arg;

	if (find(n->ifp, &n->ip) == NULL)
		e->fn(e->arg, n);
}

void
neigh_each(neigh_fn *fn, void *arg)
{
	struct each e = {.fn = fn, .arg = arg};
	struct neigh *n;

	TAILQ_FOREACH (n, &permanent, link)
		fn(arg, n);
	if (source != NULL)
		source->each(tell_found, &e);
}

static void
tell(enum netevent_kind kind, const struct neigh *n)
{
	netevent_tell(&(struct netevent){.kind = kind, .ifp = n->ifp, .neigh = n});
}

int
neigh_set(struct ifnet *ifp, const struct inaddr *ip, const uint8_t mac[6])
{
	struct neigh *n = find(ifp, ip);

	if (n == NULL) {
		n = calloc(1, sizeof *n);
		if (n == NULL)
			return ENOMEM;
		n->ifp = ifp;
		n->ip = *ip;
		n->state = NUD_PERMANENT;
		TAILQ_INSERT_TAIL(&permanent, n, link);
	}
	memcpy(n->mac, mac, sizeof n->mac);
	tell(NETEVENT_NEIGH, n);
	return 0;
}

static void
drop(struct neigh *n)
{
	TAILQ_REMOVE(&permanent, n, link);
	tell(NETEVENT_NEIGH_GONE, n);
	free(n);
}

int
neigh_delete(struct ifnet *ifp, const struct inaddr *ip)
{
	struct neigh *n = find(ifp, ip);

	if (n == NULL)
		return source != NULL && source->forget != NULL ? source->forget(ifp, ip) : ENOENT;
	n->state = NUD_FAILED; /* as Linux tells it, before it goes */
	tell(NETEVENT_NEIGH, n);
	drop(n);
	return 0;
}

void
neigh_forget(const struct ifnet *ifp)
{
	struct neigh *n, *next;

	for (n = TAILQ_FIRST(&permanent); n != NULL; n = next) {
		next = TAILQ_NEXT(n, link);
		if (n->ifp == ifp)
			drop(n);
	}
}
