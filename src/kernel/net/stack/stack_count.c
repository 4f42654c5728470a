/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting packets between the links and lwIP, and what is in them (netcount.h). */
#include <lwip/icmp6.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/prot/tcp.h>

#include "net/ifnet.h"
#include "net/netcount.h"
#include "net/stack/stack_priv.h"

/* A packet, as far as it is counted by. */
struct seen {
	bool v4;
	const struct pbuf *p;
	u16_t at; /* where its payload begins */
	unsigned protocol;
	uint64_t bytes;
	struct inaddr dest;
	bool fragment, first;
};

static bool
look4(const struct pbuf *p, struct seen *ret)
{
	struct ip_hdr ip;

	if (pbuf_copy_partial(p, &ip, sizeof ip, ret->at) != sizeof ip)
		return false;
	ret->dest = packed_to_inaddr4(ip.dest);
	ret->bytes = lwip_ntohs(IPH_LEN(&ip));
	ret->at = (u16_t)(ret->at + IPH_HL_BYTES(&ip));
	ret->protocol = IPH_PROTO(&ip);
	ret->first = (IPH_OFFSET(&ip) & PP_HTONS(IP_OFFMASK)) == 0;
	ret->fragment = !ret->first || (IPH_OFFSET(&ip) & PP_HTONS(IP_MF)) != 0;
	return true;
}

static bool
look6(const struct pbuf *p, struct seen *ret)
{
	struct ip6_hdr ip;

	if (pbuf_copy_partial(p, &ip, sizeof ip, ret->at) != sizeof ip)
		return false;
	ret->dest = packed_to_inaddr6(ip.dest);
	ret->bytes = IP6_HLEN + (uint64_t)IP6H_PLEN(&ip);
	ret->at = (u16_t)(ret->at + IP6_HLEN);
	ret->protocol = IP6H_NEXTH(&ip);
	ret->first = true;
	ret->fragment = ret->protocol == IP6_NEXTH_FRAGMENT;
	/* What goes to routers and groups may say so in a header of its own. */
	if (ret->protocol == IP6_NEXTH_HOPBYHOP) {
		ret->protocol = pbuf_get_at(p, ret->at);
		ret->at = (u16_t)(ret->at + 8 * (1 + pbuf_get_at(p, (u16_t)(ret->at + 1))));
	}
	return true;
}

static bool
look(const struct pbuf *p, u16_t at, bool v4, struct seen *ret)
{
	*ret = (struct seen){.v4 = v4, .p = p, .at = at};
	return v4 ? look4(p, ret) : look6(p, ret);
}

/* --- in --- */

static void
count_payload_in(const struct seen *s)
{
	if (!s->first || s->fragment)
		return;
	if (s->protocol == IP_PROTO_TCP)
		netcount.tcp.in++;
	else if (s->v4 && s->protocol == IP_PROTO_ICMP)
		netcount.icmp4.in[pbuf_get_at(s->p, s->at)]++;
	else if (!s->v4 && s->protocol == IP6_NEXTH_ICMP6)
		netcount.icmp6.in[pbuf_get_at(s->p, s->at)]++;
}

void
stack_count_in(const struct pbuf *p, u16_t at, bool v4, bool for_us)
{
	struct netcount_ip *c = v4 ? &netcount.ip4 : &netcount.ip6;
	struct seen s;

	if (!look(p, at, v4, &s)) {
		c->header_errors++;
		return;
	}
	netcount_add(&c->in, s.bytes);
	if (inaddr_is_multicast(&s.dest))
		netcount_add(&c->in_multicast, s.bytes);
	else if (v4 && (inaddr_v4_of(&s.dest) == UINT32_MAX || ifaddr_broadcast(&s.dest) != NULL))
		netcount_add(&c->in_broadcast, s.bytes);
	if (!for_us)
		return;
	if (s.fragment)
		c->fragments_in++;
	else
		c->delivered++;
	count_payload_in(&s);
}

/* --- out --- */

static void
count_payload_out(const struct seen *s)
{
	if (!s->first)
		return;
	if (s->protocol == IP_PROTO_TCP) {
		netcount.tcp.out++;
		if ((pbuf_get_at(s->p, (u16_t)(s->at + 13)) & TCP_RST) != 0)
			netcount.tcp.out_resets++;
	} else if (s->v4 && s->protocol == IP_PROTO_ICMP) {
		netcount.icmp4.out[pbuf_get_at(s->p, s->at)]++;
	} else if (!s->v4 && s->protocol == IP6_NEXTH_ICMP6) {
		netcount.icmp6.out[pbuf_get_at(s->p, s->at)]++;
	}
}

void
stack_count_out(const struct pbuf *p, bool v4)
{
	struct netcount_ip *c = v4 ? &netcount.ip4 : &netcount.ip6;
	struct seen s;

	if (!look(p, 0, v4, &s))
		return;
	c->transmitted++;
	netcount_add(&c->out, s.bytes);
	if (inaddr_is_multicast(&s.dest))
		netcount_add(&c->out_multicast, s.bytes);
	else if (v4 && (inaddr_v4_of(&s.dest) == UINT32_MAX || ifaddr_broadcast(&s.dest) != NULL))
		netcount_add(&c->out_broadcast, s.bytes);
	if (s.fragment) {
		c->fragments_out++;
		c->fragmented += s.first && s.v4;
	}
	count_payload_out(&s);
}

void
stack_count_forwarded(bool v4)
{
	struct netcount_ip *c = v4 ? &netcount.ip4 : &netcount.ip6;

	c->forwarded++;
	c->transmitted++;
}
