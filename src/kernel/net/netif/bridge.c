/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bridge: a frame goes to the port on which its destination was last seen as a source, or to all.
 * Ports forward from the start: there is no spanning tree, so a loop is a loop.
 */
#include "net/netif/bridge.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netevent.h"
#include "net/netloop.h"

#define ENTRIES_MAX 1024
#define AGE_MS      300000 /* then who was seen there may be anywhere */

struct port {
	TAILQ_ENTRY(port) link;
	struct ifnet_upper upper;
	struct ifnet *ifp;
	struct bridge *bridge;
};

struct entry {
	uint8_t mac[6];
	struct port *port; /* NULL: none */
	int64_t seen_ms;
};

struct bridge {
	LIST_ENTRY(bridge) all;
	struct ifnet *ifp;
	TAILQ_HEAD(, port) ports;
	bool mac_given; /* by the user: else it is the lowest of the ports' */
	bool setting_mac;
	struct entry entries[ENTRIES_MAX];
};

static LIST_HEAD(, bridge) bridges = LIST_HEAD_INITIALIZER(bridges);

/* --- who is where --- */

static struct entry *
slot(struct bridge *b, const uint8_t *mac)
{
	unsigned hash = mac[2] * 31u + mac[3] * 7u + mac[4] * 13u + mac[5];

	return &b->entries[hash % ENTRIES_MAX];
}

static void
learn(struct port *p, const uint8_t *mac)
{
	struct entry *e = slot(p->bridge, mac);

	if (mac[0] & 1)
		return;
	memcpy(e->mac, mac, sizeof e->mac);
	e->port = p;
	e->seen_ms = netloop_now_ms();
}

static struct port *
find(struct bridge *b, const uint8_t *mac)
{
	const struct entry *e = slot(b, mac);

	if (e->port == NULL || memcmp(e->mac, mac, sizeof e->mac) != 0 ||
	    netloop_now_ms() - e->seen_ms > AGE_MS)
		return NULL;
	return e->port;
}

/* --- frames --- */

/* To where it belongs, but not back to `from`. */
static void
forward(struct bridge *b, const struct port *from, const uint8_t *frame, size_t len)
{
	struct port *to = frame[0] & 1 ? NULL : find(b, frame), *p;

	if (to != NULL) {
		if (to != from)
			(void)ifnet_output(to->ifp, frame, len);
		return;
	}
	TAILQ_FOREACH (p, &b->ports, link)
		if (p != from)
			(void)ifnet_output(p->ifp, frame, len);
}

static bool
takes(struct ifnet_upper *u, const void *frame, size_t len)
{
	struct port *p = (struct port *)((char *)u - offsetof(struct port, upper));
	struct bridge *b = p->bridge;
	const uint8_t *bytes = frame;
	bool for_us = memcmp(bytes, b->ifp->mac, sizeof b->ifp->mac) == 0;

	if (!ifnet_is_up(b->ifp))
		return true;
	learn(p, bytes + 6);
	if (for_us || bytes[0] & 1 || b->ifp->promisc > 0)
		ifnet_input(b->ifp, frame, len);
	if (!for_us)
		forward(b, p, bytes, len);
	return true;
}

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	forward(ifp->driver, NULL, frame, len);
	return 0;
}

/* --- ports --- */

static bool
is_lower(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, 6) < 0;
}

/* The bridge's address, and its carrier, follow its ports. */
static void
follow_ports(struct bridge *b)
{
	const uint8_t *lowest = NULL;
	bool carrier = false;
	struct port *p;

	TAILQ_FOREACH (p, &b->ports, link) {
		if (lowest == NULL || is_lower(p->ifp->mac, lowest))
			lowest = p->ifp->mac;
		carrier = carrier || (ifnet_is_up(p->ifp) && ifnet_has_carrier(p->ifp));
	}
	if (lowest != NULL && !b->mac_given && memcmp(lowest, b->ifp->mac, 6) != 0) {
		b->setting_mac = true;
		(void)ifnet_set_mac(b->ifp, lowest);
		b->setting_mac = false;
	}
	if (!TAILQ_EMPTY(&b->ports) || b->ifp->carrier == IFNET_CARRIER)
		ifnet_set_carrier(b->ifp, carrier);
}

static int
add_port(struct ifnet *ifp, struct ifnet *port)
{
	struct bridge *b = ifp->driver;
	struct port *p;

	if (port->type != ARPHRD_ETHER || port->hidden != 0)
		return EINVAL;
	if (bridge_is(port))
		return ELOOP;
	p = calloc(1, sizeof *p);
	if (p == NULL)
		return ENOMEM;
	p->ifp = port;
	p->bridge = b;
	p->upper.takes = takes;
	TAILQ_INSERT_TAIL(&b->ports, p, link);
	ifnet_add_upper(port, &p->upper, false);
	ifnet_hold_promisc(port, true);
	follow_ports(b);
	return 0;
}

static void
remove_port(struct ifnet *ifp, struct ifnet *port)
{
	struct bridge *b = ifp->driver;
	struct port *p;

	TAILQ_FOREACH (p, &b->ports, link)
		if (p->ifp == port)
			break;
	if (p == NULL)
		return;
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (b->entries[i].port == p)
			b->entries[i].port = NULL;
	TAILQ_REMOVE(&b->ports, p, link);
	ifnet_remove_upper(port, &p->upper);
	ifnet_hold_promisc(port, false);
	free(p);
	follow_ports(b);
}

/* --- as an interface --- */

static int
set_mac(struct ifnet *ifp)
{
	struct bridge *b = ifp->driver;

	if (!b->setting_mac)
		b->mac_given = true;
	return 0;
}

static void
gone(struct ifnet *ifp)
{
	struct bridge *b = ifp->driver;

	LIST_REMOVE(b, all);
	free(b);
}

static const struct ifnet_ops ops = {
    .kind = "bridge",
    .output = output,
    .set_mac = set_mac,
    .add_port = add_port,
    .remove_port = remove_port,
    .free = gone,
};

bool
bridge_is(const struct ifnet *ifp)
{
	return ifp->ops == &ops;
}

static void
follow(struct netevent_watcher *w, const struct netevent *e)
{
	(void)w;
	if (e->kind == NETEVENT_LINK && e->ifp->master != NULL && bridge_is(e->ifp->master))
		follow_ports(e->ifp->master->driver);
}

static struct netevent_watcher watcher = {.fn = follow};

int
bridge_new(const struct ifnet_wish *wish, struct ifnet **ret)
{
	static bool watching;
	struct bridge *b = calloc(1, sizeof *b);
	int error;

	if (b == NULL)
		return ENOMEM;
	TAILQ_INIT(&b->ports);
	b->mac_given = wish->mac != NULL;
	error = ifnet_new_ether(wish, "bridge%d", IFF_BROADCAST | IFF_MULTICAST, &ops, b, ret);
	if (error != 0) {
		free(b);
		return error;
	}
	b->ifp = *ret;
	LIST_INSERT_HEAD(&bridges, b, all);
	if (!watching)
		netevent_watch(&watcher);
	watching = true;
	return 0;
}

/* --- listing --- */

void
bridge_each_entry(bridge_entry_fn *fn, void *arg)
{
	struct bridge *b;
	struct port *p;

	LIST_FOREACH (b, &bridges, all) {
		TAILQ_FOREACH (p, &b->ports, link) {
			struct bridge_entry own = {.bridge = b->ifp, .port = p->ifp, .own = true};

			memcpy(own.mac, p->ifp->mac, sizeof own.mac);
			fn(arg, &own);
		}
		for (size_t i = 0; i < ENTRIES_MAX; i++) {
			const struct entry *e = &b->entries[i];
			struct bridge_entry seen = {.bridge = b->ifp};

			if (e->port == NULL || netloop_now_ms() - e->seen_ms > AGE_MS)
				continue;
			seen.port = e->port->ifp;
			seen.age_ms = netloop_now_ms() - e->seen_ms;
			memcpy(seen.mac, e->mac, sizeof seen.mac);
			fn(arg, &seen);
		}
	}
}
