/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces by netlink: asking for one, making, changing, removing. */
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>

#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/netlink/nl_priv.h"

/* The interface that the request is about, by number or by name. */
static int
find(struct nl_request *r, const struct ifinfomsg *m, const struct nl_attrs *a, struct ifnet **ret)
{
	const struct nlattr *by_name =
	    a->at[IFLA_IFNAME] != NULL ? a->at[IFLA_IFNAME] : a->at[IFLA_ALT_IFNAME];
	char name[IFNET_ALTNAME_MAX];

	if (m->ifi_index != 0) {
		*ret = ifnet_by_index(m->ifi_index);
	} else if (by_name != NULL) {
		if (nl_get_text(by_name, name, sizeof name) != 0)
			return EINVAL;
		*ret = ifnet_by_any_name(name);
	} else {
		return EINVAL;
	}
	if (*ret == NULL)
		r->message = "Unable to find device";
	return *ret == NULL ? ENODEV : 0;
}

static int
parse_and_find(struct nl_request *r, struct nl_attrs *a, struct ifnet **ret)
{
	const struct ifinfomsg *m = nl_parse(r->h, sizeof *m, a);

	return m == NULL ? EINVAL : find(r, m, a, ret);
}

int
nl_get_link(struct nl_request *r)
{
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse_and_find(r, &a, &ifp);

	r->message = NULL; /* Linux has nothing to add here */
	if (error == 0)
		nl_put_link(r->out, RTM_NEWLINK, ifp);
	return error;
}

/* --- changes --- */

static int
set_mtu(struct nl_request *r, struct ifnet *ifp, uint32_t mtu)
{
	if (mtu < ifp->mtu_min)
		r->message = "mtu less than device minimum";
	else if (ifp->mtu_max != 0 && mtu > ifp->mtu_max)
		r->message = "mtu greater than device maximum";
	return ifnet_set_mtu(ifp, mtu);
}

static int
set_numbers(struct nl_request *r, struct ifnet *ifp, const struct nl_attrs *a)
{
	uint32_t mtu, queue, group;
	int error = nl_get_u32(a->at[IFLA_MTU], ifp->mtu, &mtu);

	if (error == 0)
		error = nl_get_u32(a->at[IFLA_TXQLEN], ifp->txqueuelen, &queue);
	if (error == 0)
		error = nl_get_u32(a->at[IFLA_GROUP], ifp->group, &group);
	if (error == 0 && mtu != ifp->mtu)
		error = set_mtu(r, ifp, mtu);
	if (error == 0 && queue != ifp->txqueuelen)
		error = ifnet_set_txqueuelen(ifp, queue);
	if (error == 0 && group != ifp->group)
		error = ifnet_set_group(ifp, group);
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
set_names(struct ifnet *ifp, const struct ifinfomsg *m, const struct nl_attrs *a)
{
	const struct nlattr *alias = a->at[IFLA_IFALIAS];
	char name[IFNET_NAME_MAX];
	int error = 0;

	if (alias != NULL)
		error = ifnet_set_alias(ifp, mnl_attr_get_payload(alias),
		    strnlen(mnl_attr_get_payload(alias), mnl_attr_get_payload_len(alias)));
	if (error != 0 || a->at[IFLA_IFNAME] == NULL || m->ifi_index == 0)
		return error;
	error = nl_get_name(a->at[IFLA_IFNAME], name);
	return error != 0 ? error : ifnet_rename(ifp, name);
}

static int
set_master(struct nl_request *r, struct ifnet *ifp, const struct nlattr *attr)
{
	struct ifnet *master = NULL;
	uint32_t index;
	int error = nl_get_u32(attr, 0, &index);

	if (error != 0 || attr == NULL)
		return error;
	if (index != 0 && (master = ifnet_by_index((int)index)) == NULL)
		return EINVAL;
	error = ifnet_set_master(ifp, master);
	if (error == ELOOP)
		r->message = "Can not enslave a bridge to a bridge";
	return error;
}

static int
set_addr_gen_mode(struct ifnet *ifp, const struct nlattr *families)
{
	struct nl_attrs by_family, inet6;
	const struct nlattr *mode;
	int error = nl_parse_nested(families, &by_family);

	if (error == 0)
		error = nl_parse_nested(by_family.at[AF_INET6], &inet6);
	mode = error == 0 ? inet6.at[IFLA_INET6_ADDR_GEN_MODE] : NULL;
	return mode == NULL ? error
			    : ifconf_store(IFCONF6_ADDR_GEN_MODE, IFCONF_AT(ifp->index),
				  mnl_attr_get_u8(mode));
}

static int
change(struct nl_request *r, struct ifnet *ifp, const struct ifinfomsg *m, const struct nl_attrs *a)
{
	int error;

	if (a->at[IFLA_NET_NS_PID] != NULL || a->at[IFLA_NET_NS_FD] != NULL) {
		r->message = "There are no network namespaces in a rump kernel";
		return EOPNOTSUPP;
	}
	error = set_mac(ifp, a->at[IFLA_ADDRESS]);
	if (error == 0)
		error = set_numbers(r, ifp, a);
	if (error == 0)
		error = set_names(ifp, m, a);
	if (error == 0)
		error = set_addr_gen_mode(ifp, a->at[IFLA_AF_SPEC]);
	if (error == 0)
		error = set_master(r, ifp, a->at[IFLA_MASTER]);
	if (error == 0 && (m->ifi_change != 0 || m->ifi_flags != 0))
		error = ifnet_set_flags(
		    ifp, m->ifi_flags, m->ifi_change != 0 ? m->ifi_change : UINT32_MAX);
	return error;
}

/* All of a group, as `ip link set group 5 down` has it. */
static int
change_group(struct nl_request *r, const struct ifinfomsg *m, const struct nl_attrs *a)
{
	struct nl_attrs rest = *a;
	struct ifnet *ifp;
	uint32_t group;
	int error = nl_get_u32(a->at[IFLA_GROUP], 0, &group);

	rest.at[IFLA_GROUP] = NULL;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (error == 0 && ifp->group == group)
			error = change(r, ifp, m, &rest);
	return error;
}

static int
make(struct nl_request *r, const struct ifinfomsg *m, const struct nl_attrs *a)
{
	struct ifnet *ifp;
	int error = nl_make_link(r, m, a, &ifp);
	struct nl_attrs rest = *a;

	if (error != 0)
		return error;
	rest.at[IFLA_IFNAME] = rest.at[IFLA_MTU] = rest.at[IFLA_ADDRESS] = NULL;
	error = change(r, ifp, m, &rest);
	if (error != 0)
		(void)ifnet_delete(ifp);
	return error;
}

int
nl_new_link(struct nl_request *r)
{
	struct nl_attrs a;
	const struct ifinfomsg *m = nl_parse(r->h, sizeof *m, &a);
	struct ifnet *ifp;
	int error;

	if (m == NULL)
		return EINVAL;
	if (m->ifi_index == 0 && a.at[IFLA_IFNAME] == NULL && a.at[IFLA_ALT_IFNAME] == NULL) {
		/* `ip` finds out by a request about nothing whether there is RTM_NEWLINK. */
		if (a.at[IFLA_GROUP] != NULL)
			return change_group(r, m, &a);
		return (r->h->nlmsg_flags & NLM_F_CREATE) != 0 ? make(r, m, &a) : ENODEV;
	}
	error = find(r, m, &a, &ifp);
	if (error == ENODEV && (r->h->nlmsg_flags & NLM_F_CREATE) != 0) {
		r->message = NULL;
		return make(r, m, &a);
	}
	if (error != 0)
		return error;
	if ((r->h->nlmsg_flags & NLM_F_EXCL) != 0)
		return EEXIST;
	return change(r, ifp, m, &a);
}

int
nl_delete_link(struct nl_request *r)
{
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse_and_find(r, &a, &ifp);

	return error != 0 ? error : ifnet_delete(ifp);
}

/* --- alternative names --- */

static int
change_names(struct nl_request *r, int (*fn)(struct ifnet *, const char *))
{
	const struct nlattr *attr;
	char name[IFNET_ALTNAME_MAX];
	struct nl_attrs a;
	struct ifnet *ifp;
	int error = parse_and_find(r, &a, &ifp);

	if (error == 0 && a.at[IFLA_PROP_LIST] == NULL)
		error = EINVAL;
	if (error != 0)
		return error;
	mnl_attr_for_each_nested(attr, a.at[IFLA_PROP_LIST])
	{
		if (mnl_attr_get_type(attr) != IFLA_ALT_IFNAME ||
		    nl_get_text(attr, name, sizeof name) != 0)
			return EINVAL;
		error = fn(ifp, name);
		if (error != 0)
			return error;
	}
	return 0;
}

int
nl_new_linkprop(struct nl_request *r)
{
	return change_names(r, ifnet_add_altname);
}

int
nl_delete_linkprop(struct nl_request *r)
{
	return change_names(r, ifnet_remove_altname);
}
