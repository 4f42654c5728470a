/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has an address, as the rump kernel last answered: by sender and destination.  A name that
 * the host refuses is asked for again, so what is old does no harm.
 */
#include "socket/sockudp.h"

#define ROUTES 64

struct route {
	uint64_t sender; /* seq of the sender's name */
	struct inaddr to;
	struct sockhost host;
};

static struct route routes[ROUTES];
static char routes_busy;

/* Never waits, so it may be used in signal handlers: who finds it busy goes without. */
static bool
routes_enter(void)
{
	return !__atomic_test_and_set(&routes_busy, __ATOMIC_ACQUIRE);
}

static void
routes_leave(void)
{
	__atomic_clear(&routes_busy, __ATOMIC_RELEASE);
}

static struct route *
route_slot(uint64_t sender, const struct inaddr *to)
{
	return &routes[(sender * 31 + to->port + to->ip[15]) % ROUTES];
}

bool
sockudp_route_get(uint64_t sender, const struct inaddr *to, struct sockhost *ret)
{
	struct route *r = route_slot(sender, to);
	bool found;

	if (!routes_enter())
		return false;
	found = r->sender == sender && r->host.len > 0 && inaddr_same(&r->to, to);
	if (found)
		*ret = r->host;
	routes_leave();
	return found;
}

void
sockudp_route_put(uint64_t sender, const struct inaddr *to, const struct sockhost *host)
{
	if (!routes_enter())
		return;
	*route_slot(sender, to) = (struct route){.sender = sender, .to = *to, .host = *host};
	routes_leave();
}
