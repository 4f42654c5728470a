/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What routers and hosts say about packets of ours that did not get through: lwIP does not listen
 * to it, the sockets do.  Such a message brings the beginning of the packet back, which says whose
 * it was.
 */
#include <errno.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <lwip/inet_chksum.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/raw.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include <linux/errqueue.h>

#include "net/errlink.h"
#include "net/ifnet.h"
#include "net/pmtu.h"
#include "net/stack/stack_priv.h"

#define ICMP_HEADER  8
#define UDP_HEADER   8
#define NUMBER_PLACE 4 /* in an echo request */
#define LEAST        8 /* of the packet's own bytes: what an ICMP message must bring back */
#define MESSAGE_MAX  1500

/* A message, and the packet that it brings back. */
struct message {
	const struct icmphdr *h; /* ICMPv6 begins alike */
	const uint8_t *quoted;
	size_t left;
	struct inaddr own, dest;
	uint8_t protocol;
	const uint8_t *body; /* of the packet, after its IP header */
	size_t body_len;
};

static bool
quote4(struct message *m)
{
	struct ip_hdr ip;
	size_t header;

	if (m->left < sizeof ip)
		return false;
	memcpy(&ip, m->quoted, sizeof ip);
	header = IPH_HL_BYTES(&ip);
	if (IPH_V(&ip) != 4 || header < sizeof ip || m->left < header + LEAST)
		return false;
	m->own = packed_to_inaddr4(ip.src);
	m->dest = packed_to_inaddr4(ip.dest);
	m->protocol = IPH_PROTO(&ip);
	m->body = m->quoted + header;
	m->body_len = m->left - header;
	return true;
}

static bool
quote6(struct message *m)
{
	uint32_t index = (uint32_t)stack_if_ifnet(ip_current_input_netif())->index;
	struct ip6_hdr ip;

	if (m->left < sizeof ip + LEAST)
		return false;
	memcpy(&ip, m->quoted, sizeof ip);
	m->own = packed_to_inaddr6(ip.src);
	m->dest = packed_to_inaddr6(ip.dest);
	m->own = inaddr_on_link(&m->own, index);
	m->dest = inaddr_on_link(&m->dest, index);
	m->protocol = IP6H_NEXTH(&ip);
	m->body = m->quoted + sizeof ip;
	m->body_len = m->left - sizeof ip;
	return true;
}

/* --- what it means --- */

/* As Linux translates the codes. */
static void
explain4(const struct message *m, struct dgram_error *e)
{
	static const struct {
		uint8_t error;
		bool hard;
	} unreachable[] = {
	    {ENETUNREACH, false},
	    {EHOSTUNREACH, false},
	    {ENOPROTOOPT, true},
	    {ECONNREFUSED, true},
	    {EMSGSIZE, false},
	    {EOPNOTSUPP, false},
	    {ENETUNREACH, true},
	    {EHOSTDOWN, true},
	    {ENONET, true},
	    {ENETUNREACH, true},
	    {EHOSTUNREACH, true},
	    {ENETUNREACH, false},
	    {EHOSTUNREACH, false},
	    {EHOSTUNREACH, true},
	    {EHOSTUNREACH, true},
	    {EHOSTUNREACH, true},
	};
	uint8_t code = m->h->code;

	switch (m->h->type) {
	case ICMP_DEST_UNREACH:
		if (code >= sizeof unreachable / sizeof unreachable[0])
			return;
		e->error = unreachable[code].error;
		e->hard = unreachable[code].hard;
		if (code == ICMP_FRAG_NEEDED)
			e->is.info = lwip_ntohs(m->h->un.frag.mtu);
		break;
	case ICMP_TIME_EXCEEDED:
		e->error = EHOSTUNREACH;
		break;
	case ICMP_PARAMETERPROB:
		e->error = EPROTO;
		e->hard = true;
		e->is.info = lwip_ntohl(m->h->un.gateway) >> 24;
		break;
	default:
		break;
	}
}

static void
explain6(const struct message *m, struct dgram_error *e)
{
	static const struct {
		uint8_t error;
		bool hard;
	} unreachable[] = {
	    {ENETUNREACH, false},
	    {EACCES, true},
	    {EHOSTUNREACH, false},
	    {EHOSTUNREACH, false},
	    {ECONNREFUSED, true},
	    {EACCES, true},
	    {EACCES, true},
	};

	switch (m->h->type) {
	case ICMPV6_DEST_UNREACH:
		e->error = EPROTO;
		e->hard = true;
		if (m->h->code < sizeof unreachable / sizeof unreachable[0]) {
			e->error = unreachable[m->h->code].error;
			e->hard = unreachable[m->h->code].hard;
		}
		break;
	case ICMPV6_PKT_TOOBIG:
		e->error = EMSGSIZE;
		e->is.info = lwip_ntohl(m->h->un.gateway);
		break;
	case ICMPV6_TIME_EXCEED:
		e->error = EHOSTUNREACH;
		break;
	case ICMPV6_PARAMPROB:
		e->error = EPROTO;
		e->hard = true;
		e->is.info = lwip_ntohl(m->h->un.gateway);
		break;
	default:
		break;
	}
}

/* --- whom it concerns --- */

static uint16_t
word(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* `skip` bytes of the packet are not the program's. */
static void
quote_into(struct deleg_error *is, const struct message *m, size_t skip)
{
	size_t len = m->body_len - skip;

	is->dest = m->dest;
	is->len = (uint16_t)(len < DELEG_QUOTED ? len : DELEG_QUOTED);
	memcpy(is->bytes, m->body + skip, is->len);
}

static bool
is_echo(const struct message *m)
{
	return inaddr_is_v4(&m->dest)
		   ? m->protocol == IPPROTO_ICMP && m->body[0] == ICMP_ECHO
		   : m->protocol == IPPROTO_ICMPV6 && m->body[0] == ICMPV6_ECHO_REQUEST;
}

static void
pass_on(struct message *m, struct dgram_error *e)
{
	quote_into(&e->is, m, 0);
	raw_failed(
	    &m->own, &m->dest, m->protocol, is_echo(m) ? word(m->body + NUMBER_PLACE) : -1, e);
	if (m->protocol != IPPROTO_UDP && m->protocol != IPPROTO_TCP)
		return;
	m->own.port = word(m->body);
	m->dest.port = word(m->body + 2);
	if (m->protocol == IPPROTO_UDP) {
		quote_into(&e->is, m, UDP_HEADER);
		udp_failed(&m->own, &m->dest, e);
	} else if (e->error != EMSGSIZE &&
		   m->h->type ==
		       (inaddr_is_v4(&m->dest) ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH)) {
		tcp_out_unreachable(&m->own, &m->dest, e->error);
	}
}

/* Who said so, and how the message came. */
static void
origin(struct dgram_error *e, const struct message *m, bool v4)
{
	const struct envelope came = ip_current();

	e->pending = true;
	e->is.origin = v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6;
	e->is.type = m->h->type;
	e->is.code = m->h->code;
	e->is.ttl = came.ttl;
	e->is.tos = came.tos;
	e->is.index = came.index;
	e->is.offender = came.src;
	e->is.own = came.dest;
}

static void
read_message(const struct pbuf *p, u16_t at, bool v4)
{
	uint8_t bytes[MESSAGE_MAX] __attribute__((aligned(4)));
	size_t len = pbuf_copy_partial(p, bytes, sizeof bytes, at);
	struct message m = {.h = (const struct icmphdr *)bytes,
	    .quoted = bytes + ICMP_HEADER,
	    .left = len - ICMP_HEADER};
	struct dgram_error e = {.error = 0};

	if (len < ICMP_HEADER)
		return;
	(v4 ? explain4 : explain6)(&m, &e);
	if (e.error == 0 || !(v4 ? quote4 : quote6)(&m))
		return;
	if (e.error == EMSGSIZE && e.is.info != 0)
		pmtu_learn(&m.dest, e.is.info);
	origin(&e, &m, v4);
	pass_on(&m, &e);
}

/* lwIP has not looked yet. */
static bool
is_whole(struct pbuf *p, u16_t at)
{
	bool good;

	pbuf_remove_header(p, at);
	good = ip_current_is_v6() ? ip6_chksum_pseudo(p, IP6_NEXTH_ICMP6, p->tot_len,
					ip6_current_src_addr(), ip6_current_dest_addr()) == 0
				  : inet_chksum_pbuf(p) == 0;
	pbuf_add_header_force(p, at);
	return good;
}

static u8_t
on_icmp(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	u16_t at = ip_current_header_tot_len();

	(void)arg, (void)raw, (void)from;
	raw_icmp_arrived(p, at);
	read_message(p, at, !ip_current_is_v6());
	if (!is_whole(p, at))
		return 0;
	if (ip_current_is_v6() && pbuf_get_at(p, at) == ICMP6_TYPE_RA)
		ra_arrived(p, at);
	else if (!icmp_answers(p, at))
		return 0;
	pbuf_free(p);
	return 1;
}

int
icmp_init_all(void)
{
	struct raw_pcb *raw4 = raw_new_ip_type(IPADDR_TYPE_V4, IPPROTO_ICMP);
	struct raw_pcb *raw6 = raw_new_ip_type(IPADDR_TYPE_V6, IPPROTO_ICMPV6);

	if (raw4 == NULL || raw6 == NULL)
		return ENOMEM;
	raw_recv(raw4, on_icmp, NULL);
	raw_recv(raw6, on_icmp, NULL);
	return 0;
}
