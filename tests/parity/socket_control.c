/* SPDX-License-Identifier: BSD-2-Clause */
/* Control data of UDP: destination, TTL and TOS of each datagram, told and chosen. */
#include <netinet/udp.h>
#include <sys/time.h>

#include "socket_help.h"

static int
udp(int family)
{
	return MUST(socket(family, SOCK_DGRAM, 0));
}

/* A receiver at any address of the family, and where to reach it. */
static int
receiver(const char *text, const char *at, struct addr *ret)
{
	struct addr a = addr_of(text, 0);
	int fd = udp(a.ss.ss_family);

	MUST(bind(fd, SA(a)));
	a = own_addr(fd);
	*ret = addr_of(at, addr_port(&a));
	return fd;
}

static void
on(int fd, int level, int option)
{
	int one = 1;

	TRY(setsockopt(fd, level, option, &one, sizeof one));
}

static void
say_address(const char *what, int family, const void *bytes)
{
	char text[INET6_ADDRSTRLEN];

	SAY("  %s %s", what, inet_ntop(family, bytes, text, sizeof text));
}

static void
say_data(const struct cmsghdr *c)
{
	const unsigned char *p = CMSG_DATA(c);
	size_t len = c->cmsg_len - CMSG_LEN(0);
	int value = 0;

	SAY(" level %d type %d length %zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO && len >= 12) {
		memcpy(&value, p, sizeof value);
		SAY("  index %d", value);
		say_address("local", AF_INET, p + 4);
		say_address("destination", AF_INET, p + 8);
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO && len >= 20) {
		memcpy(&value, p + 16, sizeof value);
		SAY("  index %d", value);
		say_address("destination", AF_INET6, p);
	} else if (len == 1 || len == 4) {
		memcpy(&value, p, len);
		SAY("  value %d", value);
	}
}

static void
say_message_in(int fd, void *control, size_t room, int flags)
{
	struct addr from;
	char buf[64] = "";
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_name = &from.ss,
	    .msg_namelen = sizeof from.ss,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = room};
	ssize_t n;

	await_input(fd);
	n = recvmsg(fd, &m, flags | MSG_DONTWAIT);
	if (n < 0) {
		SAY("recvmsg: %s", strerrorname_np(errno));
		return;
	}
	from.len = m.msg_namelen;
	SAY("%zd '%.*s' flags %x control %zu", n, (int)n, buf, m.msg_flags,
	    (size_t)m.msg_controllen);
	say_addr("from", &from, -1);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
		say_data(c);
}

static void
say_message(int fd)
{
	char control[256];

	memset(control, 0, sizeof control);
	say_message_in(fd, control, sizeof control, 0);
}

static void
ask_all(int fd, bool inet6)
{
	on(fd, IPPROTO_IP, IP_PKTINFO);
	on(fd, IPPROTO_IP, IP_RECVTTL);
	on(fd, IPPROTO_IP, IP_RECVTOS);
	on(fd, IPPROTO_IP, IP_RECVORIGDSTADDR);
	if (inet6) {
		on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
		on(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
		on(fd, IPPROTO_IPV6, IPV6_RECVTCLASS);
	}
}

TEST(usual)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);

	on(r, IPPROTO_IP, IP_PKTINFO);
	on(r, IPPROTO_IP, IP_RECVTTL);
	on(r, IPPROTO_IP, IP_RECVTOS);
	TRY(sendto(s, "a", 1, 0, SA(a)));
	say_message(r);
	TRY(sendto(s, "b", 1, 0, SA(a)));
	say_message_in(r, NULL, 0, 0);
}

TEST(wildcard)
{
	struct addr a;
	int r = receiver("0.0.0.0", "127.0.0.9", &a), s = udp(AF_INET);
	char buf[8];

	on(r, IPPROTO_IP, IP_PKTINFO);
	TRY(sendto(s, "a", 1, 0, SA(a)));
	say_message(r);
	TRY(sendto(s, "b", 1, 0, SA(a)));
	say_message_in(r, NULL, 0, 0);
	TRY(sendto(s, "c", 1, 0, SA(a)));
	TRY(recv(r, buf, sizeof buf, 0));
	TRY(connect(s, SA(a)));
	TRY(send(s, "d", 1, 0));
	TRY(send(s, "e", 1, 0));
	say_message_in(r, NULL, 0, MSG_PEEK);
	say_message(r);
	say_message(r);
}

TEST(inet6)
{
	struct addr a, b;
	int r = receiver("::", "::1", &a), s = udp(AF_INET6), four = udp(AF_INET);

	ask_all(r, true);
	TRY(sendto(s, "a", 1, 0, SA(a)));
	say_message(r);
	b = addr_of("127.0.0.7", addr_port(&a));
	TRY(sendto(four, "b", 1, 0, SA(b)));
	say_message(r);
	b = addr_of("::ffff:127.0.0.8", addr_port(&a));
	TRY(sendto(s, "c", 1, 0, SA(b)));
	say_message(r);
}

static void
set(int fd, int level, int option, int value)
{
	TRY(setsockopt(fd, level, option, &value, sizeof value));
}

TEST(marked_by_option)
{
	struct addr a, b;
	int r = receiver("::", "::1", &a), s = udp(AF_INET6), four = udp(AF_INET);

	ask_all(r, true);
	b = addr_of("127.0.0.1", addr_port(&a));
	set(four, IPPROTO_IP, IP_TTL, 7);
	set(four, IPPROTO_IP, IP_TOS, 0x10);
	TRY(sendto(four, "a", 1, 0, SA(b)));
	say_message(r);
	TRY(connect(four, SA(b)));
	TRY(send(four, "b", 1, 0));
	say_message(r);
	set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9);
	set(s, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
	TRY(connect(s, SA(a)));
	TRY(write(s, "c", 1));
	say_message(r);
	set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1);
	set(s, IPPROTO_IPV6, IPV6_TCLASS, -1);
	TRY(write(s, "d", 1));
	say_message(r);
}

static ssize_t
send_with(int fd, const struct addr *to, int level, int type, const void *data, size_t len)
{
	char control[256] = "";
	struct iovec iov = {(char *)"x", 1};
	struct msghdr m = {.msg_name = (void *)&to->ss,
	    .msg_namelen = to->len,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = CMSG_SPACE(len)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	return sendmsg(fd, &m, 0);
}
#define SEND(fd, to, level, type, data)                                                            \
	parity_result(#level " " #type " " #data,                                                  \
	    send_with(fd, &(to), level, type, &(data), sizeof(data)), NULL)

TEST(marked_by_control)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);
	int seven = 7, zero = 0, big = 256;
	unsigned char tos = 0x08;
	short two_bytes = 1;

	ask_all(r, false);
	SEND(s, a, IPPROTO_IP, IP_TTL, seven);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_TOS, seven);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_TOS, tos);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_TTL, zero);
	SEND(s, a, IPPROTO_IP, IP_TTL, big);
	SEND(s, a, IPPROTO_IP, IP_TTL, tos);
	SEND(s, a, IPPROTO_IP, IP_TOS, big);
	SEND(s, a, IPPROTO_IP, IP_TOS, two_bytes);
	SEND(s, a, IPPROTO_IP, 99, seven);
	SEND(s, a, SOL_SOCKET, 99, seven);
	SEND(s, a, IPPROTO_IPV6, IPV6_TCLASS, seven);
	say_message(r);
	SEND(s, a, 77, 1, seven);
	say_message(r);
	say_message(r);
}

TEST(source_by_control)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(0x7f000005)};
	struct in_pktinfo none = {.ipi_ifindex = 0}, lo = {.ipi_ifindex = 1};
	struct in_pktinfo strange = {.ipi_spec_dst.s_addr = htonl(0x01020304)};
	int short_ = 1;

	SEND(s, a, IPPROTO_IP, IP_PKTINFO, info);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_PKTINFO, none);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_PKTINFO, lo);
	say_message(r);
	SEND(s, a, IPPROTO_IP, IP_PKTINFO, strange);
	SEND(s, a, IPPROTO_IP, IP_PKTINFO, short_);
	say_message(r);
}

TEST(control_of_inet6)
{
	struct addr a;
	int r = receiver("::1", "::1", &a), s = udp(AF_INET6);
	int seven = 7, minus = -1, less = -2, big = 256;
	struct in6_pktinfo info = {.ipi6_addr = IN6ADDR_LOOPBACK_INIT};
	struct in6_pktinfo strange = {.ipi6_addr = {{{0x20, 0x01, [15] = 9}}}};

	ask_all(r, true);
	SEND(s, a, IPPROTO_IPV6, IPV6_HOPLIMIT, seven);
	say_message(r);
	SEND(s, a, IPPROTO_IPV6, IPV6_TCLASS, seven);
	say_message(r);
	SEND(s, a, IPPROTO_IPV6, IPV6_HOPLIMIT, minus);
	say_message(r);
	SEND(s, a, IPPROTO_IPV6, IPV6_PKTINFO, info);
	say_message(r);
	SEND(s, a, IPPROTO_IPV6, IPV6_PKTINFO, strange);
	SEND(s, a, IPPROTO_IPV6, IPV6_HOPLIMIT, less);
	SEND(s, a, IPPROTO_IPV6, IPV6_HOPLIMIT, big);
	SEND(s, a, IPPROTO_IPV6, IPV6_TCLASS, less);
	SEND(s, a, IPPROTO_IPV6, 99, seven);
	SEND(s, a, IPPROTO_IP, IP_TTL, seven);
	say_message(r);
	say_message(r);
}

TEST(malformed)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET), p[2];
	struct cmsghdr c = {.cmsg_len = 5, .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL};
	struct iovec iov = {(char *)"x", 1};
	struct msghdr m = {.msg_name = &a.ss,
	    .msg_namelen = a.len,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &c,
	    .msg_controllen = sizeof c};

	TRY(sendmsg(s, &m, 0));
	c.cmsg_len = 500;
	TRY(sendmsg(s, &m, 0));
	m.msg_controllen = 3;
	TRY(sendmsg(s, &m, 0));
	say_message(r);
	tcp_pair(p);
	m.msg_controllen = sizeof c;
	TRY(sendmsg(p[0], &m, 0));
	c.cmsg_len = sizeof c;
	TRY(sendmsg(p[0], &m, 0));
	c.cmsg_level = SOL_SOCKET;
	c.cmsg_type = 99;
	TRY(sendmsg(p[0], &m, 0));
	say_message(p[1]);
}

/* What does not fit is cut, and said to be. */
TEST(little_room)
{
	static const size_t rooms[] = {0, 8, 16, 20, 24, 28, 31, 32, 47, 48, 52, 56, 72, 100};
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);
	char control[128];

	on(r, IPPROTO_IP, IP_PKTINFO);
	on(r, IPPROTO_IP, IP_RECVTTL);
	set(s, IPPROTO_IP, IP_TTL, 3);
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		memset(control, 0, sizeof control);
		MUST(sendto(s, "x", 1, 0, SA(a)));
		say_message_in(r, control, rooms[i], 0);
	}
}

TEST(many)
{
	struct addr a;
	int r = receiver("0.0.0.0", "127.0.0.3", &a), s = udp(AF_INET);
	char buf[3][8], control[3][64];
	struct iovec iov[3] = {{buf[0], 8}, {buf[1], 8}, {buf[2], 8}};
	struct mmsghdr mm[3] = {0};

	on(r, IPPROTO_IP, IP_PKTINFO);
	for (int i = 0; i < 3; i++) {
		MUST(sendto(s, "abc", (size_t)i, 0, SA(a)));
		mm[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i],
		    .msg_iovlen = 1,
		    .msg_control = control[i],
		    .msg_controllen = 64};
	}
	await_input(r);
	TRY(recvmmsg(r, mm, 3, MSG_DONTWAIT, NULL));
	for (int i = 0; i < 3; i++) {
		SAY("%u bytes, flags %x", mm[i].msg_len, mm[i].msg_hdr.msg_flags);
		say_data(CMSG_FIRSTHDR(&mm[i].msg_hdr));
	}
	for (int i = 0; i < 3; i++)
		MUST(sendto(s, "abc", (size_t)i, 0, SA(a)));
	for (int i = 0; i < 3; i++)
		mm[i].msg_hdr.msg_control = NULL, mm[i].msg_hdr.msg_controllen = 0;
	await_input(r);
	TRY(recvmmsg(r, mm, 3, MSG_DONTWAIT, NULL));
	SAY("%u bytes", mm[2].msg_len);
}

TEST(time_of_arrival)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);

	on(r, SOL_SOCKET, SO_TIMESTAMP);
	on(r, IPPROTO_IP, IP_RECVTTL);
	TRY(sendto(s, "t", 1, 0, SA(a)));
	say_message(r);
}

/* The options belong to the socket, not to the process that set them. */
TEST(asked_by_another_process)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET), value = -1;
	socklen_t len = sizeof value;

	if (fork() == 0) {
		on(r, IPPROTO_IP, IP_RECVTTL);
		_exit(0);
	}
	wait(NULL);
	TRY(getsockopt(r, IPPROTO_IP, IP_RECVTTL, &value, &len));
	SAY("value %d", value);
	TRY(sendto(s, "t", 1, 0, SA(a)));
	say_message(r);
}

TEST(truncated)
{
	struct addr a;
	int r = receiver("127.0.0.1", "127.0.0.1", &a), s = udp(AF_INET);
	char buf[4], control[64];
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};

	on(r, IPPROTO_IP, IP_RECVTTL);
	TRY(sendto(s, "longer", 6, 0, SA(a)));
	TRY(recvmsg(r, &m, MSG_PEEK | MSG_TRUNC));
	SAY("flags %x", m.msg_flags);
	TRY(recvmsg(r, &m, MSG_CMSG_CLOEXEC));
	SAY("flags %x", m.msg_flags);
	TRY(sendto(s, "longer", 6, 0, SA(a)));
	TRY(recv(r, buf, sizeof buf, MSG_TRUNC));
	TRY(sendto(s, "", 0, 0, SA(a)));
	TRY(recvmsg(r, &m, 0));
	SAY("flags %x", m.msg_flags);
}

/* UDP-Lite has ports of its own. */
TEST(udplite)
{
	struct addr a;
	int r = MUST(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)), u = udp(AF_INET);
	int s = MUST(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)), value = 0;
	socklen_t len = sizeof value;
	char buf[8];

	a = addr_of("127.0.0.1", 0);
	MUST(bind(r, SA(a)));
	a = own_addr(r);
	TRY(bind(u, SA(a)));
	TRY(bind(MUST(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)), SA(a)));
	TRY(sendto(u, "udp", 3, 0, SA(a)));
	TRY(recv(r, buf, sizeof buf, MSG_DONTWAIT));
	await_input(u);
	TRY(recv(u, buf, sizeof buf, MSG_DONTWAIT));
	a = addr_of("::ffff:127.0.0.1", addr_port(&a));
	TRY(sendto(s, "lite", 4, 0, SA(a)));
	TRY(recv(r, buf, sizeof buf, MSG_DONTWAIT));
	TRY(getsockopt(r, SOL_SOCKET, SO_PROTOCOL, &value, &len));
	SAY("protocol %d", value);
	set(r, IPPROTO_UDPLITE, 10, 20);
	set(r, IPPROTO_UDPLITE, 11, 3);
	TRY(getsockopt(r, IPPROTO_UDPLITE, 11, &value, &len));
	SAY("coverage %d", value);
	set(u, IPPROTO_UDPLITE, 10, 20);
	TRY(listen(r, 1));
	TRY(socket(AF_INET, SOCK_STREAM, IPPROTO_UDPLITE));
}

int
main(void)
{
	return parity_main();
}
