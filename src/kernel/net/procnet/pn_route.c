/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and neighbours, in /proc/net. */
#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/procnet/pn_priv.h"
#include "net/rtable.h"

#define HEADERS 40 /* of IPv4 and TCP: what is called MTU here is for TCP */

static unsigned
route_flags(const struct rentry *r)
{
	return RTF_UP | (inaddr_is_any(&r->gateway) ? 0 : RTF_GATEWAY) |
	       (r->prefix == inaddr_bits(&r->dest) ? RTF_HOST : 0) |
	       (r->type == RTN_UNREACHABLE || r->type == RTN_PROHIBIT ? RTF_REJECT : 0);
}

static uint32_t
v4(const struct inaddr *ip)
{
	return htonl(inaddr_v4_of(ip));
}

int
procnet_route(const struct procfs_of *of, FILE *out)
{
	struct inaddr ones = inaddr_v4(UINT32_MAX, 0), mask;
	const struct rentry **list;
	size_t n;

	(void)of;
	procnet_put_padded(out, 127,
	    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
	list = rtable_list(true, &n);
	for (size_t i = 0; i < n; i++) {
		const struct rentry *r = list[i];

		if (r->table != RT_TABLE_MAIN)
			continue;
		mask = inaddr_network(&ones, r->prefix);
		procnet_put_padded(out, 127, "%s\t%08X\t%08X\t%04X\t%d\t%u\t%u\t%08X\t%u\t%u\t%u",
		    r->ifp == NULL ? "*" : r->ifp->name, v4(&r->dest), v4(&r->gateway),
		    route_flags(r), 0, 0, r->metric, v4(&mask),
		    r->metrics[RTAX_ADVMSS] != 0 ? r->metrics[RTAX_ADVMSS] + HEADERS : 0,
		    r->metrics[RTAX_WINDOW], 0);
	}
	free(list);
	return 0;
}

int
procnet_ipv6_route(const struct procfs_of *of, FILE *out)
{
	const struct inaddr none = inaddr_any(false);
	size_t n;
	const struct rentry **list = rtable_list(false, &n);

	(void)of;
	for (size_t i = 0; i < n; i++) {
		const struct rentry *r = list[i];

		procnet_put_hex(out, &r->dest);
		fprintf(out, " %02x ", r->prefix);
		procnet_put_hex(out, &none);
		fputs(" 00 ", out);
		procnet_put_hex(out, &r->gateway);
		fprintf(out, " %08x %08x %08x %08x %8s\n", r->metric, 1, 0, route_flags(r),
		    r->ifp == NULL ? "lo" : r->ifp->name);
	}
	free(list);
	return 0;
}

static void
put_arp(void *arg, const struct neigh *n)
{
	bool permanent = (n->state & NUD_PERMANENT) != 0;
	bool known = (n->state & (NUD_INCOMPLETE | NUD_FAILED)) == 0;
	char ip[INET_ADDRSTRLEN];
	uint32_t addr;

	if (!inaddr_is_v4(&n->ip))
		return;
	addr = v4(&n->ip);
	inet_ntop(AF_INET, &addr, ip, sizeof ip);
	fprintf(arg, "%-16s 0x%-10x0x%-10x%02x:%02x:%02x:%02x:%02x:%02x     *        %s\n", ip,
	    ARPHRD_ETHER, (known ? ATF_COM : 0) | (permanent ? ATF_PERM : 0), n->mac[0], n->mac[1],
	    n->mac[2], n->mac[3], n->mac[4], n->mac[5], n->ifp->name);
}

int
procnet_arp(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("IP address       HW type     Flags       HW address            Mask     Device\n",
	    out);
	neigh_each(put_arp, out);
	return 0;
}
