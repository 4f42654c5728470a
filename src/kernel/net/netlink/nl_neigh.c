/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbours by netlink. */
#include <errno.h>
#include <linux/neighbour.h>

#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/netif/bridge.h"
#include "net/netlink/nl_priv.h"

void
nl_put_neigh(struct nl_out *o, uint16_t type, const struct neigh *n)
{
	struct ndmsg *m = nl_begin(o, type, sizeof *m);

	m->ndm_family = inaddr_is_v4(&n->ip) ? AF_INET : AF_INET6;
	m->ndm_ifindex = n->ifp->index;
	m->ndm_state = n->state;
	m->ndm_flags = n->is_router ? NTF_ROUTER : 0;
	m->ndm_type = RTN_UNICAST;
	nl_put_ip(o, NDA_DST, &n->ip);
	if ((n->state & (NUD_INCOMPLETE | NUD_FAILED)) == 0)
		mnl_attr_put(o->message, NDA_LLADDR, sizeof n->mac, n->mac);
	nl_end(o);
}

struct wanted {
	struct nl_out *out;
	int family, index;
	const struct inaddr *ip;
	bool found;
};

static void
put_wanted(void *arg, const struct neigh *n)
{
	struct wanted *w = arg;

	if ((w->family != AF_UNSPEC && (w->family == AF_INET) != inaddr_is_v4(&n->ip)) ||
	    (w->index != 0 && n->ifp->index != w->index) ||
	    (w->ip != NULL && !inaddr_same_ip(w->ip, &n->ip)))
		return;
	w->found = true;
	nl_put_neigh(w->out, RTM_NEWNEIGH, n);
}

/* For `bridge fdb`. */
static void
put_bridge_entry(void *arg, const struct bridge_entry *e)
{
	const struct nda_cacheinfo age = {
	    .ndm_used = (uint32_t)(e->age_ms / 10), .ndm_updated = (uint32_t)(e->age_ms / 10)};
	struct nl_out *o = arg;
	struct ndmsg *m = nl_begin(o, RTM_NEWNEIGH, sizeof *m);

	m->ndm_family = AF_BRIDGE;
	m->ndm_ifindex = e->port->index;
	m->ndm_state = e->own ? NUD_PERMANENT : NUD_REACHABLE;
	mnl_attr_put(o->message, NDA_LLADDR, sizeof e->mac, e->mac);
	mnl_attr_put_u32(o->message, NDA_MASTER, (uint32_t)e->bridge->index);
	mnl_attr_put(o->message, NDA_CACHEINFO, sizeof age, &age);
	nl_end(o);
}

int
nl_dump_neighs(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	const struct ndmsg *m = nl_payload(r->h, sizeof *m);
	struct wanted w = {.out = r->out, .family = g == NULL ? AF_UNSPEC : g->rtgen_family};
	struct nl_attrs a;
	uint32_t index;

	if (w.family == AF_BRIDGE) {
		bridge_each_entry(put_bridge_entry, r->out);
		return 0;
	}
	if (w.family != AF_UNSPEC && w.family != AF_INET && w.family != AF_INET6)
		return 0;
	if (m != NULL) {
		if (nl_parse(r->h, sizeof *m, &a) == NULL ||
		    nl_get_u32(a.at[NDA_IFINDEX], (uint32_t)m->ndm_ifindex, &index) != 0)
			return EINVAL;
		if ((m->ndm_flags & NTF_PROXY) != 0)
			return 0;
		w.index = (int)index;
	}
	neigh_each(put_wanted, &w);
	return 0;
}

static int
parse(const struct nl_request *r, const struct ndmsg **ret_m, struct nl_attrs *a,
    struct ifnet **ret_ifp, struct inaddr *ret_ip)
{
	const struct ndmsg *m = nl_parse(r->h, sizeof *m, a);

	if (m == NULL)
		return EINVAL;
	if (m->ndm_family != AF_INET && m->ndm_family != AF_INET6)
		return EAFNOSUPPORT;
	if (a->at[NDA_DST] == NULL)
		return EINVAL;
	*ret_m = m;
	*ret_ifp = ifnet_by_index(m->ndm_ifindex);
	return *ret_ifp == NULL ? ENODEV : nl_get_ip(a->at[NDA_DST], m->ndm_family, ret_ip);
}

static void
look_for(void *arg, const struct neigh *n)
{
	struct wanted *w = arg;

	w->found = w->found || (n->ifp->index == w->index && inaddr_same_ip(&n->ip, w->ip));
}

static bool
is_known(const struct ifnet *ifp, const struct inaddr *ip)
{
	struct wanted w = {.index = ifp->index, .ip = ip};

	neigh_each(look_for, &w);
	return w.found;
}

int
nl_get_neigh(struct nl_request *r)
{
	struct wanted w = {.out = r->out};
	const struct ndmsg *m;
	struct nl_attrs a;
	struct inaddr ip;
	struct ifnet *ifp;
	int error = parse(r, &m, &a, &ifp, &ip);

	if (error != 0)
		return error;
	w.index = ifp->index;
	w.ip = &ip;
	neigh_each(put_wanted, &w);
	if (!w.found)
		r->message = "Neighbour entry not found";
	return w.found ? 0 : ENOENT;
}

int
nl_new_neigh(struct nl_request *r)
{
	const struct nlattr *mac;
	const struct ndmsg *m;
	struct nl_attrs a;
	struct inaddr ip;
	struct ifnet *ifp;
	int error = parse(r, &m, &a, &ifp, &ip);

	if (error != 0)
		return error;
	mac = a.at[NDA_LLADDR];
	if (mac == NULL || mnl_attr_get_payload_len(mac) != sizeof ifp->mac) {
		r->message = mac == NULL ? "No link layer address given" : "Invalid link address";
		return EINVAL;
	}
	if ((r->h->nlmsg_flags & NLM_F_CREATE) == 0 && !is_known(ifp, &ip))
		return ENOENT;
	if ((r->h->nlmsg_flags & NLM_F_EXCL) != 0 && neigh_permanent(ifp, &ip) != NULL)
		return EEXIST;
	return neigh_set(ifp, &ip, mnl_attr_get_payload(mac));
}

int
nl_delete_neigh(struct nl_request *r)
{
	const struct ndmsg *m;
	struct nl_attrs a;
	struct inaddr ip;
	struct ifnet *ifp;
	int error = parse(r, &m, &a, &ifp, &ip);

	return error != 0 ? error : neigh_delete(ifp, &ip);
}
