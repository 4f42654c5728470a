/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes in from a link: frames for this kernel go to lwIP, others are forwarded if the
 * interface allows it.  What claims to come from an own address is dropped, but on lo; lwIP would
 * answer it to itself.
 */
#include <lwip/icmp.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip4_frag.h>
#include <lwip/prot/ethernet.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <net/if.h>
#include <string.h>

#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netcount.h"
#include "net/rtable.h"
#include "net/stack/arp.h"
#include "net/stack/stack_priv.h"

enum verdict {
	DROP,
	TO_US,
	FORWARD,
};

static bool
is_for_us(const struct inaddr *dest)
{
	return inaddr_is_multicast(dest) || ifaddr_owner(dest) != NULL ||
	       ifaddr_broadcast(dest) != NULL ||
	       (inaddr_is_v4(dest) &&
		   (inaddr_v4_of(dest) == UINT32_MAX || inaddr_v4_of(dest) == 0));
}

/* Frames on lo are this kernel's own. */
static enum verdict
judge_own(const struct inaddr *dest)
{
	return ifaddr_owner(dest) != NULL ? TO_US : DROP;
}

static enum verdict
judge(const struct ifnet *ifp, const struct inaddr *src, const struct inaddr *dest)
{
	if (inaddr_is_multicast(src) || ifaddr_owner(src) != NULL || inaddr_is_local(dest))
		return DROP;
	if (is_for_us(dest))
		return TO_US;
	return ifconf_get(ifp, inaddr_is_v4(dest) ? IFCONF4_FORWARDING : IFCONF6_FORWARDING) &&
		       !inaddr_is_linklocal(dest) && !inaddr_is_linklocal(src) &&
		       !inaddr_is_any(src)
		   ? FORWARD
		   : DROP;
}

/* The addresses of the packet; false if it is too short to have them. */
static bool
addresses(uint16_t type, const uint8_t *packet, size_t len, struct inaddr *src, struct inaddr *dest)
{
	struct ip_hdr ip4;
	struct ip6_hdr ip6;

	if (type == ETHTYPE_IP && len >= sizeof ip4) {
		memcpy(&ip4, packet, sizeof ip4);
		*src = packed_to_inaddr4(ip4.src);
		*dest = packed_to_inaddr4(ip4.dest);
		return true;
	}
	if (type != ETHTYPE_IPV6 || len < sizeof ip6)
		return false;
	memcpy(&ip6, packet, sizeof ip6);
	*src = packed_to_inaddr6(ip6.src);
	*dest = packed_to_inaddr6(ip6.dest);
	return true;
}

/* --- forwarding --- */

static uint8_t
unreachable4(int error)
{
	return error == ENETUNREACH ? ICMP_DUR_NET : ICMP_DUR_HOST;
}

static void
forward4(struct pbuf *p, const struct rtable_query *q)
{
	struct ip_hdr *ip = p->payload;
	ip_addr_t to = ip_from_inaddr(&q->dest);
	struct rtable_hop hop;
	struct netif *n;
	uint16_t whole = lwip_ntohs(IPH_LEN(ip));
	int error;

	if (IPH_V(ip) != 4 || IPH_HL_BYTES(ip) < IP_HLEN || whole < IPH_HL_BYTES(ip) ||
	    whole > p->tot_len || inet_chksum(ip, IPH_HL_BYTES(ip)) != 0)
		return;
	pbuf_realloc(p, whole);
	if (IPH_TTL(ip) <= 1) {
		icmp_report4(p, &q->source, ICMP_TE, ICMP_TE_TTL, 0);
		return;
	}
	error = rtable_find(q, &hop);
	if (error != 0 || hop.ifp->stack == NULL) {
		netcount.ip4.no_route++;
		icmp_report4(p, &q->source, ICMP_DUR, unreachable4(error), 0);
		return;
	}
	n = hop.ifp->stack;
	if (whole > hop.mtu && IPH_OFFSET(ip) & PP_HTONS(IP_DF)) {
		netcount.ip4.not_fragmented++;
		icmp_report4(p, &q->source, ICMP_DUR, ICMP_DUR_FRAG, hop.mtu);
		return;
	}
	stack_out_forwards(q->iif);
	IPH_TTL_SET(ip, IPH_TTL(ip) - 1);
	IPH_CHKSUM_SET(ip, 0);
	IPH_CHKSUM_SET(ip, inet_chksum(ip, IPH_HL_BYTES(ip)));
	if (whole > hop.mtu) {
		netcount.ip4.forwarded++;
		ip4_frag(p, n, ip_2_ip4(&to));
	} else {
		stack_count_forwarded(true);
		stack_out_send4(n, p, ip_2_ip4(&to));
	}
}

static void
forward6(struct pbuf *p, const struct rtable_query *q)
{
	struct ip6_hdr *ip = p->payload;
	ip_addr_t to = ip_from_inaddr(&q->dest);
	struct rtable_hop hop;
	struct netif *n;
	unsigned whole = IP6_HLEN + (unsigned)IP6H_PLEN(ip);

	if (IP6H_V(ip) != 6 || whole > p->tot_len)
		return;
	pbuf_realloc(p, (u16_t)whole);
	if (IP6H_HOPLIM(ip) <= 1) {
		icmp_report6(p, &q->source, ICMP6_TYPE_TE, ICMP6_TE_HL, 0);
		return;
	}
	if (rtable_find(q, &hop) != 0 || hop.ifp->stack == NULL) {
		icmp_report6(p, &q->source, ICMP6_TYPE_DUR, ICMP6_DUR_NO_ROUTE, 0);
		return;
	}
	if (whole > hop.mtu) {
		icmp_report6(p, &q->source, ICMP6_TYPE_PTB, 0, hop.mtu);
		return;
	}
	n = hop.ifp->stack;
	stack_out_forwards(q->iif);
	IP6H_HOPLIM_SET(ip, IP6H_HOPLIM(ip) - 1);
	stack_count_forwarded(false);
	stack_out_send6(n, p, ip_2_ip6(&to));
}

static void
forward(
    struct pbuf *p, const struct ifnet *iif, const struct inaddr *src, const struct inaddr *dest)
{
	const struct rtable_query q = {.dest = *dest, .source = *src, .iif = iif};

	pbuf_remove_header(p, SIZEOF_ETH_HDR);
	if (inaddr_is_v4(dest))
		forward4(p, &q);
	else
		forward6(p, &q);
	stack_out_forwards(NULL);
	pbuf_free(p);
}

/* --- input --- */

/* Not for us, and not to be passed on. */
static void
count_dropped(struct ifnet *ifp, uint16_t type)
{
	struct netcount_ip *c = type == PP_HTONS(ETHTYPE_IP) ? &netcount.ip4 : &netcount.ip6;

	ifp->rx.dropped++;
	c->in.packets++;
	c->address_errors++;
}

/*
 * lwIP takes what is for an address of the netif that it came in by.  lo is reached at all
 * addresses of the kernel: one of IPv4 is lo's for the moment; one of IPv6 comes in by the
 * interface that has it, as Linux has it, which says what link a link-local address is on.
 */
static err_t
own_input(struct netif *lo, struct pbuf *p, const struct inaddr *dest)
{
	const ip4_addr_t before = *netif_ip4_addr(lo);
	struct netif *n = ifaddr_owner(dest)->stack;
	ip_addr_t ip = ip_from_inaddr(dest);
	err_t err;

	if (!inaddr_is_v4(dest))
		return n == NULL ? ERR_IF : n->input(p, n);
	ip_addr_copy_from_ip4(lo->ip_addr, *ip_2_ip4(&ip));
	err = lo->input(p, lo);
	ip_addr_copy_from_ip4(lo->ip_addr, before);
	return err;
}

static void
input(struct ifnet_tap *t, struct ifnet *ifp, const void *frame, size_t len, bool outgoing)
{
	struct netif *n = ifp->stack;
	const uint8_t *bytes = frame;
	struct inaddr src = {.ip = {1}}, dest;
	enum verdict v = TO_US;
	bool on_lo = (ifp->flags & IFF_LOOPBACK) != 0;
	struct pbuf *p;
	uint16_t type;

	(void)t, (void)outgoing;
	if (n == NULL || len < SIZEOF_ETH_HDR || len > UINT16_MAX)
		return;
	if (!(bytes[0] & 1) && memcmp(bytes, ifp->mac, sizeof ifp->mac) != 0)
		return; /* seen only because the interface is promiscuous */
	memcpy(&type, bytes + 12, sizeof type);
	if (type == PP_HTONS(ETHTYPE_ARP) && !on_lo) {
		arp_input(ifp, bytes, len);
		return;
	}
	if (addresses(lwip_ntohs(type), bytes + SIZEOF_ETH_HDR, len - SIZEOF_ETH_HDR, &src, &dest))
		v = on_lo ? judge_own(&dest) : judge(ifp, &src, &dest);
	else if (on_lo)
		v = DROP;
	if (v == DROP) {
		count_dropped(ifp, type);
		return;
	}
	p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);
	if (p == NULL) {
		ifp->rx.dropped++;
		return;
	}
	pbuf_take(p, frame, (u16_t)len);
	if (type == PP_HTONS(ETHTYPE_IP) || type == PP_HTONS(ETHTYPE_IPV6))
		stack_count_in(p, SIZEOF_ETH_HDR, type == PP_HTONS(ETHTYPE_IP), v == TO_US);
	if (v == FORWARD) {
		forward(p, ifp, &src, &dest);
	} else if (type == PP_HTONS(ETHTYPE_IP) && inaddr_is_any(&src)) {
		udp_from_nobody(p, SIZEOF_ETH_HDR, ifp);
		pbuf_free(p);
	} else if ((on_lo ? own_input(n, p, &dest) : n->input(p, n)) != ERR_OK) {
		pbuf_free(p);
	}
}

static struct ifnet_tap tap = {.fn = input, .last = true};

void
stack_in_init(void)
{
	ifnet_add_tap(&tap);
}

void
stack_in_fini(void)
{
	ifnet_remove_tap(&tap);
}
