/* SPDX-License-Identifier: BSD-2-Clause */
/* Large frames: the segments that they are split into. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>

#include <linux/if_ether.h>

#include "net/checksum.h"
#include "net/large.h"

#define PAYLOAD 5000
#define SEGMENT 1460
#define OPTIONS 12

struct headers4 {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t options[OPTIONS];
} __attribute__((packed));

struct headers6 {
	struct ethhdr eth;
	struct ip6_hdr ip;
	struct tcphdr tcp;
	uint8_t options[OPTIONS];
} __attribute__((packed));

static struct tcphdr
tcp_header(void)
{
	return (struct tcphdr){.source = htons(1),
	    .dest = htons(2),
	    .seq = htonl(UINT32_MAX - 1000),
	    .ack_seq = htonl(7),
	    .doff = (sizeof(struct tcphdr) + OPTIONS) / 4,
	    .ack = 1,
	    .psh = 1,
	    .fin = 1,
	    .window = htons(99)};
}

static struct {
	struct headers4 h;
	uint8_t payload[PAYLOAD];
} __attribute__((packed)) frame4;

static struct {
	struct headers6 h;
	uint8_t payload[PAYLOAD];
} __attribute__((packed)) frame6;

static int
make_frames(void **state)
{
	(void)state;
	frame4.h = (struct headers4){.eth.h_proto = htons(ETH_P_IP),
	    .ip = {.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof frame4 - ETH_HLEN),
		.id = htons(8),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.saddr = 1,
		.daddr = 2},
	    .tcp = tcp_header(),
	    .options = "options"};
	frame6.h = (struct headers6){.eth.h_proto = htons(ETH_P_IPV6),
	    .ip = {.ip6_plen = htons(sizeof frame6 - ETH_HLEN - sizeof(struct ip6_hdr)),
		.ip6_nxt = IPPROTO_TCP,
		.ip6_src.s6_addr = {1},
		.ip6_dst.s6_addr = {2}},
	    .tcp = tcp_header(),
	    .options = "options"};
	for (size_t i = 0; i < PAYLOAD; i++)
		frame4.payload[i] = frame6.payload[i] = (uint8_t)rand();
	return 0;
}

/* What comes out: how much, and whether it is as it should be. */
struct seen {
	size_t bytes;
	unsigned segments, stop_after;
};

static void
check_tcp(struct seen *s, struct tcphdr tcp, const uint8_t *payload, size_t len)
{
	struct tcphdr want = tcp_header();
	bool last = s->bytes + len == PAYLOAD;

	assert_int_equal(len, last ? PAYLOAD % SEGMENT : SEGMENT);
	assert_memory_equal(payload, frame4.payload + s->bytes, len);
	want.seq = htonl(ntohl(want.seq) + (uint32_t)s->bytes);
	want.psh = want.fin = last;
	want.check = tcp.check;
	assert_memory_equal(&tcp, &want, sizeof tcp);
	s->bytes += len;
	s->segments++;
}

static void
check_sum(const uint8_t *tcp, size_t len, const void *addresses, size_t addresses_len)
{
	uint32_t sum = checksum_of(tcp, len) + checksum_of(addresses, addresses_len);

	sum += htons(IPPROTO_TCP) + htons((uint16_t)len);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal(sum, 0xffff);
}

static int
check4(void *arg, const void *f, size_t len)
{
	struct seen *s = arg;
	struct headers4 h;

	memcpy(&h, f, sizeof h);
	assert_int_equal(ntohs(h.ip.tot_len), len - ETH_HLEN);
	assert_int_equal(ntohs(h.ip.id), 8 + s->segments);
	assert_int_equal(checksum_of(&h.ip, sizeof h.ip), 0xffff);
	check_sum((const uint8_t *)f + offsetof(struct headers4, tcp),
	    len - offsetof(struct headers4, tcp), &h.ip.saddr, 8);
	assert_memory_equal(h.options, frame4.h.options, OPTIONS);
	check_tcp(s, h.tcp, (const uint8_t *)f + sizeof h, len - sizeof h);
	return s->segments == s->stop_after ? ENOBUFS : 0;
}

static int
check6(void *arg, const void *f, size_t len)
{
	struct headers6 h;

	memcpy(&h, f, sizeof h);
	assert_int_equal(ntohs(h.ip.ip6_plen), len - offsetof(struct headers6, tcp));
	check_sum((const uint8_t *)f + offsetof(struct headers6, tcp),
	    len - offsetof(struct headers6, tcp), &h.ip.ip6_src, 32);
	check_tcp(arg, h.tcp, (const uint8_t *)f + sizeof h, len - sizeof h);
	return 0;
}

static void
both_families(void **state)
{
	struct seen s = {0};

	(void)state;
	assert_int_equal(large_split(&frame4, sizeof frame4, SEGMENT, check4, &s), 0);
	assert_int_equal(s.bytes, PAYLOAD);
	assert_int_equal(s.segments, 4);
	s = (struct seen){0};
	assert_int_equal(large_split(&frame6, sizeof frame6, SEGMENT, check6, &s), 0);
	assert_int_equal(s.bytes, PAYLOAD);
}

static void
stops(void **state)
{
	struct seen s = {.stop_after = 2};

	(void)state;
	assert_int_equal(large_split(&frame4, sizeof frame4, SEGMENT, check4, &s), ENOBUFS);
	assert_int_equal(s.segments, 2);
}

static int
count(void *arg, const void *f, size_t len)
{
	(void)f, (void)len;
	++*(unsigned *)arg;
	return 0;
}

/* What is cut short, or is something else, is refused whole. */
static void
nonsense(void **state)
{
	unsigned n = 0;
	uint8_t *copy;

	(void)state;
	assert_int_equal(large_split(&frame4, sizeof frame4, 0, count, &n), EINVAL);
	for (size_t len = 0; len < sizeof frame4; len++) {
		copy = malloc(len); /* where ASan sees its end */
		memcpy(copy, &frame4, len);
		assert_int_equal(large_split(copy, len, SEGMENT, count, &n), EINVAL);
		memcpy(copy, &frame6, len);
		assert_int_equal(large_split(copy, len, SEGMENT, count, &n), EINVAL);
		free(copy);
	}
	frame4.h.ip.frag_off = htons(IP_MF);
	assert_int_equal(large_split(&frame4, sizeof frame4, SEGMENT, count, &n), EINVAL);
	frame4.h.ip.frag_off = 0;
	frame4.h.ip.ihl = 4;
	assert_int_equal(large_split(&frame4, sizeof frame4, SEGMENT, count, &n), EINVAL);
	frame4.h.ip.ihl = 5;
	frame4.h.ip.protocol = IPPROTO_UDP;
	assert_int_equal(large_split(&frame4, sizeof frame4, SEGMENT, count, &n), EINVAL);
	frame6.h.tcp.doff = 4;
	assert_int_equal(large_split(&frame6, sizeof frame6, SEGMENT, count, &n), EINVAL);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(both_families, make_frames),
	    cmocka_unit_test_setup(stops, make_frames),
	    cmocka_unit_test_setup(nonsense, make_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
