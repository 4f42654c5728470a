/* SPDX-License-Identifier: BSD-2-Clause */
/* VLANs: a tag of four bytes behind the link addresses. */
#include "net/netif/vlan.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netevent.h"

#define MACS      12
#define TAG       4
#define TYPE_HIGH 0x81 /* of 0x8100 */
#define ID_MASK   0xfff
#define FRAME_MAX 65536

struct vlan {
	LIST_ENTRY(vlan) all;
	struct ifnet_upper upper; /* of the interface below */
	struct ifnet *ifp, *lower;
	unsigned id;
	bool mac_given;    /* else it has that of the one below */
	bool lower_was_up; /* when last looked at */
};

static LIST_HEAD(, vlan) vlans = LIST_HEAD_INITIALIZER(vlans);

unsigned
vlan_id(const struct ifnet *ifp)
{
	return ((const struct vlan *)ifp->driver)->id;
}

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	const struct vlan *v = ifp->driver;
	uint8_t tagged[FRAME_MAX];

	if (len + TAG > sizeof tagged || len < MACS)
		return ENOBUFS;
	memcpy(tagged, frame, MACS);
	tagged[MACS] = TYPE_HIGH;
	tagged[MACS + 1] = 0;
	tagged[MACS + 2] = (uint8_t)(v->id >> 8);
	tagged[MACS + 3] = (uint8_t)v->id;
	memcpy(tagged + MACS + TAG, (const uint8_t *)frame + MACS, len - MACS);
	return ifnet_output(v->lower, tagged, len + TAG);
}

static bool
takes(struct ifnet_upper *u, const void *frame, size_t len)
{
	struct vlan *v = (struct vlan *)((char *)u - offsetof(struct vlan, upper));
	const uint8_t *tag = (const uint8_t *)frame + MACS;
	uint8_t plain[FRAME_MAX];

	if (len < MACS + TAG + 2 || len > sizeof plain || tag[0] != TYPE_HIGH || tag[1] != 0 ||
	    ((unsigned)(tag[2] << 8 | tag[3]) & ID_MASK) != v->id || !ifnet_is_up(v->ifp))
		return false;
	memcpy(plain, frame, MACS);
	memcpy(plain + MACS, tag + TAG, len - MACS - TAG);
	ifnet_input(v->ifp, plain, len - TAG);
	return true;
}

static int
set_promisc(struct ifnet *ifp, bool on)
{
	ifnet_hold_promisc(((struct vlan *)ifp->driver)->lower, on);
	return 0;
}

static int
set_mtu(struct ifnet *ifp, unsigned mtu)
{
	return mtu > ((struct vlan *)ifp->driver)->lower->mtu ? ERANGE : 0;
}

/* As on Linux it cannot be up without the one below. */
static int
set_up(struct ifnet *ifp, bool up)
{
	const struct vlan *v = ifp->driver;

	return up && !ifnet_is_up(v->lower) ? ENETDOWN : 0;
}

static void
gone(struct ifnet *ifp)
{
	struct vlan *v = ifp->driver;

	ifnet_remove_upper(v->lower, &v->upper);
	LIST_REMOVE(v, all);
	free(v);
}

static int
set_mac(struct ifnet *ifp)
{
	struct vlan *v = ifp->driver;

	v->mac_given = memcmp(ifp->mac, v->lower->mac, sizeof ifp->mac) != 0;
	return 0;
}

static const struct ifnet_ops ops = {
    .kind = "vlan",
    .output = output,
    .set_promisc = set_promisc,
    .set_mac = set_mac,
    .set_mtu = set_mtu,
    .set_up = set_up,
    .free = gone,
};

static void
follow_lower(struct vlan *v)
{
	struct ifnet *ifp = v->ifp, *lower = v->lower;
	bool up = ifnet_is_up(lower), was_up = v->lower_was_up;

	v->lower_was_up = up;
	if (!v->mac_given && memcmp(ifp->mac, lower->mac, sizeof ifp->mac) != 0)
		(void)ifnet_set_mac(ifp, lower->mac);
	if (ifp->mtu > lower->mtu)
		(void)ifnet_set_mtu(ifp, lower->mtu);
	if (up != was_up)
		(void)ifnet_set_flags(ifp, up ? IFF_UP : 0, IFF_UP);
	ifnet_set_carrier(ifp, up && ifnet_has_carrier(lower));
}

static struct vlan *
find(const struct ifnet *lower)
{
	struct vlan *v;

	LIST_FOREACH (v, &vlans, all)
		if (v->lower == lower)
			return v;
	return NULL;
}

/* The one below has changed, or goes: then so do its VLANs, and those on top of them. */
static void
follow(struct netevent_watcher *w, const struct netevent *e)
{
	struct vlan *v;

	(void)w;
	if (e->kind == NETEVENT_LINK) {
		LIST_FOREACH (v, &vlans, all)
			if (v->lower == e->ifp)
				follow_lower(v);
	} else if (e->kind == NETEVENT_LINK_GONE) {
		while ((v = find(e->ifp)) != NULL)
			(void)ifnet_delete(v->ifp);
	}
}

static struct netevent_watcher watcher = {.fn = follow};

static bool
exists(const struct ifnet *lower, unsigned id)
{
	const struct vlan *v;

	LIST_FOREACH (v, &vlans, all)
		if (v->lower == lower && v->id == id)
			return true;
	return false;
}

int
vlan_new(const struct ifnet_wish *wish, struct ifnet *lower, unsigned id, struct ifnet **ret)
{
	static bool watching;
	struct ifnet_wish w = *wish;
	struct vlan *v;
	int error;

	if (id > VLAN_ID_MAX)
		return ERANGE;
	if (lower->type != ARPHRD_ETHER || lower->hidden != 0)
		return EOPNOTSUPP;
	if (exists(lower, id))
		return EEXIST;
	if (ifnet_depth(lower) >= IFNET_DEPTH_MAX)
		return EMLINK;
	v = calloc(1, sizeof *v);
	if (v == NULL)
		return ENOMEM;
	if (w.mac == NULL)
		w.mac = lower->mac;
	if (w.mtu == 0)
		w.mtu = lower->mtu;
	error = ifnet_new_ether(&w, "vlan%d", IFF_BROADCAST | IFF_MULTICAST, &ops, v, &v->ifp);
	if (error != 0) {
		free(v);
		return error;
	}
	v->lower = lower;
	v->id = id;
	v->upper.takes = takes;
	v->mac_given = wish->mac != NULL;
	v->lower_was_up = ifnet_is_up(lower);
	v->ifp->lower = lower;
	LIST_INSERT_HEAD(&vlans, v, all);
	ifnet_add_upper(lower, &v->upper, true);
	ifnet_set_carrier(v->ifp, ifnet_is_up(lower) && ifnet_has_carrier(lower));
	if (!watching)
		netevent_watch(&watcher);
	watching = true;
	*ret = v->ifp;
	return 0;
}
