/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Splitting large frames.
 *
 * Each segment gets the headers of the large one, with a length, sequence number and checksums of
 * its own; what an end says (FIN, PSH) is said by the last.
 */
#include "net/large.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>

#include "net/checksum.h"

/* Where things are in the frame. */
struct parts {
	bool v4;
	size_t tcp, payload, end;
};

static bool
find_ip4(const uint8_t *f, size_t len, struct parts *p)
{
	struct iphdr ip;

	if (len < ETH_HLEN + sizeof ip)
		return false;
	memcpy(&ip, f + ETH_HLEN, sizeof ip);
	p->v4 = true;
	p->tcp = ETH_HLEN + ip.ihl * 4u;
	p->end = ETH_HLEN + (size_t)ntohs(ip.tot_len);
	return ip.ihl >= 5 && ip.protocol == IPPROTO_TCP &&
	       (ip.frag_off & htons(IP_MF | IP_OFFMASK)) == 0;
}

static bool
find_ip6(const uint8_t *f, size_t len, struct parts *p)
{
	struct ip6_hdr ip;

	if (len < ETH_HLEN + sizeof ip)
		return false;
	memcpy(&ip, f + ETH_HLEN, sizeof ip);
	p->v4 = false;
	p->tcp = ETH_HLEN + sizeof ip;
	p->end = p->tcp + ntohs(ip.ip6_plen);
	return ip.ip6_nxt == IPPROTO_TCP;
}

static bool
find_parts(const uint8_t *f, size_t len, struct parts *p)
{
	uint16_t type;

	if (len < ETH_HLEN)
		return false;
	memcpy(&type, f + ETH_HLEN - sizeof type, sizeof type);
	if (!(type == htons(ETH_P_IP)       ? find_ip4(f, len, p)
		: type == htons(ETH_P_IPV6) ? find_ip6(f, len, p)
					    : false))
		return false;
	if (p->end > len || p->tcp + sizeof(struct tcphdr) > p->end)
		return false;
	p->payload = p->tcp + (f[p->tcp + 12] >> 4) * 4u;
	return p->payload >= p->tcp + sizeof(struct tcphdr) && p->payload < p->end;
}

/* --- a segment --- */

static void
finish_ip4(uint8_t *f, const struct parts *p, unsigned number)
{
	struct iphdr ip;

	memcpy(&ip, f + ETH_HLEN, sizeof ip);
	ip.tot_len = htons((uint16_t)(p->end - ETH_HLEN));
	ip.id = htons((uint16_t)(ntohs(ip.id) + number));
	ip.check = 0;
	memcpy(f + ETH_HLEN, &ip, sizeof ip);
	ip.check = (uint16_t)~checksum_of(f + ETH_HLEN, p->tcp - ETH_HLEN);
	memcpy(f + ETH_HLEN, &ip, sizeof ip);
}

static void
finish_ip6(uint8_t *f, const struct parts *p)
{
	struct ip6_hdr ip;

	memcpy(&ip, f + ETH_HLEN, sizeof ip);
	ip.ip6_plen = htons((uint16_t)(p->end - p->tcp));
	memcpy(f + ETH_HLEN, &ip, sizeof ip);
}

/* Of the segment and of what IP says about it. */
static uint16_t
tcp_checksum(const uint8_t *f, const struct parts *p)
{
	size_t addresses = p->v4 ? 2 * sizeof(struct in_addr) : 2 * sizeof(struct in6_addr);
	uint32_t sum = checksum_of(f + p->tcp, p->end - p->tcp);

	/* The addresses are the last of the fixed header, in IPv4 as in IPv6. */
	sum += checksum_of(
	    f + ETH_HLEN + (p->v4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr)) - addresses,
	    addresses);
	sum += htons(IPPROTO_TCP) + htons((uint16_t)(p->end - p->tcp));
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

static void
finish_tcp(uint8_t *f, const struct parts *p, size_t offset, bool last)
{
	struct tcphdr tcp;

	memcpy(&tcp, f + p->tcp, sizeof tcp);
	tcp.seq = htonl(ntohl(tcp.seq) + (uint32_t)offset);
	if (!last)
		tcp.fin = tcp.psh = 0;
	tcp.check = 0;
	memcpy(f + p->tcp, &tcp, sizeof tcp);
	tcp.check = tcp_checksum(f, p);
	memcpy(f + p->tcp, &tcp, sizeof tcp);
}

int
large_split(const void *frame, size_t len, unsigned segment, large_fn *fn, void *arg)
{
	const uint8_t *from = frame;
	struct parts whole, p;
	unsigned number = 0;
	uint8_t *f;
	int error = 0;

	if (segment == 0 || !find_parts(from, len, &whole))
		return EINVAL;
	f = malloc(whole.payload + segment);
	if (f == NULL)
		return ENOBUFS;
	p = whole;
	for (size_t at = whole.payload, n; error == 0 && at < whole.end; at += n, number++) {
		n = whole.end - at < segment ? whole.end - at : segment;
		p.end = p.payload + n;
		memcpy(f, from, p.payload);
		memcpy(f + p.payload, from + at, n);
		if (p.v4)
			finish_ip4(f, &p, number);
		else
			finish_ip6(f, &p);
		finish_tcp(f, &p, at - whole.payload, at + n == whole.end);
		error = fn(arg, f, p.end);
	}
	free(f);
	return error;
}
