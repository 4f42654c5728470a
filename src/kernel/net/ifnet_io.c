/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames between drivers and the stack, counted.
 */
#include "net/ifnet_io.h"

#include <errno.h>
#include <stdint.h>

#include "net/capture.h"
#include "net/ifnet.h"
#include "net/impair.h"

static TAILQ_HEAD(, ifnet_tap) taps = TAILQ_HEAD_INITIALIZER(taps);

void
ifnet_add_tap(struct ifnet_tap *t)
{
	/* Who looks on sees a frame before the stack answers it. */
	if (t->outgoing)
		TAILQ_INSERT_HEAD(&taps, t, all);
	else
		TAILQ_INSERT_TAIL(&taps, t, all);
}

void
ifnet_remove_tap(struct ifnet_tap *t)
{
	TAILQ_REMOVE(&taps, t, all);
}

static void
count(struct ifnet_count *c, const void *frame, size_t len)
{
	c->packets++;
	c->bytes += len;
	if (*(const uint8_t *)frame & 1)
		c->multicast++;
}

void
ifnet_add_upper(struct ifnet *ifp, struct ifnet_upper *u, bool first)
{
	if (first)
		TAILQ_INSERT_HEAD(&ifp->uppers, u, link);
	else
		TAILQ_INSERT_TAIL(&ifp->uppers, u, link);
}

void
ifnet_remove_upper(struct ifnet *ifp, struct ifnet_upper *u)
{
	TAILQ_REMOVE(&ifp->uppers, u, link);
}

static bool
upper_takes(struct ifnet *ifp, const void *frame, size_t len)
{
	struct ifnet_upper *u;

	TAILQ_FOREACH (u, &ifp->uppers, link)
		if (u->takes(u, frame, len))
			return true;
	return false;
}

void
ifnet_receive(struct ifnet *ifp, const void *frame, size_t len)
{
	struct ifnet_tap *t;

	if (!ifnet_is_up(ifp))
		return;
	count(&ifp->rx, frame, len);
	TAILQ_FOREACH (t, &taps, all)
		if (!t->last)
			t->fn(t, ifp, frame, len, false);
	if (upper_takes(ifp, frame, len))
		return;
	TAILQ_FOREACH (t, &taps, all)
		if (t->last)
			t->fn(t, ifp, frame, len, false);
}

void
ifnet_input(struct ifnet *ifp, const void *frame, size_t len)
{
	if (!ifnet_is_up(ifp))
		return;
	capture_frame(ifp, frame, len, false);
	if (!impair_takes(ifp, frame, len, true))
		ifnet_receive(ifp, frame, len);
}

int
ifnet_transmit(struct ifnet *ifp, const void *frame, size_t len)
{
	struct ifnet_tap *t;
	int error;

	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	TAILQ_FOREACH (t, &taps, all)
		if (t->outgoing)
			t->fn(t, ifp, frame, len, true);
	capture_frame(ifp, frame, len, true);
	error = ifp->ops->output(ifp, frame, len);
	if (error != 0)
		ifp->tx.dropped++;
	else
		count(&ifp->tx, frame, len);
	return error;
}

int
ifnet_output(struct ifnet *ifp, const void *frame, size_t len)
{
	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	return impair_takes(ifp, frame, len, false) ? 0 : ifnet_transmit(ifp, frame, len);
}
