/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces made at run time: `ip link add NAME type KIND ...`.
 *
 * `bus` and `slirp` are kinds of ours, which `ip` knows nothing of, so they cannot have words of
 * their own: a bus is called what the interface is called.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netconf.h"
#include "net/netif/bridge.h"
#include "net/netif/bus.h"
#include "net/netif/dummy.h"
#include "net/netif/slirp.h"
#include "net/netif/veth.h"
#include "net/netif/vlan.h"
#include "net/netlink/nl_priv.h"

struct making {
	struct nl_request *r;
	struct ifnet_wish wish;
	char name[IFNET_NAME_MAX];
	struct ifnet *lower;
	const struct nlattr *data;
};

/* --- kinds --- */

static int
make_dummy(struct making *k, struct ifnet **ret)
{
	return dummy_new(&k->wish, ret);
}

static int
make_bridge(struct making *k, struct ifnet **ret)
{
	return bridge_new(&k->wish, ret);
}

static int take(struct making *k, const struct ifinfomsg *m, const struct nl_attrs *a);

/* The peer is described by a message within the message. */
static int
make_veth(struct making *k, struct ifnet **ret)
{
	const struct ifinfomsg none = {.ifi_index = 0}, *m = &none;
	struct making peer = {.r = k->r};
	struct nl_attrs a, inner = {.at = {NULL}};
	const struct nlattr *attr;
	int error = nl_parse_nested(k->data, &a);

	if (error != 0)
		return error;
	attr = a.at[VETH_INFO_PEER];
	if (attr != NULL) {
		m = mnl_attr_get_payload(attr);
		if (mnl_attr_get_payload_len(attr) < sizeof *m ||
		    nl_parse_bytes((const char *)m + sizeof *m,
			mnl_attr_get_payload_len(attr) - sizeof *m, &inner) != 0)
			return EINVAL;
	}
	error = take(&peer, m, &inner);
	return error != 0 ? error : veth_new(&k->wish, &peer.wish, ret);
}

static int
make_vlan(struct making *k, struct ifnet **ret)
{
	struct nl_attrs a;
	int error = nl_parse_nested(k->data, &a);

	if (error != 0)
		return error;
	if (a.at[IFLA_VLAN_ID] == NULL) {
		k->r->message = "VLAN properties not specified";
		return EINVAL;
	}
	if (k->lower == NULL) {
		k->r->message = "link not specified";
		return EINVAL;
	}
	error = vlan_new(&k->wish, k->lower, mnl_attr_get_u16(a.at[IFLA_VLAN_ID]), ret);
	k->r->message = error == EEXIST       ? "VLAN device already exists"
			: error == ERANGE     ? "Invalid VLAN id"
			: error == EOPNOTSUPP ? "VLANs not supported on device"
					      : NULL;
	return error;
}

/* Linux has them, but makes them so neither. */
static int
make_tun(struct making *k, struct ifnet **ret)
{
	(void)ret;
	k->r->message = "tun/tap creation via rtnetlink is not supported.";
	return EOPNOTSUPP;
}

static int
named(struct making *k, int error, struct ifnet **ret)
{
	if (error == 0 && k->wish.name != NULL && strcmp((*ret)->name, k->wish.name) != 0)
		error = ifnet_rename(*ret, k->wish.name);
	return error;
}

static int
make_bus(struct making *k, struct ifnet **ret)
{
	if (k->wish.name == NULL)
		return EINVAL;
	return named(k, bus_new(k->wish.name, k->wish.mac, k->wish.mtu, ret), ret);
}

static int
make_slirp(struct making *k, struct ifnet **ret)
{
	return named(k, slirp_link_new(k->wish.mac, k->wish.mtu, ret), ret);
}

static const struct {
	const char *name;
	int (*make)(struct making *k, struct ifnet **ret);
} kinds[] = {
    {"bridge", make_bridge},
    {"bus", make_bus},
    {"dummy", make_dummy},
    {"slirp", make_slirp},
    {"tun", make_tun},
    {"veth", make_veth},
    {"vlan", make_vlan},
};

/* --- what is wanted --- */

static int
take(struct making *k, const struct ifinfomsg *m, const struct nl_attrs *a)
{
	const struct nlattr *mac = a->at[IFLA_ADDRESS];
	uint32_t mtu, lower;
	int error = nl_get_u32(a->at[IFLA_MTU], 0, &mtu);

	if (error == 0)
		error = nl_get_u32(a->at[IFLA_LINK], 0, &lower);
	if (error == 0 && a->at[IFLA_IFNAME] != NULL)
		error = nl_get_name(a->at[IFLA_IFNAME], k->name);
	if (error == 0 && mac != NULL && mnl_attr_get_payload_len(mac) != 6)
		error = EINVAL;
	if (error != 0)
		return error;
	k->wish = (struct ifnet_wish){.name = k->name[0] != '\0' ? k->name : NULL,
	    .index = m->ifi_index,
	    .mtu = mtu,
	    .mac = mac == NULL ? NULL : mnl_attr_get_payload(mac)};
	if (lower != 0 && (k->lower = ifnet_by_index((int)lower)) == NULL)
		return ENODEV;
	return m->ifi_index < 0 || m->ifi_index > IFNET_INDEX_MAX ? EINVAL : 0;
}

int
nl_make_link(
    struct nl_request *r, const struct ifinfomsg *m, const struct nl_attrs *a, struct ifnet **ret)
{
	struct making k = {.r = r};
	struct nl_attrs info;
	char kind[IFNET_NAME_MAX];
	int error = nl_parse_nested(a->at[IFLA_LINKINFO], &info);

	if (error == 0)
		error = take(&k, m, a);
	if (error != 0)
		return error;
	if (info.at[IFLA_INFO_KIND] == NULL || nl_get_name(info.at[IFLA_INFO_KIND], kind) != 0)
		return EOPNOTSUPP;
	k.data = info.at[IFLA_INFO_DATA];
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		error = netconf_start();
		return error != 0 ? error : kinds[i].make(&k, ret);
	}
	r->message = "Unknown device type";
	return EOPNOTSUPP;
}
