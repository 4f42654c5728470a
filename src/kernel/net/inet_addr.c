/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that programs give to bind and connect: which are well-formed, and which are ours.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>

#include "net/ifnet.h"
#include "net/inet.h"
#include "net/rtable.h"

#define IN6_LEN_MIN 24 /* without sin6_scope_id (RFC 2133) */

/* The family and length of a sockaddr for a socket of this kind. */
static int
check_form(const struct inet_sockaddr *sa, unsigned flags, bool either)
{
	bool inet6 = (flags & DELEG_INET6) != 0;
	bool as_v4 = !inet6 || (either && sa->ss.ss_family == AF_INET);

	if (sa->len < (as_v4 ? sizeof(struct sockaddr_in) : IN6_LEN_MIN))
		return EINVAL;
	if (sa->ss.ss_family != (as_v4 ? AF_INET : AF_INET6))
		return EAFNOSUPPORT;
	return 0;
}

static bool
is_broadcast(const struct inaddr *a)
{
	uint32_t ip = inaddr_is_v4(a) ? inaddr_v4_of(a) : INADDR_ANY;

	return ip == INADDR_BROADCAST || ip == (INADDR_LOOPBACK | 0xffffff) ||
	       ifaddr_broadcast(a) != NULL;
}

int
inet_parse_bind(const struct inet_sockaddr *sa, unsigned flags, struct inaddr *ret)
{
	struct inet_sockaddr copy = *sa;
	struct sockaddr_in in;
	int error;

	/* Old programs bind to 0.0.0.0 without a family. */
	memcpy(&in, &sa->ss, sizeof in);
	if (!(flags & DELEG_INET6) && sa->len >= sizeof in && in.sin_family == AF_UNSPEC &&
	    in.sin_addr.s_addr == htonl(INADDR_ANY))
		copy.ss.ss_family = AF_INET;
	error = check_form(&copy, flags, false);
	if (error != 0)
		return error;
	*ret = inaddr_from(&copy.ss);
	if (inaddr_is_v4(ret) && flags & DELEG_V6ONLY && flags & DELEG_INET6)
		return EINVAL;
	if (ret->ip[0] == 0xff && !(flags & DELEG_DGRAM))
		return EINVAL;
	if (inaddr_is_linklocal(ret) && inaddr_link(ret) == 0)
		return EINVAL;
	if (inaddr_link(ret) != 0 && ifnet_by_index((int)inaddr_link(ret)) == NULL)
		return ENODEV;
	if (flags & DELEG_DGRAM && (inaddr_is_multicast(ret) || is_broadcast(ret)))
		return 0;
	return inaddr_is_any(ret) || ifaddr_owner(ret) != NULL ? 0 : EADDRNOTAVAIL;
}

/* UDP may be sent to all of a network, if the program says that it means it. */
static int
check_broadcast(const struct inaddr *dest, unsigned flags)
{
	if (!is_broadcast(dest))
		return 0;
	if (!(flags & DELEG_DGRAM))
		return ENETUNREACH;
	return flags & DELEG_BROADCAST ? 0 : EACCES;
}

/* To all or to a group there need not be a route: the first interface will do. */
static int
way_to_many(const struct inaddr *dest, struct rtable_hop *hop)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (!(ifp->flags & IFF_LOOPBACK) && rtable_lookup(dest, ifp, hop) == 0)
			return 0;
	return ENETUNREACH;
}

int
inet_parse_dest(const struct inet_sockaddr *sa, unsigned flags, uint32_t device, struct inaddr *ret,
    struct rtable_hop *hop)
{
	const struct ifnet *only = device != 0 ? ifnet_by_index((int)device) : NULL;
	int error = check_form(sa, flags, (flags & DELEG_DGRAM) != 0);
	struct inaddr loopback;

	if (error != 0)
		return error;
	*ret = inaddr_from(&sa->ss);
	if (inaddr_is_v4(ret) && flags & DELEG_INET6 && flags & DELEG_V6ONLY)
		return ENETUNREACH;
	if (inaddr_is_linklocal(ret) && inaddr_link(ret) == 0) {
		if (device == 0)
			return EINVAL;
		*ret = inaddr_on_link(ret, device);
	}
	if (inaddr_is_any(ret)) {
		loopback = inaddr_loopback(inaddr_is_v4(ret));
		memcpy(ret->ip, loopback.ip, sizeof ret->ip);
	}
	error = check_broadcast(ret, flags);
	if (error != 0)
		return error;
	error = rtable_lookup(ret, only, hop);
	if (error == ENETUNREACH && flags & DELEG_DGRAM && only == NULL)
		error = way_to_many(ret, hop);
	if (error == 0 && inaddr_is_multicast(ret) && !(flags & DELEG_DGRAM))
		error = ENETUNREACH;
	return error;
}
