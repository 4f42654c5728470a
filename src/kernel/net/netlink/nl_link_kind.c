/* SPDX-License-Identifier: BSD-2-Clause */
/* What `ip -d link` shows of the kind that an interface is of. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/if_vlan.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netif/vlan.h"
#include "net/netlink/nl_priv.h"
#include "net/tun/tun.h"

static void
put_vlan(struct nl_out *o, const struct ifnet *ifp)
{
	struct ifla_vlan_flags flags = {.flags = VLAN_FLAG_REORDER_HDR};

	mnl_attr_put_u16(o->message, IFLA_VLAN_PROTOCOL, htons(ETH_P_8021Q));
	mnl_attr_put_u16(o->message, IFLA_VLAN_ID, (uint16_t)vlan_id(ifp));
	mnl_attr_put(o->message, IFLA_VLAN_FLAGS, sizeof flags, &flags);
}

static void
put_tun(struct nl_out *o, const struct ifnet *ifp)
{
	struct nlmsghdr *h = o->message;
	struct tun_about a;

	if (!tun_about(ifp, &a))
		return;
	mnl_attr_put_u8(h, IFLA_TUN_TYPE, (uint8_t)(a.flags & (IFF_TUN | IFF_TAP)));
	if (a.owner != TUN_NOBODY)
		mnl_attr_put_u32(h, IFLA_TUN_OWNER, a.owner);
	if (a.group != TUN_NOBODY)
		mnl_attr_put_u32(h, IFLA_TUN_GROUP, a.group);
	mnl_attr_put_u8(h, IFLA_TUN_PI, (a.flags & IFF_NO_PI) == 0);
	mnl_attr_put_u8(h, IFLA_TUN_VNET_HDR, 0);
	mnl_attr_put_u8(h, IFLA_TUN_PERSIST, (a.flags & IFF_PERSIST) != 0);
	mnl_attr_put_u8(h, IFLA_TUN_MULTI_QUEUE, 0);
}

static const struct {
	const char *kind;
	void (*put)(struct nl_out *o, const struct ifnet *ifp);
} kinds[] = {
    {"tun", put_tun},
    {"vlan", put_vlan},
};

/* Without the mark of nesting, which Linux does not set here and `ip tuntap` would mind. */
static struct nlattr *
nest(struct nl_out *o, uint16_t type)
{
	struct nlattr *a = mnl_attr_nest_start(o->message, type);

	a->nla_type = type;
	return a;
}

static void
put_data(struct nl_out *o, const struct ifnet *ifp, const char *kind)
{
	struct nlattr *data;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		data = nest(o, IFLA_INFO_DATA);
		kinds[i].put(o, ifp);
		mnl_attr_nest_end(o->message, data);
	}
}

void
nl_put_kind(struct nl_out *o, const struct ifnet *ifp)
{
	const char *kind = ifp->ops == NULL ? NULL : ifp->ops->kind;
	struct nlattr *info;

	if (kind == NULL && ifp->master == NULL)
		return;
	info = nest(o, IFLA_LINKINFO);
	if (kind != NULL) {
		mnl_attr_put_strz(o->message, IFLA_INFO_KIND, kind);
		put_data(o, ifp, kind);
	}
	if (ifp->master != NULL)
		mnl_attr_put_strz(o->message, IFLA_INFO_SLAVE_KIND, ifp->master->ops->kind);
	mnl_attr_nest_end(o->message, info);
}
