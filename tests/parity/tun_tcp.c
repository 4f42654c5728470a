/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP spoken by hand over tun, as programs do that test a stack: one side of a connection is made
 * of segments, the other of the sockets of the same process.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <pthread.h>

#include "tun_help.h"

#define PORT     8080
#define FAR_PORT 4711
#define FIRST    1000 /* the sequence number of our SYN */

/* Of <linux/ipv6.h>, which does not go with <netinet/in.h>. */
struct in6_request {
	struct in6_addr addr;
	uint32_t prefix;
	int index;
};

struct side {
	int family, tun, sniffer;
	socklen_t len;
	struct sockaddr_storage near, far; /* of the sockets, and ours */
	uint32_t seq, ack;                 /* of our next segment */
};

struct segment {
	int hops;
	struct tcphdr tcp;
	size_t len;
	char text[100];
};

/* --- segments --- */

static struct sockaddr_storage
address(int family, const char *v4, const char *v6, int port)
{
	struct sockaddr_storage ss = {.ss_family = (sa_family_t)family};
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

	in->sin_port = htons((uint16_t)port); /* is in the same place in both */
	inet_pton(family, family == AF_INET ? v4 : v6,
	    family == AF_INET ? (void *)&in->sin_addr : (void *)&in6->sin6_addr);
	return ss;
}

static uint16_t
port_of(const struct sockaddr_storage *ss)
{
	return ((const struct sockaddr_in *)ss)->sin_port;
}

static const uint8_t *
bytes_of(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET
		   ? (const uint8_t *)&((const struct sockaddr_in *)ss)->sin_addr
		   : (const uint8_t *)&((const struct sockaddr_in6 *)ss)->sin6_addr;
}

static size_t
put_header(const struct side *s, uint8_t *packet, size_t len)
{
	struct ip ip = {.ip_v = 4,
	    .ip_hl = 5,
	    .ip_ttl = 64,
	    .ip_p = IPPROTO_TCP,
	    .ip_len = htons((uint16_t)(sizeof ip + len))};
	struct ip6_hdr ip6 = {.ip6_flow = htonl(6u << 28),
	    .ip6_plen = htons((uint16_t)len),
	    .ip6_nxt = IPPROTO_TCP,
	    .ip6_hlim = 64};

	if (s->family == AF_INET) {
		memcpy(&ip.ip_src, bytes_of(&s->far), sizeof ip.ip_src);
		memcpy(&ip.ip_dst, bytes_of(&s->near), sizeof ip.ip_dst);
		ip.ip_sum = tun_checksum(tun_sum(0, (uint8_t *)&ip, sizeof ip));
		memcpy(packet, &ip, sizeof ip);
		return sizeof ip;
	}
	memcpy(&ip6.ip6_src, bytes_of(&s->far), sizeof ip6.ip6_src);
	memcpy(&ip6.ip6_dst, bytes_of(&s->near), sizeof ip6.ip6_dst);
	memcpy(packet, &ip6, sizeof ip6);
	return sizeof ip6;
}

/* Sends what our side says next. */
static void
inject(struct side *s, uint8_t flags, const char *text)
{
	struct tcphdr tcp = {.th_sport = port_of(&s->far),
	    .th_dport = port_of(&s->near),
	    .th_seq = htonl(s->seq),
	    .th_ack = htonl(s->ack),
	    .th_off = sizeof tcp / 4,
	    .th_flags = flags,
	    .th_win = htons(65535)};
	size_t text_len = strlen(text), len = sizeof tcp + text_len, at, n;
	size_t alen = s->family == AF_INET ? 4 : 16;
	uint8_t packet[200];
	uint32_t sum;

	at = put_header(s, packet, len);
	memcpy(packet + at + sizeof tcp, text, text_len);
	sum = tun_sum(IPPROTO_TCP + (uint32_t)len, bytes_of(&s->far), alen);
	sum = tun_sum(tun_sum(sum, bytes_of(&s->near), alen), (uint8_t *)&tcp, sizeof tcp);
	tcp.th_sum = tun_checksum(tun_sum(sum, packet + at + sizeof tcp, text_len));
	memcpy(packet + at, &tcp, sizeof tcp);
	n = at + len;
	if (write(s->tun, packet, n) != (ssize_t)n)
		SAY("write: %s", strerrorname_np(errno));
	s->seq += (uint32_t)text_len + ((flags & (TH_SYN | TH_FIN)) != 0);
}

/* The segment in a packet; false: it is something else. */
static bool
parse(const struct side *s, const uint8_t *packet, ssize_t n, struct segment *ret)
{
	size_t at = s->family == AF_INET ? sizeof(struct ip) : sizeof(struct ip6_hdr);
	uint8_t protocol = n < 20 ? 0 : s->family == AF_INET ? packet[9] : packet[6];
	size_t text;

	if (n < (ssize_t)(at + sizeof ret->tcp) || protocol != IPPROTO_TCP ||
	    packet[0] >> 4 != (s->family == AF_INET ? 4 : 6))
		return false;
	memcpy(&ret->tcp, packet + at, sizeof ret->tcp);
	ret->hops = s->family == AF_INET ? packet[8] : packet[7];
	text = at + ret->tcp.th_off * 4u;
	ret->len = (size_t)n - text;
	memcpy(ret->text, packet + text, ret->len < sizeof ret->text ? ret->len : sizeof ret->text);
	return true;
}

/* The next segment of the stack's with one of these flags, and ours is to acknowledge it. */
static bool
expect(struct side *s, uint8_t flags, struct segment *ret)
{
	uint8_t packet[2000];
	ssize_t n;

	while ((n = tun_read(s->tun, packet, sizeof packet)) > 0) {
		if (!parse(s, packet, n, ret) || (ret->tcp.th_flags & flags) == 0)
			continue;
		s->ack = ntohl(ret->tcp.th_seq) + (uint32_t)ret->len +
			 ((ret->tcp.th_flags & (TH_SYN | TH_FIN)) != 0);
		return true;
	}
	SAY("no segment with %x", flags);
	return false;
}

static void
say_segment(struct side *s, uint8_t flags)
{
	struct segment g;

	if (expect(s, flags, &g))
		SAY("flags %x, hops %d, acknowledges %d, text '%.*s'", g.tcp.th_flags & 0x3f,
		    g.hops, g.tcp.th_flags & TH_ACK ? (int)(ntohl(g.tcp.th_ack) - FIRST) : -1,
		    (int)g.len, g.text);
}

/* --- beginning --- */

static void
give_address6(const char *name, const struct sockaddr_storage *ss)
{
	struct in6_request r = {.prefix = 64, .index = (int)if_nametoindex(name)};
	int s = (int)MUST(socket(AF_INET6, SOCK_DGRAM, 0));

	memcpy(&r.addr, bytes_of(ss), sizeof r.addr);
	MUST(ioctl(s, SIOCSIFADDR, &r));
	close(s);
}

static void
begin(struct side *s, int family)
{
	struct ifreq r = tun_request("", IFF_TUN | IFF_NO_PI);
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};

	*s = (struct side){.family = family,
	    .tun = tun_open(0),
	    .near = address(family, "10.9.0.1", "fd00:9::1", PORT),
	    .far = address(family, "10.9.0.2", "fd00:9::2", FAR_PORT),
	    .len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6),
	    .seq = FIRST};
	MUST(ioctl(s->tun, TUNSETIFF, &r));
	if (family == AF_INET) {
		tun_set(r.ifr_name, SIOCSIFADDR, "10.9.0.1");
		tun_set(r.ifr_name, SIOCSIFNETMASK, "255.255.255.0");
	}
	tun_up(r.ifr_name, true);
	if (family == AF_INET6)
		give_address6(r.ifr_name, &s->near);
	ll.sll_ifindex = (int)if_nametoindex(r.ifr_name);
	s->sniffer = (int)MUST(socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)));
	MUST(bind(s->sniffer, (struct sockaddr *)&ll, sizeof ll));
}

/* What a program sees that looks on: the next segment of the stack's. */
static void
say_sniffed(struct side *s)
{
	struct pollfd p = {.fd = s->sniffer, .events = POLLIN};
	struct sockaddr_ll ll;
	socklen_t len = sizeof ll;
	uint8_t packet[2000];
	struct segment g;
	ssize_t n;

	do {
		n = poll(&p, 1, 10000) != 1 ? 0
					    : recvfrom(s->sniffer, packet, sizeof packet, 0,
						  (struct sockaddr *)&ll, &len);
	} while (n > 0 && (ll.sll_pkttype != PACKET_OUTGOING || !parse(s, packet, n, &g)));
	if (n > 0)
		SAY("seen: flags %x, protocol %x", g.tcp.th_flags & 0x3f, ntohs(ll.sll_protocol));
	else
		SAY("nothing seen");
}

static int
listener(const struct side *s)
{
	int fd = (int)MUST(socket(s->family, SOCK_STREAM, 0));

	MUST(bind(fd, (const struct sockaddr *)&s->near, s->len));
	MUST(listen(fd, 5));
	return fd;
}

/* --- calls that block while segments are injected --- */

struct blocking {
	const struct side *s;
	int fd, result, error;
	pthread_t thread;
};

static void *
do_accept(void *arg)
{
	struct blocking *b = arg;

	b->result = accept(b->fd, NULL, NULL);
	b->error = errno;
	return NULL;
}

static void *
do_connect(void *arg)
{
	struct blocking *b = arg;

	b->result = connect(b->fd, (const struct sockaddr *)&b->s->far, b->s->len);
	b->error = errno;
	return NULL;
}

static void
start(struct blocking *b, void *(*call)(void *))
{
	errno = pthread_create(&b->thread, NULL, call, b);
	MUST(errno == 0 ? 0 : -1);
}

static int
finish(struct blocking *b, const char *what)
{
	pthread_join(b->thread, NULL);
	SAY("%s: %s", what, b->result < 0 ? strerrorname_np(b->error) : "done");
	return b->result;
}

/* --- the tests, for each family --- */

static void
say_received(int fd, int flags)
{
	char text[100];
	ssize_t n = recv(fd, text, sizeof text, flags);

	SAY("received %zd: %s '%.*s'", n, n < 0 ? strerrorname_np(errno) : "", n < 0 ? 0 : (int)n,
	    text);
}

static void
passive(int family)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer;
	struct side s;
	struct blocking b = {.s = &s};
	int c;

	begin(&s, family);
	b.fd = listener(&s);
	start(&b, do_accept);
	inject(&s, TH_SYN, "");
	say_segment(&s, TH_SYN);
	say_sniffed(&s);
	inject(&s, TH_ACK, "");
	c = finish(&b, "accept");
	MUST(getpeername(c, (struct sockaddr *)&peer, &len));
	SAY("peer port %d", ntohs(port_of(&peer)));
	inject(&s, TH_ACK | TH_PUSH, "first");
	say_received(c, 0);
	say_segment(&s, TH_ACK);
	inject(&s, TH_ACK | TH_PUSH, "second");
	say_received(c, MSG_DONTWAIT); /* it is there when the write returns */
	say_segment(&s, TH_ACK);
	TRY(write(c, "answer", 6));
	say_segment(&s, TH_PUSH);
	inject(&s, TH_ACK, "");
	inject(&s, TH_ACK | TH_FIN, "");
	say_received(c, MSG_DONTWAIT);
	TRY(close(c));
	say_segment(&s, TH_FIN);
	inject(&s, TH_ACK, "");
}

static void
active(int family)
{
	struct side s;
	struct blocking b = {.s = &s};

	begin(&s, family);
	b.fd = (int)MUST(socket(family, SOCK_STREAM, 0));
	MUST(bind(b.fd, (struct sockaddr *)&s.near, s.len));
	start(&b, do_connect);
	say_segment(&s, TH_SYN);
	inject(&s, TH_SYN | TH_ACK, "");
	finish(&b, "connect");
	say_segment(&s, TH_ACK);
	inject(&s, TH_ACK | TH_PUSH, "hello");
	say_received(b.fd, MSG_DONTWAIT);
	inject(&s, TH_RST | TH_ACK, "");
	say_received(b.fd, MSG_DONTWAIT);
}

static void
refused(int family)
{
	struct side s;
	struct blocking b = {.s = &s};

	begin(&s, family);
	inject(&s, TH_SYN, "");
	say_segment(&s, TH_RST);
	b.fd = (int)MUST(socket(family, SOCK_STREAM, 0));
	MUST(bind(b.fd, (struct sockaddr *)&s.near, s.len));
	start(&b, do_connect);
	say_segment(&s, TH_SYN);
	inject(&s, TH_RST | TH_ACK, "");
	finish(&b, "connect");
}

TEST(passive4)
{
	passive(AF_INET);
}

TEST(passive6)
{
	passive(AF_INET6);
}

TEST(active4)
{
	active(AF_INET);
}

TEST(active6)
{
	active(AF_INET6);
}

TEST(refused4)
{
	refused(AF_INET);
}

TEST(refused6)
{
	refused(AF_INET6);
}

int
main(void)
{
	return parity_main();
}
