/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about packets that could not be forwarded, to who sent them.  lwIP has functions for
 * this, but they say no MTU and, of IPv6, work only for packets to this kernel itself.
 */
#include <lwip/inet_chksum.h>
#include <lwip/ip4.h>
#include <lwip/ip6.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/stack/stack_priv.h"

#define HEADER  8
#define QUOTED4 (576 - IP_HLEN - HEADER)
#define QUOTED6 (1280 - IP6_HLEN - HEADER)
#define TOS     0xc0 /* precedence: internetwork control */

/* Those about echo requests may be answered; those about messages like ours not. */
static bool
is_report4(const struct pbuf *p)
{
	const struct ip_hdr *ip = p->payload;
	u16_t at = IPH_HL_BYTES(ip);
	uint8_t type = at < p->tot_len ? pbuf_get_at(p, at) : 0;

	return (IPH_OFFSET(ip) & PP_HTONS(IP_OFFMASK)) != 0 ||
	       (IPH_PROTO(ip) == IP_PROTO_ICMP && type != ICMP_ECHO && type != ICMP_ER);
}

static bool
is_report6(const struct pbuf *p)
{
	const struct ip6_hdr *ip = p->payload;

	return IP6H_NEXTH(ip) == IP6_NEXTH_ICMP6 && p->tot_len > IP6_HLEN &&
	       pbuf_get_at(p, IP6_HLEN) < ICMP6_TYPE_EREQ;
}

/* The message: its header and the beginning of the packet. */
static struct pbuf *
message(const struct pbuf *about, uint8_t type, uint8_t code, uint32_t info, u16_t quoted)
{
	u16_t len = about->tot_len < quoted ? about->tot_len : quoted;
	struct pbuf *p = pbuf_alloc(PBUF_IP, (u16_t)(HEADER + len), PBUF_RAM);
	uint8_t *bytes;

	if (p == NULL)
		return NULL;
	bytes = p->payload;
	bytes[0] = type;
	bytes[1] = code;
	bytes[2] = bytes[3] = 0;
	info = lwip_htonl(info);
	memcpy(bytes + 4, &info, sizeof info);
	pbuf_copy_partial(about, bytes + HEADER, len, 0);
	return p;
}

static void
put_checksum(struct pbuf *p, uint16_t sum)
{
	memcpy((uint8_t *)p->payload + 2, &sum, sizeof sum);
}

void
icmp_report4(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info)
{
	ip_addr_t dest = ip_from_inaddr(sender), src;
	struct rtable_hop hop;
	struct pbuf *p;

	if (is_report4(about) || rtable_lookup(sender, NULL, &hop) != 0 || hop.ifp->stack == NULL)
		return;
	src = ip_from_inaddr(&hop.source);
	p = message(about, type, code, info, QUOTED4);
	if (p == NULL)
		return;
	put_checksum(p, inet_chksum(p->payload, p->len));
	ip4_output_if(
	    p, ip_2_ip4(&src), ip_2_ip4(&dest), STACK_TTL, TOS, IP_PROTO_ICMP, hop.ifp->stack);
	pbuf_free(p);
}

void
icmp_report6(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info)
{
	ip_addr_t dest = ip_from_inaddr(sender), src;
	struct rtable_hop hop;
	struct pbuf *p;

	if (is_report6(about) || rtable_lookup(sender, NULL, &hop) != 0 || hop.ifp->stack == NULL)
		return;
	src = ip_from_inaddr(&hop.source);
	p = message(about, type, code, info, QUOTED6);
	if (p == NULL)
		return;
	put_checksum(
	    p, ip6_chksum_pseudo(p, IP6_NEXTH_ICMP6, p->tot_len, ip_2_ip6(&src), ip_2_ip6(&dest)));
	ip6_output_if(
	    p, ip_2_ip6(&src), ip_2_ip6(&dest), STACK_TTL, 0, IP6_NEXTH_ICMP6, hop.ifp->stack);
	pbuf_free(p);
}
