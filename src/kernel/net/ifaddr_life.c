/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long addresses live: after their preferred time they are not chosen as a source, after their
 * valid time they go.
 *
 * A turn of the network's looks at them all, but only when the time of one of them has come.
 */
#include <linux/if_addr.h>

#include "net/ifnet.h"
#include "net/netevent.h"
#include "net/netloop.h"

#define SECOND_MS 1000
#define NEVER     INT64_MAX

static int64_t soonest_ms = NEVER;

static int64_t
end_of(const struct ifnet_addr *a, uint32_t seconds)
{
	return seconds == IFADDR_FOREVER ? NEVER : a->since_ms + (int64_t)seconds * SECOND_MS;
}

static void
note(int64_t at_ms)
{
	if (at_ms < soonest_ms)
		soonest_ms = at_ms;
}

static void
end_preferred(struct ifnet_addr *a)
{
	a->flags |= IFA_F_DEPRECATED;
	netevent_tell(&(struct netevent){.kind = NETEVENT_ADDR, .ifp = a->ifp, .addr = a});
}

/* One whose valid time is over; NULL. */
static struct ifnet_addr *
find_over(int64_t now)
{
	struct ifnet *ifp;
	struct ifnet_addr *a;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		TAILQ_FOREACH (a, &ifp->addrs, link)
			if (end_of(a, a->valid) <= now)
				return a;
	return NULL;
}

static void
look(int64_t now)
{
	struct ifnet *ifp;
	struct ifnet_addr *a;

	soonest_ms = NEVER;
	while ((a = find_over(now)) != NULL)
		ifaddr_free(a);
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link) {
			note(end_of(a, a->valid));
			if (a->flags & IFA_F_DEPRECATED)
				continue;
			if (end_of(a, a->preferred) <= now)
				end_preferred(a);
			else
				note(end_of(a, a->preferred));
		}
	}
}

static int
take_turn(struct netturn *t)
{
	int64_t now;

	(void)t;
	if (soonest_ms == NEVER)
		return -1;
	now = netloop_now_ms();
	if (soonest_ms <= now)
		look(now);
	if (soonest_ms == NEVER)
		return -1;
	return soonest_ms - now > SECOND_MS ? SECOND_MS : (int)(soonest_ms - now);
}

static struct netturn turn = {.fn = take_turn};

void
ifaddr_set_life(struct ifnet_addr *a, uint32_t valid, uint32_t preferred)
{
	static bool started;

	a->valid = valid == 0 ? IFADDR_FOREVER : valid;
	a->preferred = valid == 0 ? IFADDR_FOREVER : preferred;
	a->since_ms = netloop_now_ms();
	a->flags &= ~(uint32_t)(IFA_F_PERMANENT | IFA_F_DEPRECATED);
	if (a->valid == IFADDR_FOREVER)
		a->flags |= IFA_F_PERMANENT;
	if (a->preferred == 0)
		a->flags |= IFA_F_DEPRECATED;
	note(end_of(a, a->valid));
	note(end_of(a, a->preferred));
	if (soonest_ms != NEVER && !started) {
		netloop_add_turn(&turn);
		started = true;
	}
}

uint32_t
ifaddr_left(const struct ifnet_addr *a, uint32_t seconds)
{
	int64_t left_ms = end_of(a, seconds) - netloop_now_ms();

	if (seconds == IFADDR_FOREVER)
		return seconds;
	return left_ms > 0 ? (uint32_t)((left_ms + SECOND_MS - 1) / SECOND_MS) : 0;
}
