/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces by netlink: showing them. */
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <string.h>

#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/netif/bridge.h"
#include "net/netlink/nl_priv.h"

#define PORT_PRIORITY 32 /* of a bridge's port, as Linux begins */
#define PORT_COST     2

static void
put_stats(struct nl_out *o, const struct ifnet *ifp)
{
	struct rtnl_link_stats64 s = {
	    .rx_packets = ifp->rx.packets,
	    .tx_packets = ifp->tx.packets,
	    .rx_bytes = ifp->rx.bytes,
	    .tx_bytes = ifp->tx.bytes,
	    .rx_errors = ifp->rx.errors,
	    .tx_errors = ifp->tx.errors,
	    .rx_dropped = ifp->rx.dropped,
	    .tx_dropped = ifp->tx.dropped,
	    .multicast = ifp->rx.multicast,
	};

	mnl_attr_put(o->message, IFLA_STATS64, sizeof s, &s);
}

static void
put_hardware(struct nl_out *o, const struct ifnet *ifp)
{
	uint8_t all[6];

	if (ifnet_addr_len(ifp) == 0)
		return;
	memset(all, ifp->index == IFNET_LO ? 0 : 0xff, sizeof all);
	mnl_attr_put(o->message, IFLA_ADDRESS, sizeof ifp->mac, ifp->mac);
	mnl_attr_put(o->message, IFLA_BROADCAST, sizeof all, all);
}

/* --- names and relatives --- */

static void
put_altnames(struct nl_out *o, const struct ifnet *ifp)
{
	const struct ifnet_altname *a;
	struct nlattr *list;

	if (STAILQ_EMPTY(&ifp->altnames))
		return;
	list = mnl_attr_nest_start(o->message, IFLA_PROP_LIST);
	STAILQ_FOREACH (a, &ifp->altnames, link)
		mnl_attr_put_strz(o->message, IFLA_ALT_IFNAME, a->name);
	mnl_attr_nest_end(o->message, list);
}

static void
put_relatives(struct nl_out *o, const struct ifnet *ifp)
{
	if (ifnet_link(ifp) != 0)
		mnl_attr_put_u32(o->message, IFLA_LINK, (uint32_t)ifnet_link(ifp));
	if (ifp->master != NULL)
		mnl_attr_put_u32(o->message, IFLA_MASTER, (uint32_t)ifp->master->index);
	if (ifp->alias[0] != '\0')
		mnl_attr_put_strz(o->message, IFLA_IFALIAS, ifp->alias);
	put_altnames(o, ifp);
}

static void
put_addr_gen_mode(struct nl_out *o, const struct ifnet *ifp)
{
	struct nlattr *families = mnl_attr_nest_start(o->message, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(o->message, AF_INET6);

	families->nla_type = IFLA_AF_SPEC; /* without the mark of nesting, which `ip` would mind */
	inet6->nla_type = AF_INET6;
	mnl_attr_put_u8(
	    o->message, IFLA_INET6_ADDR_GEN_MODE, (uint8_t)ifconf_get(ifp, IFCONF6_ADDR_GEN_MODE));
	mnl_attr_nest_end(o->message, inet6);
	mnl_attr_nest_end(o->message, families);
}

static struct ifinfomsg *
begin(struct nl_out *o, uint16_t type, const struct ifnet *ifp)
{
	struct ifinfomsg *m = nl_begin(o, type, sizeof *m);

	m->ifi_type = (unsigned short)ifp->type;
	m->ifi_index = ifp->index;
	m->ifi_flags = ifnet_flags(ifp);
	if (type == RTM_DELLINK)
		m->ifi_change = UINT32_MAX;
	mnl_attr_put_strz(o->message, IFLA_IFNAME, ifp->name);
	mnl_attr_put_u32(o->message, IFLA_MTU, ifp->mtu);
	mnl_attr_put_u8(o->message, IFLA_OPERSTATE, ifnet_operstate(ifp));
	return m;
}

void
nl_put_link(struct nl_out *o, uint16_t type, const struct ifnet *ifp)
{
	struct nlmsghdr *h;

	(void)begin(o, type, ifp);
	h = o->message;
	mnl_attr_put_u32(h, IFLA_TXQLEN, ifp->txqueuelen);
	mnl_attr_put_u8(h, IFLA_LINKMODE, 0);
	mnl_attr_put_u32(h, IFLA_MIN_MTU, ifp->mtu_min);
	mnl_attr_put_u32(h, IFLA_MAX_MTU, ifp->mtu_max);
	mnl_attr_put_u32(h, IFLA_GROUP, ifp->group);
	mnl_attr_put_u32(h, IFLA_PROMISCUITY, ifp->promisc);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, 1);
	mnl_attr_put_u8(h, IFLA_CARRIER, ifnet_has_carrier(ifp));
	mnl_attr_put_u32(h, IFLA_CARRIER_CHANGES, ifp->carrier_changes);
	mnl_attr_put_strz(h, IFLA_QDISC, ifp->was_up ? "noqueue" : "noop");
	put_hardware(o, ifp);
	put_relatives(o, ifp);
	put_stats(o, ifp);
	nl_put_kind(o, ifp);
	put_addr_gen_mode(o, ifp);
	nl_end(o);
}

/* As `bridge link` wants it. */
static void
put_port(struct nl_out *o, const struct ifnet *ifp)
{
	static const uint16_t off[] = {IFLA_BRPORT_MODE, IFLA_BRPORT_GUARD, IFLA_BRPORT_PROTECT,
	    IFLA_BRPORT_FAST_LEAVE, IFLA_BRPORT_MCAST_TO_UCAST, IFLA_BRPORT_NEIGH_SUPPRESS,
	    IFLA_BRPORT_VLAN_TUNNEL, IFLA_BRPORT_ISOLATED, IFLA_BRPORT_LOCKED};
	static const uint16_t on[] = {IFLA_BRPORT_LEARNING, IFLA_BRPORT_UNICAST_FLOOD,
	    IFLA_BRPORT_MCAST_FLOOD, IFLA_BRPORT_BCAST_FLOOD, IFLA_BRPORT_MULTICAST_ROUTER};
	struct ifinfomsg *m = begin(o, RTM_NEWLINK, ifp);
	struct nlattr *info;

	m->ifi_family = AF_BRIDGE;
	mnl_attr_put_u32(o->message, IFLA_MASTER, (uint32_t)ifp->master->index);
	if (ifnet_link(ifp) != 0)
		mnl_attr_put_u32(o->message, IFLA_LINK, (uint32_t)ifnet_link(ifp));
	info = mnl_attr_nest_start(o->message, IFLA_PROTINFO);
	mnl_attr_put_u8(o->message, IFLA_BRPORT_STATE,
	    ifnet_is_up(ifp) ? BR_STATE_FORWARDING : BR_STATE_DISABLED);
	mnl_attr_put_u16(o->message, IFLA_BRPORT_PRIORITY, PORT_PRIORITY);
	mnl_attr_put_u32(o->message, IFLA_BRPORT_COST, PORT_COST);
	for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
		mnl_attr_put_u8(o->message, off[i], 0);
	for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
		mnl_attr_put_u8(o->message, on[i], 1);
	mnl_attr_nest_end(o->message, info);
	nl_end(o);
}

static bool
is_wanted(const struct ifnet *ifp, const struct nl_attrs *a)
{
	const struct nlattr *master = a->at[IFLA_MASTER], *info = a->at[IFLA_LINKINFO];
	const char *kind = ifp->ops == NULL ? NULL : ifp->ops->kind;
	char wanted[IFNET_NAME_MAX];
	struct nl_attrs inner;

	if (master != NULL && mnl_attr_validate(master, MNL_TYPE_U32) == 0 &&
	    (ifp->master == NULL || (uint32_t)ifp->master->index != mnl_attr_get_u32(master)))
		return false;
	if (nl_parse_nested(info, &inner) != 0 || inner.at[IFLA_INFO_KIND] == NULL ||
	    nl_get_name(inner.at[IFLA_INFO_KIND], wanted) != 0)
		return true;
	return kind != NULL && strcmp(kind, wanted) == 0;
}

int
nl_dump_links(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	const struct ifinfomsg *m = nl_payload(r->h, sizeof *m);
	struct nl_attrs a = {.at = {NULL}};
	struct ifnet *ifp;
	bool ports = g != NULL && g->rtgen_family == AF_BRIDGE;

	if (m != NULL && nl_parse(r->h, sizeof *m, &a) == NULL)
		return EINVAL;
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (!is_wanted(ifp, &a))
			continue;
		if (!ports)
			nl_put_link(r->out, RTM_NEWLINK, ifp);
		else if (ifp->master != NULL && bridge_is(ifp->master))
			put_port(r->out, ifp);
	}
	return 0;
}
