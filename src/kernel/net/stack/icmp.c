/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What routers and hosts say about packets of ours that did not get through: lwIP does not listen
 * to it, the sockets do.
 */
#include <errno.h>
#include <lwip/icmp.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/raw.h>
#include <string.h>

#include "net/stack/stack_priv.h"

/* What we sent: the beginning of it comes back. */
struct quoted {
	struct inaddr own, dest;
	uint8_t protocol;
};

static bool
quote4(const struct pbuf *p, u16_t at, struct quoted *q)
{
	struct ip_hdr ip;
	uint16_t ports[2];
	ip4_addr_t own, dest;

	if (pbuf_copy_partial(p, &ip, sizeof ip, at) != sizeof ip)
		return false;
	at = (u16_t)(at + IPH_HL_BYTES(&ip));
	if (pbuf_copy_partial(p, ports, sizeof ports, at) != sizeof ports)
		return false;
	own.addr = ip.src.addr;
	dest.addr = ip.dest.addr;
	q->own = ip_to_inaddr4(&own);
	q->dest = ip_to_inaddr4(&dest);
	q->protocol = IPH_PROTO(&ip);
	q->own.port = lwip_ntohs(ports[0]);
	q->dest.port = lwip_ntohs(ports[1]);
	return true;
}

static bool
quote6(const struct pbuf *p, u16_t at, struct quoted *q)
{
	struct ip6_hdr ip;
	uint16_t ports[2];

	if (pbuf_copy_partial(p, &ip, sizeof ip, at) != sizeof ip ||
	    pbuf_copy_partial(p, ports, sizeof ports, (u16_t)(at + IP6_HLEN)) != sizeof ports)
		return false;
	q->own = q->dest = inaddr_any(false);
	memcpy(q->own.ip, &ip.src, sizeof q->own.ip);
	memcpy(q->dest.ip, &ip.dest, sizeof q->dest.ip);
	q->protocol = IP6H_NEXTH(&ip);
	q->own.port = lwip_ntohs(ports[0]);
	q->dest.port = lwip_ntohs(ports[1]);
	return true;
}

static void
pass_on(const struct quoted *q, int error)
{
	if (q->protocol == IP_PROTO_TCP)
		tcp_out_unreachable(&q->own, &q->dest, error);
	else if (q->protocol == IP_PROTO_UDP)
		udp_refused(&q->own, &q->dest);
}

/* As Linux translates the codes. */
static int
errno4(uint8_t code)
{
	static const uint8_t errnos[] = {ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED};

	return code < sizeof errnos ? errnos[code] : EHOSTUNREACH;
}

static u8_t
on_icmp4(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	u16_t at = ip_current_header_tot_len();
	struct icmp_echo_hdr h; /* they all begin alike */
	struct quoted q;

	(void)arg, (void)raw, (void)from;
	raw_icmp_arrived(p, at);
	if (pbuf_copy_partial(p, &h, sizeof h, at) == sizeof h && h.type == ICMP_DUR &&
	    h.code != ICMP_DUR_FRAG && quote4(p, (u16_t)(at + 8), &q))
		pass_on(&q, errno4(h.code));
	return 0;
}

static int
errno6(uint8_t code)
{
	static const uint8_t errnos[] = {
	    ENETUNREACH, EACCES, EHOSTUNREACH, EHOSTUNREACH, ECONNREFUSED};

	return code < sizeof errnos ? errnos[code] : EPROTO;
}

static u8_t
on_icmp6(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	u16_t at = ip_current_header_tot_len();
	struct icmp6_hdr h;
	struct quoted q;

	(void)arg, (void)raw, (void)from;
	raw_icmp_arrived(p, at);
	if (pbuf_copy_partial(p, &h, sizeof h, at) == sizeof h && h.type == ICMP6_TYPE_DUR &&
	    quote6(p, (u16_t)(at + 8), &q))
		pass_on(&q, errno6(h.code));
	return 0;
}

int
icmp_init_all(void)
{
	struct raw_pcb *raw4 = raw_new_ip_type(IPADDR_TYPE_V4, IP_PROTO_ICMP);
	struct raw_pcb *raw6 = raw_new_ip_type(IPADDR_TYPE_V6, IP6_NEXTH_ICMP6);

	if (raw4 == NULL || raw6 == NULL)
		return ENOMEM;
	raw_recv(raw4, on_icmp4, NULL);
	raw_recv(raw6, on_icmp6, NULL);
	return 0;
}
