/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw sockets and ICMP's datagram sockets, as ping has them.
 *
 * They are datagram sockets to the program, with proxies of port 0.  A raw socket of IPv4 gets
 * packets with their IP header, one of IPv6 without; an ICMP socket sends echo requests under the
 * number that is its port, and gets the answers.  With IP_HDRINCL the program makes the IP header
 * itself.  What is for this kernel itself never reaches
 * lwIP, unless lo has packets: echo is answered here.
 */
#include <errno.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/raw.h>
#include <string.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/stack/proxy.h"
#include "net/stack/stack_priv.h"

#define ECHO_HEADER  8 /* type, code, checksum, number, sequence */
#define NUMBER_PLACE 4
#define SUM_PLACE    2

/* A packet on its way to programs. */
struct packet {
	struct inaddr src, dest;
	uint8_t protocol, ttl, tos;
	uint32_t index;            /* of the interface it came by */
	struct iovec header, body; /* the IP header is there for IPv4 only */
};

static bool
is_echo(const struct packet *k, uint8_t type4, uint8_t type6)
{
	const uint8_t *bytes = k->body.iov_base;
	bool v4 = inaddr_is_v4(&k->dest);

	return k->body.iov_len >= ECHO_HEADER &&
	       k->protocol == (v4 ? IP_PROTO_ICMP : IP6_NEXTH_ICMP6) &&
	       bytes[0] == (v4 ? type4 : type6);
}

/* Over the body, as its protocol has it; 0 if the one that is there is right. */
static uint16_t
checksum(const struct packet *k)
{
	ip_addr_t src, dest;
	struct pbuf *p;
	uint16_t sum;

	if (inaddr_is_v4(&k->dest))
		return inet_chksum(k->body.iov_base, (u16_t)k->body.iov_len);
	p = pbuf_alloc(PBUF_RAW, (u16_t)k->body.iov_len, PBUF_REF);
	if (p == NULL)
		return 0;
	p->payload = k->body.iov_base;
	src = ip_from_inaddr(&k->src);
	dest = ip_from_inaddr(&k->dest);
	sum = ip6_chksum_pseudo(p, k->protocol, p->tot_len, ip_2_ip6(&src), ip_2_ip6(&dest));
	pbuf_free(p);
	return sum;
}

/* --- to programs --- */

static void
deliver(struct proxy *x, struct bound *b, const struct packet *k)
{
	struct envelope e = {
	    .src = k->src, .dest = k->dest, .ttl = k->ttl, .tos = k->tos, .index = k->index};
	struct iovec iov[2] = {k->header, k->body};
	bool whole = (b->flags & DELEG_RAW) != 0 && inaddr_is_v4(&k->dest);

	e.dest.port = b->own.port;
	(void)proxy_deliver(x, b, &e, whole ? iov : iov + 1, whole ? 2 : 1);
}

/* The types of ICMP that the program has said it does not want. */
static bool
is_filtered(const struct bound *b, const struct packet *k)
{
	bool v4 = inaddr_is_v4(&k->dest);
	uint8_t type;

	if (!(b->flags & DELEG_RAW) || k->body.iov_len == 0 ||
	    k->protocol != (v4 ? IP_PROTO_ICMP : IP6_NEXTH_ICMP6))
		return false;
	type = *(const uint8_t *)k->body.iov_base;
	return (!v4 || type < 32) && (b->raw.filter[type / 32] >> type % 32 & 1) != 0;
}

/* IPv6 only: where the program has said where the checksum is. */
static bool
has_good_checksum(const struct bound *b, const struct packet *k)
{
	return b->raw.checksum_at < 0 || inaddr_is_v4(&k->dest) || k->body.iov_len == 0 ||
	       checksum(k) == 0;
}

static bool
wants(const struct bound *b, const struct packet *k, unsigned kind)
{
	return !is_filtered(b, k) && (b->device == 0 || b->device == k->index) &&
	       has_good_checksum(b, k) && (b->flags & DELEG_PROTOCOL) == (DELEG_DGRAM | kind) &&
	       DELEG_NUMBER_OF(b->flags) == k->protocol &&
	       ((b->flags & DELEG_INET6) == 0) == inaddr_is_v4(&k->dest) &&
	       (inaddr_is_any(&b->own) || inaddr_same_ip(&b->own, &k->dest)) &&
	       (!b->connected || inaddr_same_ip(&b->dest, &k->src));
}

static void
deliver_to_all(const struct packet *k, uint16_t port, unsigned kind)
{
	struct bound_list *list = bound_by_port(port, true);
	struct inaddr remote = k->src;
	struct proxy *x;
	struct bound *b;

	remote.port = 0;
	if (LIST_EMPTY(list) || proxy_get(&remote, &x) != 0)
		return;
	LIST_FOREACH (b, list, same_port)
		if (b->own.port == port && wants(b, k, kind))
			deliver(x, b, k);
}

static uint16_t
number_of(const struct packet *k)
{
	uint16_t number;

	memcpy(&number, (const uint8_t *)k->body.iov_base + NUMBER_PLACE, sizeof number);
	return lwip_ntohs(number);
}

static void
arrive(const struct packet *k)
{
	deliver_to_all(k, k->protocol, DELEG_RAW);
	if (is_echo(k, ICMP_ER, ICMP6_TYPE_EREP))
		deliver_to_all(k, number_of(k), DELEG_PING);
}

/* --- from lwIP --- */

static void
packet_arrived(struct pbuf *p, u16_t at)
{
	static uint8_t bytes[PROXY_BYTES_MAX];
	u16_t len = pbuf_copy_partial(p, bytes, p->tot_len, 0);
	const struct envelope e = ip_current();
	const struct packet k = {
	    .src = e.src,
	    .dest = e.dest,
	    .protocol = ip_current_header_proto(),
	    .ttl = e.ttl,
	    .tos = e.tos,
	    .index = e.index,
	    .header = {.iov_base = bytes, .iov_len = at},
	    .body = {.iov_base = bytes + at, .iov_len = (size_t)(len - at)},
	};

	if (len >= at)
		arrive(&k);
}

void
raw_icmp_arrived(struct pbuf *p, u16_t at)
{
	packet_arrived(p, at);
}

static u8_t
on_packet(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	(void)arg, (void)raw, (void)from;
	packet_arrived(p, ip_current_header_tot_len());
	return 0;
}

int
raw_open(unsigned flags)
{
	static struct raw_pcb *opened[UINT8_MAX + 1];
	uint8_t protocol = DELEG_NUMBER_OF(flags);

	/* ICMP's are there already (icmp.c). */
	if (protocol == IP_PROTO_ICMP || protocol == IP6_NEXTH_ICMP6 || opened[protocol] != NULL)
		return 0;
	opened[protocol] = raw_new_ip_type(IPADDR_TYPE_ANY, protocol);
	if (opened[protocol] == NULL)
		return ENOMEM;
	raw_recv(opened[protocol], on_packet, NULL);
	return 0;
}

/* --- from programs --- */

static void
put_checksum(const struct packet *k, size_t at)
{
	uint8_t *bytes = k->body.iov_base;
	uint16_t sum = 0;

	if (k->body.iov_len < at + sizeof sum)
		return;
	memcpy(bytes + at, &sum, sizeof sum);
	sum = checksum(k);
	memcpy(bytes + at, &sum, sizeof sum);
}

/* What an ICMP socket may send, with its number; what a raw one sends is its own affair. */
static bool
prepare(struct packet *k, const struct bound *b)
{
	uint16_t number = lwip_htons(b->own.port);

	if (b->flags & DELEG_PING) {
		if (!is_echo(k, ICMP_ECHO, ICMP6_TYPE_EREQ))
			return false;
		memcpy((uint8_t *)k->body.iov_base + NUMBER_PLACE, &number, sizeof number);
		put_checksum(k, SUM_PLACE);
	} else if (!inaddr_is_v4(&k->dest) && b->raw.checksum_at >= 0) {
		put_checksum(k, (size_t)b->raw.checksum_at);
	}
	return true;
}

/*
 * The program made the header by itself (IP_HDRINCL): what Linux fills in it is filled in, and the
 * packet taken apart.  False: it is none.
 */
static bool
split(struct packet *k)
{
	struct ip_hdr *ip = k->body.iov_base;
	size_t len = k->body.iov_len, header;
	ip_addr_t src = ip_from_inaddr(&k->src);
	static uint16_t last_id;

	if (len < sizeof *ip || len > UINT16_MAX)
		return false;
	header = IPH_HL_BYTES(ip);
	if (header < sizeof *ip || header > len)
		return false;
	if (ip->src.addr == 0)
		ip->src.addr = ip_2_ip4(&src)->addr;
	if (IPH_ID(ip) == 0)
		IPH_ID_SET(ip, lwip_htons(++last_id));
	IPH_LEN_SET(ip, lwip_htons((u16_t)len));
	IPH_CHKSUM_SET(ip, 0);
	IPH_CHKSUM_SET(ip, inet_chksum(ip, (u16_t)header));
	k->src = packed_to_inaddr4(ip->src);
	k->dest = packed_to_inaddr4(ip->dest);
	k->protocol = IPH_PROTO(ip);
	k->ttl = IPH_TTL(ip);
	k->tos = IPH_TOS(ip);
	k->header = (struct iovec){.iov_base = ip, .iov_len = header};
	k->body = (struct iovec){.iov_base = (uint8_t *)ip + header, .iov_len = len - header};
	return true;
}

/* A whole packet goes as it is, to where the program sent it, whatever is in it. */
static void
send_whole(const struct packet *k, const struct inaddr *to, struct netif *n)
{
	u16_t len = (u16_t)(k->header.iov_len + k->body.iov_len);
	ip_addr_t dest = ip_from_inaddr(to);
	struct pbuf *p = len > n->mtu ? NULL : pbuf_alloc(PBUF_LINK, len, PBUF_RAM);

	if (p == NULL)
		return;
	pbuf_take(p, k->header.iov_base, len);
	n->output(n, p, ip_2_ip4(&dest));
	pbuf_free(p);
}

static void
send_packet(const struct packet *k, const struct inaddr *to, struct netif *n)
{
	ip_addr_t src = ip_from_inaddr(&k->src), dest = ip_from_inaddr(&k->dest);
	struct pbuf *p;

	if (k->header.iov_len > 0) {
		send_whole(k, to, n);
		return;
	}
	p = pbuf_alloc(PBUF_IP, (u16_t)k->body.iov_len, PBUF_RAM);
	if (p == NULL)
		return;
	pbuf_take(p, k->body.iov_base, (u16_t)k->body.iov_len);
	if (inaddr_is_v4(&k->dest))
		ip4_output_if(p, ip_2_ip4(&src), ip_2_ip4(&dest), k->ttl, k->tos, k->protocol, n);
	else
		ip6_output_if(p, ip_2_ip6(&src), ip_2_ip6(&dest), k->ttl, k->tos, k->protocol, n);
	pbuf_free(p);
}

/* To this kernel itself: seen by raw sockets, and answered. */
static void
loop_back(struct packet *k)
{
	struct ip_hdr ip = {0};
	ip_addr_t src = ip_from_inaddr(&k->src), dest = ip_from_inaddr(&k->dest);
	struct inaddr asker = k->src;

	IPH_VHL_SET(&ip, 4, IP_HLEN / 4);
	IPH_TOS_SET(&ip, k->tos);
	IPH_LEN_SET(&ip, lwip_htons((u16_t)(IP_HLEN + k->body.iov_len)));
	IPH_TTL_SET(&ip, k->ttl);
	IPH_PROTO_SET(&ip, k->protocol);
	ip.src.addr = ip_2_ip4(&src)->addr;
	ip.dest.addr = ip_2_ip4(&dest)->addr;
	IPH_CHKSUM_SET(&ip, inet_chksum(&ip, IP_HLEN));
	k->index = IFNET_LO;
	if (k->header.iov_len == 0)
		k->header = (struct iovec){.iov_base = &ip, .iov_len = IP_HLEN};
	arrive(k);
	if (!is_echo(k, ICMP_ECHO, ICMP6_TYPE_EREQ))
		return;
	k->header.iov_len = 0;
	k->src = k->dest;
	k->dest = asker;
	k->ttl = STACK_TTL;
	*(uint8_t *)k->body.iov_base = inaddr_is_v4(&asker) ? ICMP_ER : ICMP6_TYPE_EREP;
	put_checksum(k, SUM_PLACE);
	loop_back(k);
}

void
raw_transmit(const struct proxy *x, const struct sockname *n, const struct envelope *e,
    const void *bytes, size_t len)
{
	struct bound *b = bound_by_seq(n->seq);
	struct packet k = {
	    .dest = x->remote,
	    .ttl = e != NULL ? e->ttl : ENVELOPE_TTL,
	    .tos = e != NULL ? e->tos : 0,
	    .body = {.iov_base = (void *)bytes, .iov_len = len},
	};
	struct rtable_hop hop;
	struct netif *out;

	if (b == NULL || ip_way(&k.dest, proxy_way(b, e), &hop) != 0)
		return;
	k.protocol = DELEG_NUMBER_OF(b->flags);
	k.src = proxy_source(e, &b->own, &hop);
	k.src.port = 0;
	if (b->raw.hdrincl && inaddr_is_v4(&k.dest) ? !split(&k) : !prepare(&k, b))
		return;
	stack_out_no_frag((b->flags & DELEG_NO_FRAG) != 0);
	out = stack_if_of(&hop);
	if (out != NULL)
		send_packet(&k, &x->remote, out);
	else if (hop.local)
		loop_back(&k);
	stack_out_no_frag(false);
}

/* --- errors --- */

void
raw_failed(const struct inaddr *own, const struct inaddr *dest, uint8_t protocol, int number,
    const struct dgram_error *e)
{
	struct packet sent = {
	    .src = *dest, .dest = *own, .protocol = protocol, .index = e->is.index};
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(protocol, true), same_port)
		if (b->own.port == protocol && wants(b, &sent, DELEG_RAW))
			(void)errlink_report(b, e);
	if (number < 0)
		return;
	LIST_FOREACH (b, bound_by_port((uint16_t)number, true), same_port)
		if (b->own.port == number && wants(b, &sent, DELEG_PING))
			(void)errlink_report(b, e);
}
