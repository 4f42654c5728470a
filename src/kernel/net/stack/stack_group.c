/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast groups for lwIP, which takes in only what is for groups that it knows, and tells
 * routers and switches of them (IGMP, MLD).  It counts how often it was told of each.
 */
#include <lwip/igmp.h>
#include <lwip/mld6.h>

#include "net/ifnet.h"
#include "net/stack/stack_priv.h"

void
stack_group(const struct ifnet *ifp, const struct inaddr *group, bool join)
{
	ip_addr_t ip = ip_from_inaddr(group);
	struct netif *n = ifp->stack;

	if (n == NULL)
		return;
	if (inaddr_is_v4(group)) {
		(join ? igmp_joingroup_netif : igmp_leavegroup_netif)(n, ip_2_ip4(&ip));
		return;
	}
	ip6_addr_assign_zone(ip_2_ip6(&ip), IP6_MULTICAST, n);
	(join ? mld6_joingroup_netif : mld6_leavegroup_netif)(n, ip_2_ip6(&ip));
}
