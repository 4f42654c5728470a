/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ioctls about interfaces.  They know IPv4 only, one address for each name: the first
 * with that name as its label ("eth0", "eth0:1").
 */
#include "net/ifioctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ipv6.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "net/ifnet.h"

#define PRIVATE_LAST (SIOCDEVPRIVATE + 15)
#define CLASS_B      0x80000000u
#define CLASS_C      0xc0000000u

/* --- which one --- */

static struct ifnet *
interface_of(const struct ifreq *r)
{
	char name[IFNAMSIZ];

	memcpy(name, r->ifr_name, sizeof name);
	name[sizeof name - 1] = '\0';
	name[strcspn(name, ":")] = '\0';
	return ifnet_by_name(name);
}

static struct ifnet_addr *
address_of(const struct ifnet *ifp, const struct ifreq *r)
{
	struct ifnet_addr *a;

	TAILQ_FOREACH (a, &ifp->addrs, link)
		if (inaddr_is_v4(&a->ip) && strcmp(a->label, r->ifr_name) == 0)
			return a;
	return NULL;
}

static uint32_t
mask_of(unsigned prefix)
{
	return prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);
}

/* --- to show --- */

static void
show_address(struct ifreq *r, uint32_t ip)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(ip)};

	memcpy(&r->ifr_addr, &in, sizeof r->ifr_addr);
}

static int
get_address(const struct ifnet *ifp, unsigned long request, struct ifreq *r)
{
	const struct ifnet_addr *a = address_of(ifp, r);

	if (a == NULL)
		return EADDRNOTAVAIL;
	if (request == SIOCGIFADDR)
		show_address(r, inaddr_v4_of(&a->ip));
	else if (request == SIOCGIFNETMASK)
		show_address(r, mask_of(a->prefix));
	else if (request == SIOCGIFDSTADDR)
		show_address(r, inaddr_v4_of(&a->peer));
	else
		show_address(r, inaddr_is_v4(&a->broadcast) ? inaddr_v4_of(&a->broadcast) : 0);
	return 0;
}

/* The requests that fill in a struct ifreq; ENOTTY. */
static int
get(const struct ifnet *ifp, unsigned long request, struct ifreq *r)
{
	switch (request) {
	case SIOCGIFADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFDSTADDR:
	case SIOCGIFBRDADDR:
		return get_address(ifp, request, r);
	case SIOCGIFINDEX:
		r->ifr_ifindex = ifp->index;
		return 0;
	case SIOCGIFFLAGS:
		r->ifr_flags = (short)ifnet_flags(ifp);
		return 0;
	case SIOCGIFMTU:
		r->ifr_mtu = (int)ifp->mtu;
		return 0;
	case SIOCGIFMETRIC:
		r->ifr_metric = 0;
		return 0;
	case SIOCGIFTXQLEN:
		r->ifr_qlen = (int)ifp->txqueuelen;
		return 0;
	case SIOCGIFMAP:
		memset(&r->ifr_map, 0, sizeof r->ifr_map);
		return 0;
	case SIOCETHTOOL:
		return EOPNOTSUPP;
	case SIOCGIFHWADDR:
		memset(&r->ifr_hwaddr, 0, sizeof r->ifr_hwaddr);
		r->ifr_hwaddr.sa_family = (sa_family_t)ifp->type;
		memcpy(r->ifr_hwaddr.sa_data, ifp->mac, sizeof ifp->mac);
		return 0;
	default:
		return ENOTTY;
	}
}

/* --- to change --- */

static uint32_t
given_address(const struct ifreq *r)
{
	struct sockaddr_in in;

	memcpy(&in, &r->ifr_addr, sizeof in);
	return ntohl(in.sin_addr.s_addr);
}

static unsigned
prefix_by_class(uint32_t ip)
{
	return ip < CLASS_B ? 8 : ip < CLASS_C ? 16 : 24;
}

/* An address as this one, in its place: with what the request says instead of what it had. */
static int
replace_address(struct ifnet *ifp, struct ifnet_addr *old, struct ifaddr_params *p)
{
	char label[IFADDR_LABEL_MAX];

	if (old != NULL) {
		snprintf(label, sizeof label, "%s", old->label);
		p->label = label;
		ifaddr_free(old);
	}
	return inaddr_is_any(&p->ip) ? 0 : ifaddr_add(ifp, p, NULL);
}

static int
set_address(struct ifnet *ifp, const struct ifreq *r)
{
	uint32_t ip = given_address(r);
	struct ifaddr_params p = {.ip = inaddr_v4(ip, 0),
	    .prefix = ifp->flags & IFF_POINTOPOINT ? 32 : prefix_by_class(ip),
	    .scope = -1,
	    .label = r->ifr_name};

	if (r->ifr_addr.sa_family != AF_INET)
		return EINVAL;
	return replace_address(ifp, address_of(ifp, r), &p);
}

/* What belongs to an address that is there. */
static int
change_address(struct ifnet *ifp, unsigned long request, const struct ifreq *r)
{
	struct ifnet_addr *a = address_of(ifp, r);
	struct inaddr given = inaddr_v4(given_address(r), 0), peer, broadcast, last;
	uint32_t mask = given_address(r);
	struct ifaddr_params p;

	if (a == NULL)
		return EADDRNOTAVAIL;
	peer = a->peer;
	broadcast = a->broadcast;
	p = (struct ifaddr_params){.ip = a->ip,
	    .prefix = a->prefix,
	    .peer = &peer,
	    .broadcast = &broadcast,
	    .scope = a->scope,
	    .metric = a->metric};
	if (request == SIOCSIFBRDADDR) {
		broadcast = given;
	} else if (request == SIOCSIFDSTADDR) {
		peer = given;
	} else {
		if (mask & (~mask >> 1)) /* not ones, then zeroes */
			return EINVAL;
		last = inaddr_last(&a->ip, a->prefix);
		p.prefix = (unsigned)__builtin_popcount(mask);
		if (inaddr_same_ip(&last, &broadcast))
			p.broadcast = NULL;
	}
	return replace_address(ifp, a, &p);
}

/* Of an alias ("eth0:1") only this can be said: that it is down, and so gone. */
static int
set_flags(struct ifnet *ifp, const struct ifreq *r)
{
	struct ifnet_addr *a = address_of(ifp, r);

	if (strchr(r->ifr_name, ':') != NULL) {
		if (a == NULL)
			return EADDRNOTAVAIL;
		if (!(r->ifr_flags & IFF_UP))
			ifaddr_free(a);
		return 0;
	}
	return ifnet_set_flags(ifp, (unsigned short)r->ifr_flags, UINT32_MAX);
}

static int
set(struct ifnet *ifp, unsigned long request, const struct ifreq *r)
{
	uint8_t mac[6];

	switch (request) {
	case SIOCSIFADDR:
		return set_address(ifp, r);
	case SIOCSIFNETMASK:
	case SIOCSIFBRDADDR:
	case SIOCSIFDSTADDR:
		return change_address(ifp, request, r);
	case SIOCSIFFLAGS:
		return set_flags(ifp, r);
	case SIOCSIFMTU:
		return r->ifr_mtu < 0 ? EINVAL : ifnet_set_mtu(ifp, (unsigned)r->ifr_mtu);
	case SIOCSIFTXQLEN:
		return r->ifr_qlen < 0 ? EINVAL : ifnet_set_txqueuelen(ifp, (unsigned)r->ifr_qlen);
	case SIOCSIFHWADDR:
		memcpy(mac, r->ifr_hwaddr.sa_data, sizeof mac);
		return r->ifr_hwaddr.sa_family != ifp->type ? EINVAL : ifnet_set_mac(ifp, mac);
	case SIOCSIFNAME:
		return ifnet_rename(ifp, r->ifr_newname);
	default:
		return EOPNOTSUPP;
	}
}

/* --- all of them --- */

/* One struct ifreq for each IPv4 address; without a buffer only how much that is. */
static int
list(struct lwp *l, uint64_t arg)
{
	struct ifconf c;
	struct ifreq r;
	struct ifnet *ifp;
	struct ifnet_addr *a;
	size_t used = 0, room;
	int error = uptr_get(l, arg, &c, sizeof c);

	if (error != 0)
		return error;
	if (c.ifc_len < 0)
		return EINVAL;
	room = c.ifc_buf == NULL ? SIZE_MAX : (size_t)c.ifc_len;
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link) {
			if (!inaddr_is_v4(&a->ip) || room - used < sizeof r)
				continue;
			memset(&r, 0, sizeof r);
			snprintf(r.ifr_name, sizeof r.ifr_name, "%s", a->label);
			show_address(&r, inaddr_v4_of(&a->ip));
			if (c.ifc_buf != NULL)
				error = uptr_put(l, (uintptr_t)c.ifc_buf + used, &r, sizeof r);
			if (error != 0)
				return error;
			used += sizeof r;
		}
	}
	c.ifc_len = (int)used;
	return uptr_put(l, arg, &c, sizeof c);
}

/* --- IPv6 --- */

static int
change_address6(struct lwp *l, unsigned long request, uint64_t arg)
{
	struct ifaddr_params p = {.scope = -1};
	struct in6_ifreq r;
	struct ifnet *ifp;
	int error = uptr_get(l, arg, &r, sizeof r);

	if (error != 0)
		return error;
	ifp = ifnet_by_index(r.ifr6_ifindex);
	if (ifp == NULL)
		return ENODEV;
	memcpy(p.ip.ip, &r.ifr6_addr, sizeof p.ip.ip);
	p.prefix = r.ifr6_prefixlen;
	return request == SIOCSIFADDR ? ifaddr_add(ifp, &p, NULL)
				      : ifaddr_delete(ifp, &p.ip, p.prefix);
}

/* A struct ifreq, with the name of an interface in it? */
static bool
is_about_one(unsigned long request)
{
	return (request >= SIOCGIFNAME && request <= SIOCSIFHWBROADCAST) ||
	       request == SIOCGIFTXQLEN || request == SIOCSIFTXQLEN || request == SIOCGIFMAP ||
	       request == SIOCETHTOOL || (request >= SIOCDEVPRIVATE && request <= PRIVATE_LAST);
}

int
ifioctl(struct lwp *l, int family, unsigned long request, uint64_t arg)
{
	struct ifnet *ifp;
	struct ifreq r;
	int error;

	if (request == SIOCGIFCONF)
		return list(l, arg);
	if (family == AF_INET6 && (request == SIOCSIFADDR || request == SIOCDIFADDR))
		return cred_is_admin(&l->proc->cred) ? change_address6(l, request, arg) : EPERM;
	if (!is_about_one(request))
		return ENOTTY;
	error = uptr_get(l, arg, &r, sizeof r);
	if (error != 0)
		return error;
	r.ifr_name[sizeof r.ifr_name - 1] = '\0';
	ifp = request == SIOCGIFNAME ? ifnet_by_index(r.ifr_ifindex) : interface_of(&r);
	if (ifp == NULL)
		return ENODEV;
	if (request == SIOCGIFNAME)
		snprintf(r.ifr_name, sizeof r.ifr_name, "%s", ifp->name);
	else
		error = get(ifp, request, &r);
	if (error == ENOTTY)
		return cred_is_admin(&l->proc->cred) ? set(ifp, request, &r) : EPERM;
	return error != 0 ? error : uptr_put(l, arg, &r, sizeof r);
}
