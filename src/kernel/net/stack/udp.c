/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP to and from other kernels: programs send to proxies and receive from them (proxy.h).  lwIP
 * delivers IP packets of protocol UDP and sends UDP; it knows no sockets.
 */
#include <errno.h>
#include <lwip/icmp.h>
#include <lwip/inet_chksum.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/udp.h>
#include <lwip/raw.h>
#include <lwip/udp.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/group.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/netcount.h"
#include "net/rtable.h"
#include "net/stack/proxy.h"
#include "net/stack/stack_priv.h"

static struct udp_pcb *sender;

/* --- out --- */

void
udp_transmit(const struct proxy *x, const struct sockname *n, const struct envelope *e,
    const void *bytes, size_t len)
{
	ip_addr_t from, to = ip_from_inaddr(&x->remote);
	const struct bound *b = bound_by_seq(n->seq);
	struct rtable_hop hop;
	struct inaddr src;
	struct netif *out;
	struct pbuf *p;

	if (b == NULL || ip_way(&x->remote, proxy_way(b, e), &hop) != 0 || len > PROXY_BYTES_MAX)
		return;
	out = stack_if_of(&hop);
	if (out == NULL)
		return;
	src = proxy_source(e, &n->own, &hop);
	from = ip_from_inaddr(&src);
	/* lwIP has no room for its headers before the largest ones: they get a buffer of theirs. */
	p = pbuf_alloc(len > 60000 ? PBUF_RAW : PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
	if (p == NULL)
		return;
	pbuf_take(p, bytes, (u16_t)len);
	sender->local_port = src.port;
	sender->ttl = e != NULL ? e->ttl : ENVELOPE_TTL;
	sender->tos = e != NULL ? e->tos : 0;
	if (inaddr_is_multicast(&x->remote))
		udp_set_multicast_ttl(sender, e != NULL ? e->ttl : 1);
	(inaddr_is_v4(&x->remote) ? &netcount.udp4 : &netcount.udp6)->out++;
	stack_out_no_frag((b->flags & DELEG_NO_FRAG) != 0);
	udp_sendto_if_src(sender, p, &to, x->remote.port, out, &from);
	stack_out_no_frag(false);
	pbuf_free(p);
}

/* --- in --- */

/* A datagram that has come. */
struct arrival {
	struct proxy *x;
	struct envelope e;
	struct pbuf *p;
	u16_t at, len; /* where its bytes are */
};

/* False: nobody has that name any more. */
static bool
deliver(const struct arrival *a, const struct bound *to)
{
	struct iovec iov[STACK_PIECES];

	return proxy_deliver(a->x, to, &a->e, iov, pbuf_iovec(a->p, a->at, a->len, iov));
}

static bool
deliver_one(const struct arrival *a)
{
	struct bound *b;

	for (int i = 0; i < 2; i++) {
		b = inet_lookup(&a->e.dest, &a->e.src, DELEG_DGRAM, a->e.index);
		if (b == NULL)
			return false;
		if (deliver(a, b))
			return true;
		bound_sweep();
	}
	return false;
}

/* To everybody who is bound to the port, as far as the address allows. */
static void
deliver_all(const struct arrival *a)
{
	const struct inaddr *own = &a->e.dest;
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(own->port, true), same_port)
		if ((b->flags & DELEG_PROTOCOL) == DELEG_DGRAM &&
		    group_takes(b, own, &a->e.src, a->e.index))
			(void)deliver(a, b);
}

static bool
has_good_checksum(const struct arrival *a, const struct udp_hdr *h)
{
	ip_addr_t src = ip_from_inaddr(&a->e.src), dest = ip_from_inaddr(&a->e.dest);
	bool good;

	if (h->chksum == 0)
		return inaddr_is_v4(&a->e.dest);
	pbuf_remove_header(a->p, a->at);
	good = ip_chksum_pseudo_partial(a->p, IP_PROTO_UDP, a->len, a->len, &src, &dest) == 0;
	pbuf_add_header_force(a->p, a->at);
	return good;
}

/* Looks at the UDP header, which is where the packet's own bytes begin; false: it is broken.  Bytes
 * after the datagram count for nothing. */
static bool
take_header(struct arrival *a, struct netcount_udp *count)
{
	struct udp_hdr h;

	if (pbuf_copy_partial(a->p, &h, sizeof h, a->at) != sizeof h)
		return false;
	a->len = lwip_ntohs(h.len);
	if (a->len < sizeof h || a->len > a->p->tot_len - a->at) {
		count->errors++;
		return false;
	}
	if (!has_good_checksum(a, &h)) {
		count->errors++;
		count->checksum_errors++;
		return false;
	}
	a->e.src.port = lwip_ntohs(h.src);
	a->e.dest.port = lwip_ntohs(h.dest);
	a->at = (u16_t)(a->at + sizeof h);
	a->len = (u16_t)(a->len - sizeof h);
	return true;
}

/* To whom it may concern; false: nobody. */
static bool
receive(struct arrival *a, struct netcount_udp *count)
{
	bool taken = true;

	if (LIST_EMPTY(bound_by_port(a->e.dest.port, true)) || proxy_get(&a->e.src, &a->x) != 0)
		taken = false;
	else if (ifaddr_owner(&a->e.dest) == NULL)
		deliver_all(a);
	else
		taken = deliver_one(a);
	if (taken)
		count->in++;
	else
		count->no_port++;
	return taken;
}

static void
refuse(const struct arrival *a)
{
	if (inaddr_is_v4(&a->e.dest))
		icmp_report4(a->p, &a->e.src, ICMP_DUR, ICMP_DUR_PORT, 0);
	else
		icmp_report6(a->p, &a->e.src, ICMP6_TYPE_DUR, ICMP6_DUR_PORT, 0);
}

/* Takes each UDP packet: lwIP's UDP sees none. */
static u8_t
on_packet(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	struct arrival a = {.e = ip_current(), .p = p, .at = ip_current_header_tot_len()};
	struct netcount_udp *count = ip_current_is_v6() ? &netcount.udp6 : &netcount.udp4;

	(void)arg, (void)raw, (void)from;
	if (take_header(&a, count) && !inaddr_is_any(&a.e.src) && !receive(&a, count) &&
	    ifaddr_owner(&a.e.dest) != NULL)
		refuse(&a);
	pbuf_free(p);
	return 1;
}

void
udp_from_nobody(struct pbuf *p, u16_t at, const struct ifnet *ifp)
{
	struct arrival a = {.p = p};
	struct ip_hdr ip;

	if (pbuf_copy_partial(p, &ip, sizeof ip, at) != sizeof ip ||
	    IPH_PROTO(&ip) != IP_PROTO_UDP || (IPH_OFFSET(&ip) & PP_HTONS(IP_OFFMASK | IP_MF)) != 0)
		return;
	a.at = (u16_t)(at + IPH_HL_BYTES(&ip));
	a.e = (struct envelope){.src = inaddr_any(true),
	    .dest = packed_to_inaddr4(ip.dest),
	    .ttl = IPH_TTL(&ip),
	    .tos = IPH_TOS(&ip),
	    .index = (uint32_t)ifp->index};
	if (take_header(&a, &netcount.udp4))
		(void)receive(&a, &netcount.udp4);
}

/* --- errors --- */

void
udp_failed(const struct inaddr *own, const struct inaddr *dest, const struct dgram_error *e)
{
	struct proxy *x = proxy_find(dest);
	struct bound *b = inet_lookup(own, dest, DELEG_DGRAM, 0);

	if (b != NULL && !errlink_report(b, e) && x != NULL && b->connected && e->hard)
		proxy_refuse(x, b);
}

/* --- start --- */

int
udp_start(void)
{
	struct raw_pcb *raw = raw_new_ip_type(IPADDR_TYPE_ANY, IP_PROTO_UDP);

	sender = udp_new_ip_type(IPADDR_TYPE_ANY);
	if (raw == NULL || sender == NULL)
		return ENOMEM;
	raw_recv(raw, on_packet, NULL);
	return 0;
}
