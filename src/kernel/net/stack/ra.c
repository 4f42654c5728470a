/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What routers advertise (RFC 4861, 4862): an interface gets its IPv6 addresses, the route to its
 * network and the default route from there, each for as long as the router says.
 *
 * lwIP sees no advertisement, for its addresses are the kernel's; but it asks for them when a link
 * comes up.
 */
#include <lwip/netif.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "net/due.h"
#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/netloop.h"
#include "net/rtable.h"
#include "net/stack/stack_priv.h"

#define MESSAGE_MAX  4096
#define HOPS         255  /* a packet that no router has passed on */
#define UNIT         8    /* lengths of options count so many bytes */
#define MTU_MIN      1280 /* of IPv6 */
#define METRIC       1024
#define METRIC_LINK  256
#define SHORT_LIFE_S 7200 /* nobody can shorten an address's life below this (RFC 4862, 5.5.3) */
#define PREFIX_BITS  64   /* of networks where hosts choose their addresses */
#define FOREVER      UINT32_MAX

/* An advertisement. */
struct ra {
	struct ifnet *ifp;
	struct inaddr router;
	struct nd_router_advert h;
	unsigned mtu; /* 0: not said */
};

bool
ra_accepts(const struct ifnet *ifp)
{
	int accepts = ifconf_get(ifp, IFCONF6_ACCEPT_RA);

	return accepts > 1 || (accepts == 1 && !ifconf_get(ifp, IFCONF6_FORWARDING));
}

/* --- how long routes live --- */

static struct due soonest;
static bool started;

static void
note(int64_t at_ms)
{
	if (at_ms != 0 && at_ms * 1000 < soonest.at_us)
		due_set(&soonest, at_ms * 1000);
}

static struct rentry *
find_over(int64_t now_ms)
{
	struct rentry *r;

	TAILQ_FOREACH (r, &rtable_all, link)
		if (r->expires_ms != 0 && r->expires_ms <= now_ms)
			return r;
	return NULL;
}

static void
look(struct due *d)
{
	int64_t now_ms = netloop_now_ms();
	struct rentry *r, copy;

	due_set(d, DUE_NEVER);
	while ((r = find_over(now_ms)) != NULL) {
		copy = *r;
		if (rtable_delete(&copy) != 0)
			r->expires_ms = 0;
	}
	TAILQ_FOREACH (r, &rtable_all, link)
		note(r->expires_ms);
}

static int64_t
end_of(uint32_t seconds)
{
	return seconds == FOREVER ? 0 : netloop_now_ms() + (int64_t)seconds * 1000;
}

/* --- routes --- */

static struct rentry *
find_route(const struct rentry *like)
{
	struct rentry *r;

	TAILQ_FOREACH (r, &rtable_all, link)
		if (r->ifp == like->ifp && r->protocol == like->protocol &&
		    r->prefix == like->prefix && inaddr_same_ip(&r->dest, &like->dest) &&
		    inaddr_same_ip(&r->gateway, &like->gateway))
			return r;
	return NULL;
}

/* There is to be this route, for so long; 0: there is to be none. */
static void
keep_route(struct rentry *like, uint32_t seconds)
{
	struct rentry *r = find_route(like);

	if (seconds == 0) {
		if (r != NULL)
			(void)rtable_delete(like);
		return;
	}
	if (r == NULL && rtable_add(like) == 0)
		r = find_route(like);
	if (r == NULL)
		return;
	memcpy(r->metrics, like->metrics, sizeof r->metrics);
	r->preference = like->preference;
	r->expires_ms = end_of(seconds);
	note(r->expires_ms);
}

/* The bits of the header, as netlink has them; 2 means nothing. */
static uint8_t
preference(const struct ra *a)
{
	uint8_t bits = a->h.nd_ra_flags_reserved >> 3 & 3;

	return bits == 2 ? 0 : bits;
}

static void
take_router(const struct ra *a)
{
	struct rentry route = {
	    .dest = inaddr_any(false),
	    .gateway = a->router,
	    .source = inaddr_any(false),
	    .ifp = a->ifp,
	    .metric = METRIC,
	    .type = RTN_UNICAST,
	    .protocol = RTPROT_RA,
	    .preference = preference(a),
	};

	if (!ifconf_get(a->ifp, IFCONF6_ACCEPT_RA_DEFRTR))
		return;
	route.metrics[RTAX_HOPLIMIT] = a->h.nd_ra_curhoplimit;
	route.metrics[RTAX_MTU] = a->mtu;
	keep_route(&route, lwip_ntohs(a->h.nd_ra_router_lifetime));
}

/* --- prefixes --- */

static void
take_network(const struct ra *a, const struct inaddr *net, unsigned prefix, uint32_t seconds)
{
	struct rentry route = {
	    .dest = *net,
	    .prefix = prefix,
	    .gateway = inaddr_any(false),
	    .source = inaddr_any(false),
	    .ifp = a->ifp,
	    .metric = METRIC_LINK,
	    .type = RTN_UNICAST,
	    .protocol = RTPROT_KERNEL,
	};

	route.metrics[RTAX_MTU] = a->mtu;
	keep_route(&route, seconds);
}

/* The address that an earlier advertisement gave. */
static struct ifnet_addr *
find_address(const struct ifnet *ifp, const struct inaddr *net)
{
	struct ifnet_addr *a;

	TAILQ_FOREACH (a, &ifp->addrs, link)
		if (a->flags & IFA_F_MANAGETEMPADDR && a->prefix == PREFIX_BITS &&
		    inaddr_in_prefix(&a->ip, net, PREFIX_BITS))
			return a;
	return NULL;
}

static void
take_address(const struct ra *a, const struct inaddr *net, uint32_t valid, uint32_t preferred)
{
	struct ifaddr_params p = {.ip = *net,
	    .prefix = PREFIX_BITS,
	    .scope = -1,
	    .flags = IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE,
	    .valid = valid,
	    .preferred = preferred};
	struct ifnet_addr *old = find_address(a->ifp, net);
	uint32_t left;

	if (old == NULL) {
		if (valid != 0 && ifaddr_interface_id(a->ifp, p.ip.ip + 8, &p.flags))
			(void)ifaddr_add(a->ifp, &p, NULL); /* EEXIST: given by hand */
		return;
	}
	left = ifaddr_left(old, old->valid);
	if (left > SHORT_LIFE_S)
		left = SHORT_LIFE_S;
	p.valid = valid > left ? valid : left;
	p.flags = old->flags;
	ifaddr_change(old, &p);
}

static void
take_prefix(const struct ra *a, const struct nd_opt_prefix_info *o)
{
	uint32_t valid = lwip_ntohl(o->nd_opt_pi_valid_time);
	uint32_t preferred = lwip_ntohl(o->nd_opt_pi_preferred_time);
	unsigned prefix = o->nd_opt_pi_prefix_len;
	struct inaddr net = {.port = 0};

	memcpy(net.ip, &o->nd_opt_pi_prefix, sizeof net.ip);
	if (prefix > 128 || preferred > valid || inaddr_is_linklocal(&net) ||
	    inaddr_is_multicast(&net))
		return;
	net = inaddr_network(&net, prefix);
	if (o->nd_opt_pi_flags_reserved & ND_OPT_PI_FLAG_ONLINK)
		take_network(a, &net, prefix, valid);
	if (o->nd_opt_pi_flags_reserved & ND_OPT_PI_FLAG_AUTO && prefix == PREFIX_BITS &&
	    ifconf_get(a->ifp, IFCONF6_AUTOCONF))
		take_address(a, &net, valid, preferred);
}

/* --- the message --- */

/* The next option of at least `size` bytes and this type, from *at on; NULL: none. */
static const uint8_t *
next_option(const uint8_t *bytes, size_t len, size_t *at, uint8_t type, size_t size)
{
	const uint8_t *o;

	while (*at + UNIT <= len) {
		o = bytes + *at;
		*at += (size_t)o[1] * UNIT;
		if (o[0] == type && (size_t)o[1] * UNIT >= size)
			return o;
	}
	return NULL;
}

/* Do the options end where the message does? */
static bool
is_well_formed(const uint8_t *bytes, size_t len)
{
	size_t at = sizeof(struct nd_router_advert);

	while (at + UNIT <= len && bytes[at + 1] != 0)
		at += (size_t)bytes[at + 1] * UNIT;
	return at == len;
}

static void
take_options(struct ra *a, const uint8_t *bytes, size_t len)
{
	struct nd_opt_prefix_info prefix;
	struct nd_opt_mtu mtu;
	size_t at = sizeof a->h;
	const uint8_t *o = next_option(bytes, len, &at, ND_OPT_MTU, sizeof mtu);

	if (o != NULL) {
		memcpy(&mtu, o, sizeof mtu);
		a->mtu = lwip_ntohl(mtu.nd_opt_mtu_mtu);
		if (a->mtu < MTU_MIN || a->mtu >= a->ifp->mtu)
			a->mtu = 0;
	}
	take_router(a);
	at = sizeof a->h;
	while (
	    ifconf_get(a->ifp, IFCONF6_ACCEPT_RA_PINFO) &&
	    (o = next_option(bytes, len, &at, ND_OPT_PREFIX_INFORMATION, sizeof prefix)) != NULL) {
		memcpy(&prefix, o, sizeof prefix);
		take_prefix(a, &prefix);
	}
}

void
ra_arrived(const struct pbuf *p, u16_t offset)
{
	uint8_t bytes[MESSAGE_MAX];
	size_t len = pbuf_copy_partial(p, bytes, sizeof bytes, offset);
	const struct envelope e = ip_current();
	struct ra a = {.ifp = ifnet_by_index((int)e.index)};

	if (a.ifp == NULL || !ra_accepts(a.ifp) || e.ttl != HOPS || !inaddr_is_linklocal(&e.src) ||
	    ifaddr_owner(&e.src) != NULL || len < sizeof a.h || !is_well_formed(bytes, len))
		return;
	if (!started && due_add(&soonest, look) != 0)
		return;
	started = true;
	memcpy(&a.h, bytes, sizeof a.h);
	if (a.h.nd_ra_code != 0)
		return;
	a.router = inaddr_on_link(&e.src, 0);
	a.router.port = 0;
	((struct netif *)a.ifp->stack)->rs_count = 0;
	take_options(&a, bytes, len);
}
