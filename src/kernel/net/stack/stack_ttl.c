/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far lwIP's own packets go: answers to pings, and segments for which there is no connection or
 * not yet one.  lwIP gives them the most hops that there are, Linux those of every packet.
 */
#include <lwip/inet_chksum.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip.h>

#include "net/stack/stack_priv.h"

#define LWIP_TTL 255

/* Later fragments of an answer do not say what they are of. */
static bool
is_lwips(uint8_t protocol, const struct pbuf *p, u16_t header, bool first)
{
	if (protocol == IP_PROTO_TCP)
		return true;
	if (protocol == IP_PROTO_ICMP)
		return !first || pbuf_get_at(p, header) == ICMP_ER;
	return protocol == IP6_NEXTH_ICMP6 && pbuf_get_at(p, header) == ICMP6_TYPE_EREP;
}

void
stack_ttl4(struct pbuf *p)
{
	struct ip_hdr *ip = p->payload;
	bool first;

	if (p->len < sizeof *ip || IPH_TTL(ip) != LWIP_TTL)
		return;
	first = (IPH_OFFSET(ip) & PP_HTONS(IP_OFFMASK)) == 0;
	if (!is_lwips(IPH_PROTO(ip), p, IPH_HL_BYTES(ip), first))
		return;
	IPH_TTL_SET(ip, STACK_TTL);
	IPH_CHKSUM_SET(ip, 0);
	IPH_CHKSUM_SET(ip, inet_chksum(ip, IPH_HL_BYTES(ip)));
}

void
stack_ttl6(struct pbuf *p)
{
	struct ip6_hdr *ip = p->payload;

	if (p->len >= sizeof *ip && IP6H_HOPLIM(ip) == LWIP_TTL &&
	    is_lwips((uint8_t)IP6H_NEXTH(ip), p, IP6_HLEN, true))
		IP6H_HOPLIM_SET(ip, STACK_TTL);
}
