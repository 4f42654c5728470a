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
#include "net/large.h"

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
count(struct ifnet_count *c, const struct ifnet *ifp, const void *frame, size_t len)
{
	c->packets++;
	c->bytes += len - ifp->hidden;
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
	count(&ifp->rx, ifp, frame, len);
	TAILQ_FOREACH (t, &taps, all)
		if (!t->last)
			t->fn(t, ifp, frame, len, false);
	if (upper_takes(ifp, frame, len))
		return;
	TAILQ_FOREACH (t, &taps, all)
		if (t->last)
			t->fn(t, ifp, frame, len, false);
}

/* segment: of a large frame; 0: it is none. */

static int
capture_in(void *arg, const void *frame, size_t len)
{
	capture_frame(arg, frame, len, false);
	return 0;
}

static int
capture_out(void *arg, const void *frame, size_t len)
{
	capture_frame(arg, frame, len, true);
	return 0;
}

/* It shows the segments that a large frame stands for, with their checksums. */
static void
capture(struct ifnet *ifp, const void *frame, size_t len, unsigned segment, bool outgoing)
{
	if (!capture_any())
		return;
	if (segment == 0)
		capture_frame(ifp, frame, len, outgoing);
	else
		large_split(frame, len, segment, outgoing ? capture_out : capture_in, ifp);
}

static void
input(struct ifnet *ifp, const void *frame, size_t len, unsigned segment)
{
	if (!ifnet_is_up(ifp))
		return;
	capture(ifp, frame, len, segment, false);
	if (!impair_takes(ifp, frame, len, true))
		ifnet_receive(ifp, frame, len);
}

void
ifnet_input(struct ifnet *ifp, const void *frame, size_t len)
{
	input(ifp, frame, len, 0);
}

static int
transmit(struct ifnet *ifp, const void *frame, size_t len, unsigned segment)
{
	struct ifnet_tap *t;
	int error;

	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	TAILQ_FOREACH (t, &taps, all)
		if (t->outgoing)
			t->fn(t, ifp, frame, len, true);
	capture(ifp, frame, len, segment, true);
	error = segment != 0 ? ifp->ops->output_large(ifp, frame, len, segment)
			     : ifp->ops->output(ifp, frame, len);
	if (error != 0)
		ifp->tx.dropped++;
	else
		count(&ifp->tx, ifp, frame, len);
	return error;
}

int
ifnet_transmit(struct ifnet *ifp, const void *frame, size_t len)
{
	return transmit(ifp, frame, len, 0);
}

int
ifnet_output(struct ifnet *ifp, const void *frame, size_t len)
{
	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	return impair_takes(ifp, frame, len, false) ? 0 : ifnet_transmit(ifp, frame, len);
}

/* --- large frames --- */

bool
ifnet_sends_large(const struct ifnet *ifp)
{
	return ifp->large && !impair_any(ifp, false);
}

bool
ifnet_takes_large(const struct ifnet *ifp)
{
	return TAILQ_EMPTY(&ifp->uppers) && !impair_any(ifp, true) &&
	       !ifconf_get(ifp, IFCONF4_FORWARDING) && !ifconf_get(ifp, IFCONF6_FORWARDING);
}

static int
input_segment(void *arg, const void *frame, size_t len)
{
	ifnet_input(arg, frame, len);
	return 0;
}

void
ifnet_input_large(struct ifnet *ifp, const void *frame, size_t len, unsigned segment)
{
	if (ifnet_takes_large(ifp))
		input(ifp, frame, len, segment);
	else if (large_split(frame, len, segment, input_segment, ifp) != 0)
		ifp->rx.dropped++;
}

static int
output_segment(void *arg, const void *frame, size_t len)
{
	return ifnet_output(arg, frame, len);
}

int
ifnet_output_large(struct ifnet *ifp, const void *frame, size_t len, unsigned segment)
{
	return ifnet_sends_large(ifp) ? transmit(ifp, frame, len, segment)
				      : large_split(frame, len, segment, output_segment, ifp);
}
