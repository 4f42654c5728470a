/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes out to the links.
 *
 * lwIP sends through the functions here, which ask the kernel's routes for the next hop, whatever
 * netif lwIP has chosen: of lwIP's own idea of routes only this remains that there must be a netif.
 */
#include <errno.h>
#include <lwip/ethip6.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/prot/ethernet.h>
#include <lwip/prot/ieee.h>
#include <lwip/prot/ip4.h>
#include <net/if.h>
#include <netif/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/large.h"
#include "net/neigh.h"
#include "net/rtable.h"
#include "net/stack/arp.h"
#include "net/stack/lwip_own.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

#define FRAME_MAX UINT16_MAX /* of a pbuf */

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	const struct conn *c = conn_sending();

	if (c == NULL || len <= SIZEOF_ETH_HDR + ifp->mtu)
		return ifnet_output(ifp, frame, len);
	return ifnet_output_large(ifp, frame, len, conn_segment_on(c, ifp->mtu));
}

/* lwIP tells of an address of its own by ARP, whatever the link. */
static bool
is_needless(const struct ifnet *ifp, const struct pbuf *p)
{
	const struct eth_hdr *h = p->payload;

	return (ifp->flags & IFF_NOARP) != 0 && p->len >= sizeof *h &&
	       h->type == PP_HTONS(ETHTYPE_ARP);
}

static err_t
link_output(struct netif *n, struct pbuf *p)
{
	static uint8_t frame[FRAME_MAX];
	const void *bytes = p->payload;

	if (is_needless(n->state, p))
		return ERR_OK;
	if (p->next != NULL) {
		pbuf_copy_partial(p, frame, p->tot_len, 0);
		bytes = frame;
	}
	/* TCP waits for room; what else an interface cannot send now is lost, as on a wire. */
	return output(n->state, bytes, p->tot_len) == ENOBUFS ? ERR_MEM : ERR_OK;
}

static const struct ifnet *from;

void
stack_out_forwards(const struct ifnet *ifp)
{
	from = ifp;
}

static struct inaddr
source_of(const struct pbuf *p, bool v4)
{
	if (p->len < (v4 ? IP_HLEN : IP6_HLEN))
		return inaddr_any(v4);
	return v4 ? packed_to_inaddr4(((const struct ip_hdr *)p->payload)->src)
		  : packed_to_inaddr6(((const struct ip6_hdr *)p->payload)->src);
}

/* The next hop of a packet that goes to one station; NULL: nowhere. */
static struct netif *
next_hop(const struct inaddr *dest, struct netif *chosen, struct pbuf *p, struct inaddr *ret_hop)
{
	const struct rtable_query q = {.dest = *dest,
	    .source = source_of(p, inaddr_is_v4(dest)),
	    .oif = inaddr_is_linklocal(dest) ? chosen->state : NULL,
	    .iif = from};
	struct rtable_hop hop;

	if (rtable_find(&q, &hop) != 0)
		return NULL;
	if (conn_sending() != NULL)
		conn_before_output(p, inaddr_is_v4(dest) ? IP_HLEN : IP6_HLEN, hop.mtu);
	*ret_hop = hop.gateway;
	return stack_if_of(&hop);
}

/* To a neighbour whom nobody has to look for: on a link without ARP there is one, whose address
 * does not count. */
static bool
to_known(struct netif *n, struct pbuf *p, const struct inaddr *hop, uint16_t type, err_t *ret)
{
	const struct ifnet *ifp = n->state;
	const struct neigh *known = neigh_permanent(ifp, hop);
	struct eth_addr mac;

	if (known == NULL && (ifp->flags & (IFF_NOARP | IFF_LOOPBACK)) == 0)
		return false;
	memcpy(mac.addr, known != NULL ? known->mac : ifp->mac, sizeof mac.addr);
	*ret = ethernet_output(n, p, (struct eth_addr *)n->hwaddr, &mac, type);
	return true;
}

/* To all, or to a group: its link address is made of its own. */
static err_t
to_many(struct netif *n, struct pbuf *p, const struct inaddr *dest)
{
	struct eth_addr mac = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

	if (inaddr_is_multicast(dest))
		mac = (struct eth_addr){
		    {0x01, 0x00, 0x5e, dest->ip[13] & 0x7f, dest->ip[14], dest->ip[15]}};
	return ethernet_output(n, p, (struct eth_addr *)n->hwaddr, &mac, ETHTYPE_IP);
}

static bool no_frag;

void
stack_out_no_frag(bool on)
{
	no_frag = on;
}

/* What lwIP has broken up already can hardly forbid it. */
static void
forbid_fragments(struct pbuf *p)
{
	struct ip_hdr *ip = p->payload;

	if (p->len < sizeof *ip || (IPH_OFFSET(ip) & PP_HTONS(IP_OFFMASK | IP_MF)) != 0)
		return;
	IPH_OFFSET_SET(ip, IPH_OFFSET(ip) | PP_HTONS(IP_DF));
	IPH_CHKSUM_SET(ip, 0);
	IPH_CHKSUM_SET(ip, inet_chksum(ip, IPH_HL_BYTES(ip)));
}

err_t
stack_out_send4(struct netif *n, struct pbuf *p, const ip4_addr_t *dest)
{
	struct inaddr to = ip_to_inaddr4(dest), hop;
	err_t err;

	if (no_frag)
		forbid_fragments(p);
	if (inaddr_is_multicast(&to) || inaddr_v4_of(&to) == INADDR_BROADCAST ||
	    ifaddr_broadcast(&to) != NULL)
		return to_many(n, p, &to);
	n = next_hop(&to, n, p, &hop);
	if (n == NULL)
		return ERR_RTE;
	if (to_known(n, p, &hop, ETHTYPE_IP, &err))
		return err;
	return arp_output(n, p, &hop);
}

err_t
stack_out_send6(struct netif *n, struct pbuf *p, const ip6_addr_t *dest)
{
	struct inaddr to = ip_to_inaddr6(dest), hop;
	ip_addr_t next;
	err_t err;

	if (ip6_addr_ismulticast(dest)) /* lo has no groups */
		return stack_if_ifnet(n)->flags & IFF_LOOPBACK ? ERR_OK : ethip6_output(n, p, dest);
	n = next_hop(&to, n, p, &hop);
	if (n == NULL)
		return ERR_RTE;
	if (to_known(n, p, &hop, ETHTYPE_IPV6, &err))
		return err;
	next = ip_from_inaddr(&hop);
	ip6_addr_assign_zone(ip_2_ip6(&next), IP6_UNICAST, n);
	return ethip6_output(n, p, ip_2_ip6(&next));
}

/* What lwIP calls: for packets of this kernel's own. */

static err_t
output4(struct netif *n, struct pbuf *p, const ip4_addr_t *dest)
{
	stack_count_out(p, true);
	stack_ttl4(p);
	return stack_out_send4(n, p, dest);
}

static err_t
output6(struct netif *n, struct pbuf *p, const ip6_addr_t *dest)
{
	stack_count_out(p, false);
	stack_ttl6(p);
	return stack_out_send6(n, p, dest);
}

/* lwIP thinks that the packet need not go out.  What is too long for lo goes in fragments. */
FOR_LWIP err_t
netif_loop_output(struct netif *n, struct pbuf *p)
{
	struct netif *lo = ifnet_by_index(IFNET_LO)->stack;
	bool fits = lo != NULL && p->tot_len <= lo->mtu;
	ip4_addr_t dest4;
	ip6_addr_t dest6;

	if (lo == NULL)
		return ERR_RTE;
	if (IPH_V((const struct ip_hdr *)p->payload) == 4) {
		ip4_addr_copy(dest4, ((const struct ip_hdr *)p->payload)->dest);
		return fits ? output4(lo, p, &dest4) : ip4_frag(p, lo, &dest4);
	}
	ip6_addr_copy_from_packed(dest6, ((const struct ip6_hdr *)p->payload)->dest);
	ip6_addr_assign_zone(&dest6, IP6_UNICAST, n);
	return fits ? output6(lo, p, &dest6) : ip6_frag(p, lo, &dest6);
}

void
stack_out_of(struct netif *n)
{
	n->output = output4;
	n->output_ip6 = output6;
	n->linkoutput = link_output;
}
