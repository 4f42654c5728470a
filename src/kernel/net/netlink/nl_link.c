/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces by netlink. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"

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

static uint8_t
operstate(const struct ifnet *ifp)
{
	if (ifp->index == IFNET_LO)
		return IF_OPER_UNKNOWN;
	return (ifp->flags & IFF_UP) != 0 && (ifp->flags & IFF_RUNNING) != 0 ? IF_OPER_UP
									     : IF_OPER_DOWN;
}

static void
put_hardware(struct nl_out *o, const struct ifnet *ifp)
{
	uint8_t all[6];

	memset(all, ifp->index == IFNET_LO ? 0 : 0xff, sizeof all);
	mnl_attr_put(o->message, IFLA_ADDRESS, sizeof ifp->mac, ifp->mac);
	mnl_attr_put(o->message, IFLA_BROADCAST, sizeof all, all);
}

static void
put_kind(struct nl_out *o, const struct ifnet *ifp)
{
	struct nlattr *info;

	if (ifp->ops == NULL || ifp->ops->kind == NULL)
		return;
	info = mnl_attr_nest_start(o->message, IFLA_LINKINFO);
	mnl_attr_put_strz(o->message, IFLA_INFO_KIND, ifp->ops->kind);
	mnl_attr_nest_end(o->message, info);
}

void
nl_put_link(struct nl_out *o, uint16_t type, const struct ifnet *ifp)
{
	struct ifinfomsg *m = nl_begin(o, type, sizeof *m);
	struct nlmsghdr *h = o->message;

	m->ifi_type = (unsigned short)ifp->type;
	m->ifi_index = ifp->index;
	m->ifi_flags = ifp->flags;
	if (type == RTM_DELLINK)
		m->ifi_change = UINT32_MAX;
	mnl_attr_put_strz(h, IFLA_IFNAME, ifp->name);
	mnl_attr_put_u32(h, IFLA_TXQLEN, ifp->txqueuelen);
	mnl_attr_put_u8(h, IFLA_OPERSTATE, operstate(ifp));
	mnl_attr_put_u8(h, IFLA_LINKMODE, 0);
	mnl_attr_put_u32(h, IFLA_MTU, ifp->mtu);
	mnl_attr_put_u32(h, IFLA_MIN_MTU, ifp->mtu_min);
	mnl_attr_put_u32(h, IFLA_MAX_MTU, ifp->mtu_max);
	mnl_attr_put_u32(h, IFLA_GROUP, 0);
	mnl_attr_put_u32(h, IFLA_PROMISCUITY, ifp->promisc);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, 1);
	mnl_attr_put_u8(h, IFLA_CARRIER, (ifp->flags & IFF_LOWER_UP) != 0 || ifp->index == 1);
	mnl_attr_put_strz(h, IFLA_QDISC, "noqueue");
	put_hardware(o, ifp);
	put_stats(o, ifp);
	put_kind(o, ifp);
	nl_end(o);
}

/* The interface that the request is about, by number or by name. */
static int
find(const struct ifinfomsg *m, const struct nl_attrs *a, struct ifnet **ret)
{
	const struct nlattr *by_name =
	    a->at[IFLA_IFNAME] != NULL ? a->at[IFLA_IFNAME] : a->at[IFLA_ALT_IFNAME];
	char name[IFNET_NAME_MAX];
	int error = 0;

	if (m->ifi_index != 0) {
		*ret = ifnet_by_index(m->ifi_index);
	} else if (by_name != NULL) {
		error = nl_get_name(by_name, name);
		*ret = error == 0 ? ifnet_by_name(name) : NULL;
	} else {
		return EINVAL;
	}
	return error != 0 ? error : *ret == NULL ? ENODEV : 0;
}

static int
parse(const struct nl_request *r, const struct ifinfomsg **ret_m, struct nl_attrs *a)
{
	*ret_m = nl_payload(r->h, sizeof **ret_m);
	return *ret_m == NULL ? EINVAL : nl_parse(r->h, sizeof **ret_m, a);
}

int
nl_get_link(struct nl_request *r)
{
	const struct ifinfomsg *m;
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse(r, &m, &a);

	if (error == 0)
		error = find(m, &a, &ifp);
	if (error == 0)
		nl_put_link(r->out, RTM_NEWLINK, ifp);
	return error;
}

int
nl_dump_links(struct nl_request *r)
{
	const struct rtgenmsg *m = nl_payload(r->h, sizeof *m);
	struct ifnet *ifp;

	/* Links of bridges and their like, of which there are none. */
	if (m != NULL && m->rtgen_family != AF_UNSPEC && m->rtgen_family != AF_PACKET &&
	    m->rtgen_family != AF_INET && m->rtgen_family != AF_INET6)
		return 0;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		nl_put_link(r->out, RTM_NEWLINK, ifp);
	return 0;
}

static int
set_numbers(struct ifnet *ifp, const struct nl_attrs *a)
{
	uint32_t mtu, queue;
	int error = nl_get_u32(a->at[IFLA_MTU], ifp->mtu, &mtu);

	if (error == 0)
		error = nl_get_u32(a->at[IFLA_TXQLEN], ifp->txqueuelen, &queue);
	if (error == 0 && mtu != ifp->mtu)
		error = ifnet_set_mtu(ifp, mtu);
	if (error == 0 && queue != ifp->txqueuelen)
		error = ifnet_set_txqueuelen(ifp, queue);
	return error;
}

static int
set_mac(struct ifnet *ifp, const struct nlattr *attr)
{
	if (attr == NULL)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof ifp->mac)
		return EINVAL;
	return ifnet_set_mac(ifp, mnl_attr_get_payload(attr));
}

/* With a number given the name is a new one. */
static int
set_name(struct ifnet *ifp, const struct ifinfomsg *m, const struct nlattr *attr)
{
	char name[IFNET_NAME_MAX];
	int error;

	if (attr == NULL || m->ifi_index == 0)
		return 0;
	error = nl_get_name(attr, name);
	if (error != 0 || strcmp(name, ifp->name) == 0)
		return error;
	return ifnet_rename(ifp, name);
}

int
nl_new_link(struct nl_request *r)
{
	const struct ifinfomsg *m;
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse(r, &m, &a);

	/* `ip` finds out by a request about nothing whether there is RTM_NEWLINK. */
	if (error == 0 && m->ifi_index == 0 && a.at[IFLA_IFNAME] == NULL)
		return ENODEV;
	if (error == 0)
		error = find(m, &a, &ifp);
	/* New ones are made by their drivers, not by name. */
	if (error == ENODEV && (r->h->nlmsg_flags & NLM_F_CREATE) != 0)
		return EOPNOTSUPP;
	if (error != 0)
		return error;
	if ((r->h->nlmsg_flags & NLM_F_EXCL) != 0)
		return EEXIST;
	error = set_mac(ifp, a.at[IFLA_ADDRESS]);
	if (error == 0)
		error = set_numbers(ifp, &a);
	if (error == 0)
		error = set_name(ifp, m, a.at[IFLA_IFNAME]);
	if (error == 0 && (m->ifi_change != 0 || m->ifi_flags != 0))
		error = ifnet_set_flags(
		    ifp, m->ifi_flags, m->ifi_change != 0 ? m->ifi_change : UINT32_MAX);
	return error;
}

int
nl_delete_link(struct nl_request *r)
{
	const struct ifinfomsg *m;
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse(r, &m, &a);

	if (error == 0)
		error = find(m, &a, &ifp);
	return error != 0 ? error : ifnet_delete(ifp);
}
