/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about packets that could not be forwarded or delivered, to who sent them, and answers to
 * echo requests.  lwIP has functions for this, but they say no MTU, quote little, have a TTL of
 * their own and, of IPv6, work only for packets to this kernel itself.
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

/* From where the packet was sent to, if that is an address of ours. */
static ip_addr_t
source_for(const struct pbuf *about, bool v4, const struct rtable_hop *hop)
{
	struct inaddr dest = v4 ? packed_to_inaddr4(((const struct ip_hdr *)about->payload)->dest)
				: packed_to_inaddr6(((const struct ip6_hdr *)about->payload)->dest);

	return ip_from_inaddr(ifaddr_owner(&dest) != NULL ? &dest : &hop->source);
}

void
icmp_report4(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info)
{
	ip_addr_t dest = ip_from_inaddr(sender), src;
	struct rtable_hop hop;
	struct pbuf *p;

	if (is_report4(about) || rtable_lookup(sender, NULL, &hop) != 0 ||
	    stack_if_of(&hop) == NULL)
		return;
	src = source_for(about, true, &hop);
	p = message(about, type, code, info, QUOTED4);
	if (p == NULL)
		return;
	put_checksum(p, inet_chksum(p->payload, p->len));
	ip4_output_if(
	    p, ip_2_ip4(&src), ip_2_ip4(&dest), STACK_TTL, TOS, IP_PROTO_ICMP, stack_if_of(&hop));
	pbuf_free(p);
}

void
icmp_report6(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info)
{
	ip_addr_t dest = ip_from_inaddr(sender), src;
	struct rtable_hop hop;
	struct pbuf *p;

	if (is_report6(about) || rtable_lookup(sender, NULL, &hop) != 0 ||
	    stack_if_of(&hop) == NULL)
		return;
	src = source_for(about, false, &hop);
	p = message(about, type, code, info, QUOTED6);
	if (p == NULL)
		return;
	put_checksum(
	    p, ip6_chksum_pseudo(p, IP6_NEXTH_ICMP6, p->tot_len, ip_2_ip6(&src), ip_2_ip6(&dest)));
	ip6_output_if(
	    p, ip_2_ip6(&src), ip_2_ip6(&dest), STACK_TTL, 0, IP6_NEXTH_ICMP6, stack_if_of(&hop));
	pbuf_free(p);
}

/* The rest of the packet from there on, as a packet of its own.  lwIP has no room for its headers
 * before the largest ones: they get a buffer of theirs. */
static struct pbuf *
copy_from(const struct pbuf *p, u16_t at)
{
	u16_t len = (u16_t)(p->tot_len - at);
	struct pbuf *copy = pbuf_alloc(len > 60000 ? PBUF_RAW : PBUF_IP, len, PBUF_RAM);

	if (copy != NULL)
		pbuf_copy_partial(p, copy->payload, len, at);
	return copy;
}

static bool
is_echo_request(const struct pbuf *p, u16_t at, bool v4)
{
	return p->tot_len >= at + HEADER &&
	       pbuf_get_at(p, at) == (v4 ? ICMP_ECHO : ICMP6_TYPE_EREQ) &&
	       pbuf_get_at(p, (u16_t)(at + 1)) == 0;
}

bool
icmp_answers(const struct pbuf *p, u16_t at)
{
	const struct envelope e = ip_current();
	bool v4 = inaddr_is_v4(&e.dest);
	ip_addr_t dest = ip_from_inaddr(&e.src), src = ip_from_inaddr(&e.dest);
	struct rtable_hop hop;
	struct pbuf *answer;
	struct netif *n;

	if (!is_echo_request(p, at, v4) || ifaddr_owner(&e.dest) == NULL ||
	    rtable_lookup(&e.src, NULL, &hop) != 0 || (n = stack_if_of(&hop)) == NULL)
		return false;
	answer = copy_from(p, at);
	if (answer == NULL)
		return false;
	*(uint8_t *)answer->payload = v4 ? ICMP_ER : ICMP6_TYPE_EREP;
	put_checksum(answer, 0);
	put_checksum(answer, v4 ? inet_chksum(answer->payload, answer->len)
				: ip6_chksum_pseudo(answer, IP6_NEXTH_ICMP6, answer->tot_len,
				      ip_2_ip6(&src), ip_2_ip6(&dest)));
	if (v4)
		ip4_output_if(
		    answer, ip_2_ip4(&src), ip_2_ip4(&dest), STACK_TTL, e.tos, IP_PROTO_ICMP, n);
	else
		ip6_output_if(
		    answer, ip_2_ip6(&src), ip_2_ip6(&dest), STACK_TTL, e.tos, IP6_NEXTH_ICMP6, n);
	pbuf_free(answer);
	return true;
}
