/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces.
 */
#include "net/ifnet.h"

#include <errno.h>
#include <linux/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "net/ifnet_priv.h"
#include "net/impair.h"
#include "net/neigh.h"
#include "net/netevent.h"
#include "net/rtable.h"
#include "net/rules.h"

#define LO_MTU    65536
#define LOWER_UP  0x10000u /* IFF_LOWER_UP, which not all headers have */
#define MTU_ETHER 1500
#define MTU_MIN   68
#define MTU_MAX   65535
#define SETTABLE                                                                                   \
	(IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP | IFF_MULTICAST | IFF_DEBUG |             \
	    IFF_NOTRAILERS | IFF_DYNAMIC)

struct ifnet_list ifnet_all = TAILQ_HEAD_INITIALIZER(ifnet_all);
static int last_index;

static void
tell(enum netevent_kind kind, struct ifnet *ifp)
{
	netevent_tell(&(struct netevent){.kind = kind, .ifp = ifp});
}

struct ifnet *
ifnet_by_index(int index)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->index == index)
			return ifp;
	return NULL;
}

struct ifnet *
ifnet_by_name(const char *name)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (strcmp(ifp->name, name) == 0)
			return ifp;
	return NULL;
}

unsigned
ifnet_flags(const struct ifnet *ifp)
{
	bool runs = ifnet_is_up(ifp) && ifnet_has_carrier(ifp);

	return ifp->flags | (runs ? IFF_RUNNING | LOWER_UP : 0);
}

uint8_t
ifnet_operstate(const struct ifnet *ifp)
{
	if (!ifnet_is_up(ifp))
		return IF_OPER_DOWN;
	if (ifp->carrier == IFNET_CARRIER_UNKNOWN)
		return IF_OPER_UNKNOWN;
	if (ifp->carrier == IFNET_CARRIER)
		return IF_OPER_UP;
	return ifnet_link(ifp) != 0 ? IF_OPER_LOWERLAYERDOWN : IF_OPER_DOWN;
}

bool
ifnet_is_up(const struct ifnet *ifp)
{
	return (ifp->flags & IFF_UP) != 0;
}

bool
ifnet_has_carrier(const struct ifnet *ifp)
{
	return ifp->carrier != IFNET_NO_CARRIER;
}

bool
ifnet_has_frames(const struct ifnet *ifp)
{
	return ifp->ops != NULL && ifp->ops->output != NULL;
}

unsigned
ifnet_addr_len(const struct ifnet *ifp)
{
	return ifp->hidden != 0 ? 0 : (unsigned)sizeof ifp->mac;
}

/* --- making and removing --- */

/* A unicast address that nobody has registered. */
static void
random_mac(uint8_t mac[6])
{
	if (getrandom(mac, 6, 0) != 6)
		memset(mac, 0x5a, 6);
	mac[0] = (uint8_t)((mac[0] & ~1u) | 2u);
}

static int
next_index(void)
{
	do
		last_index++;
	while (ifnet_by_index(last_index) != NULL);
	return last_index;
}

static void
insert(struct ifnet *ifp)
{
	struct ifnet *after;

	TAILQ_FOREACH (after, &ifnet_all, link) {
		if (after->index > ifp->index) {
			TAILQ_INSERT_BEFORE(after, ifp, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&ifnet_all, ifp, link);
}

int
ifnet_new(const struct ifnet_params *p, struct ifnet **ret)
{
	struct ifnet *ifp = calloc(1, sizeof *ifp);
	int error;

	if (ifp == NULL)
		return ENOMEM;
	error = ifnet_choose_name(p->name, ifp->name);
	if (error == 0 && p->index != 0 && ifnet_by_index(p->index) != NULL)
		error = EBUSY;
	if (error != 0) {
		free(ifp);
		return error;
	}
	ifp->index = p->index != 0 ? p->index : next_index();
	ifp->type = p->type;
	ifp->hidden = p->bare ? IFNET_HEADER : 0;
	ifp->flags = p->flags & ~(unsigned)IFF_UP;
	ifp->mtu = p->mtu;
	ifp->mtu_min = p->mtu_min;
	ifp->mtu_max = p->mtu_max;
	ifp->txqueuelen = 1000;
	ifp->ops = p->ops;
	ifp->driver = p->driver;
	if (p->mac != NULL)
		memcpy(ifp->mac, p->mac, sizeof ifp->mac);
	else if (p->type == ARPHRD_ETHER)
		random_mac(ifp->mac);
	ifp->conf = ifconf_default;
	TAILQ_INIT(&ifp->addrs);
	TAILQ_INIT(&ifp->uppers);
	STAILQ_INIT(&ifp->altnames);
	insert(ifp);
	tell(NETEVENT_LINK, ifp);
	*ret = ifp;
	return 0;
}

int
ifnet_new_ether(const struct ifnet_wish *wish, const char *name, unsigned flags,
    const struct ifnet_ops *ops, void *driver, struct ifnet **ret)
{
	const struct ifnet_params p = {
	    .index = wish->index,
	    .name = wish->name != NULL ? wish->name : name,
	    .type = ARPHRD_ETHER,
	    .flags = flags,
	    .mtu = wish->mtu != 0 ? wish->mtu : MTU_ETHER,
	    .mtu_min = MTU_MIN,
	    .mtu_max = MTU_MAX,
	    .mac = wish->mac,
	    .ops = ops,
	    .driver = driver,
	};

	if (p.mtu < p.mtu_min || p.mtu > p.mtu_max)
		return EINVAL;
	return ifnet_new(&p, ret);
}

static void
drop(struct ifnet *ifp)
{
	ifnet_forget_links(ifp);
	while (!TAILQ_EMPTY(&ifp->addrs))
		ifaddr_free(TAILQ_FIRST(&ifp->addrs));
	rtable_forget(ifp, NULL);
	neigh_forget(ifp);
	TAILQ_REMOVE(&ifnet_all, ifp, link);
	tell(NETEVENT_LINK_GONE, ifp);
	impair_forget(ifp);
	if (ifp->ops != NULL && ifp->ops->free != NULL)
		ifp->ops->free(ifp);
	free(ifp);
}

int
ifnet_delete(struct ifnet *ifp)
{
	if (ifp->flags & IFF_LOOPBACK)
		return EOPNOTSUPP;
	(void)ifnet_set_flags(ifp, 0, IFF_UP);
	drop(ifp);
	return 0;
}

static int
make_lo(void)
{
	static const uint8_t no_mac[6];
	const struct ifnet_params params = {
	    .name = "lo",
	    .type = ARPHRD_LOOPBACK,
	    .flags = IFF_LOOPBACK,
	    .mtu = LO_MTU,
	    .mac = no_mac,
	};
	const struct ifaddr_params v4 = {.ip = inaddr_loopback(true), .prefix = 8, .scope = -1};
	const struct ifaddr_params v6 = {.ip = inaddr_loopback(false), .prefix = 128, .scope = -1};
	struct ifnet *lo;
	int error = ifnet_new(&params, &lo);

	if (error == 0)
		error = ifnet_set_flags(lo, IFF_UP, IFF_UP);
	if (error == 0)
		error = ifaddr_add(lo, &v4, NULL);
	return error != 0 ? error : ifaddr_add(lo, &v6, NULL);
}

int
ifnet_init(void)
{
	int error = rules_init();

	last_index = 0;
	return error != 0 ? error : make_lo();
}

void
ifnet_fini(void)
{
	while (!TAILQ_EMPTY(&ifnet_all))
		drop(TAILQ_FIRST(&ifnet_all));
	rtable_fini();
	rules_fini();
}

/* --- up and down --- */

static void
came_up(struct ifnet *ifp)
{
	struct ifnet_addr *a;

	TAILQ_FOREACH (a, &ifp->addrs, link)
		ifaddr_connect(a);
	if (ifnet_has_carrier(ifp))
		ifaddr_add_linklocal(ifp);
}

static void
went_down(struct ifnet *ifp)
{
	struct ifnet_addr *a, *next;

	rtable_link_down();
	for (a = TAILQ_FIRST(&ifp->addrs); a != NULL; a = next) {
		next = TAILQ_NEXT(a, link);
		if (!inaddr_is_v4(&a->ip))
			ifaddr_free(a);
	}
}

static void
count_promisc(struct ifnet *ifp, bool on)
{
	ifp->promisc += on ? 1 : -1u;
	if (ifp->promisc == (on ? 1 : 0) && ifp->ops != NULL && ifp->ops->set_promisc != NULL)
		(void)ifp->ops->set_promisc(ifp, on);
}

void
ifnet_hold_promisc(struct ifnet *ifp, bool on)
{
	count_promisc(ifp, on);
	tell(NETEVENT_LINK, ifp);
}

int
ifnet_set_flags(struct ifnet *ifp, unsigned flags, unsigned mask)
{
	unsigned now, changed;
	int error = 0;

	mask &= SETTABLE;
	now = (ifp->flags & ~mask) | (flags & mask);
	changed = now ^ ifp->flags;
	if (changed & IFF_UP && ifp->ops != NULL && ifp->ops->set_up != NULL)
		error = ifp->ops->set_up(ifp, (now & IFF_UP) != 0);
	if (error != 0 || changed == 0)
		return error;
	ifp->flags = now;
	if (changed & IFF_PROMISC)
		count_promisc(ifp, (now & IFF_PROMISC) != 0);
	ifp->was_up = ifp->was_up || (now & IFF_UP) != 0;
	tell(NETEVENT_LINK, ifp);
	if (changed & IFF_UP && now & IFF_UP)
		came_up(ifp);
	else if (changed & IFF_UP)
		went_down(ifp);
	return 0;
}

void
ifnet_set_carrier(struct ifnet *ifp, bool on)
{
	unsigned before = ifp->carrier;

	ifp->carrier = on ? IFNET_CARRIER : IFNET_NO_CARRIER;
	if (before == ifp->carrier)
		return;
	ifp->carrier_changes++;
	tell(NETEVENT_LINK, ifp);
	if (on && ifnet_is_up(ifp))
		ifaddr_add_linklocal(ifp);
}

/* --- properties --- */

int
ifnet_set_mtu(struct ifnet *ifp, unsigned mtu)
{
	int error = 0;

	if (mtu < ifp->mtu_min || (ifp->mtu_max != 0 && mtu > ifp->mtu_max))
		return EINVAL;
	if (ifp->ops != NULL && ifp->ops->set_mtu != NULL)
		error = ifp->ops->set_mtu(ifp, mtu);
	if (error != 0 || mtu == ifp->mtu)
		return error;
	ifp->mtu = mtu;
	tell(NETEVENT_LINK, ifp);
	return 0;
}

int
ifnet_set_mac(struct ifnet *ifp, const uint8_t mac[6])
{
	static const uint8_t zero[6];
	int error = 0;

	if (ifp->flags & IFF_LOOPBACK || ifp->hidden != 0)
		return EOPNOTSUPP;
	if (mac[0] & 1 || memcmp(mac, zero, sizeof zero) == 0)
		return EADDRNOTAVAIL;
	memcpy(ifp->mac, mac, sizeof ifp->mac);
	if (ifp->ops != NULL && ifp->ops->set_mac != NULL)
		error = ifp->ops->set_mac(ifp);
	tell(NETEVENT_LINK, ifp);
	return error;
}

int
ifnet_set_txqueuelen(struct ifnet *ifp, unsigned len)
{
	ifp->txqueuelen = len;
	tell(NETEVENT_LINK, ifp);
	return 0;
}
