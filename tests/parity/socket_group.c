/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast groups and broadcast, on the loopback interface. */
#include <net/if.h>

#include "socket_help.h"

#define GROUP  "239.255.77.1"
#define OTHER  "239.255.77.2"
#define GROUP6 "ff15::4d01"
#define LO     1

static int
udp(int family)
{
	return MUST(socket(family, SOCK_DGRAM, 0));
}

static int
receiver(const char *text, int *port)
{
	struct addr a = addr_of(text, *port);
	int fd = udp(a.ss.ss_family), on = 1;

	MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	MUST(bind(fd, SA(a)));
	a = own_addr(fd);
	*port = addr_port(&a);
	return fd;
}

static struct ip_mreqn
mreq(const char *group, const char *iface, int index)
{
	struct ip_mreqn m = {.imr_ifindex = index};

	inet_pton(AF_INET, group, &m.imr_multiaddr);
	inet_pton(AF_INET, iface, &m.imr_address);
	return m;
}

static int
change(int fd, int option, const char *group, const char *iface, int index, socklen_t len)
{
	struct ip_mreqn m = mreq(group, iface, index);

	return setsockopt(fd, IPPROTO_IP, option, &m, len);
}
#define JOIN(fd, group)  TRY(change(fd, IP_ADD_MEMBERSHIP, group, "127.0.0.1", 0, 8))
#define LEAVE(fd, group) TRY(change(fd, IP_DROP_MEMBERSHIP, group, "127.0.0.1", 0, 8))

/* A sender by lo. */
static int
sender(void)
{
	struct in_addr lo = {htonl(INADDR_LOOPBACK)};
	int fd = udp(AF_INET);

	MUST(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo));
	return fd;
}

static void
say_got(const char *what, int fd)
{
	struct addr from = {.len = sizeof from.ss};
	char buf[32] = "";
	ssize_t n =
	    recvfrom(fd, buf, sizeof buf - 1, MSG_DONTWAIT, (struct sockaddr *)&from.ss, &from.len);

	if (n < 0) {
		SAY("%s: %s", what, strerrorname_np(errno));
		return;
	}
	SAY("%s: '%s'", what, buf);
	say_addr("from", &from, -1);
}

TEST(member)
{
	struct addr to;
	int port = 0, r = receiver("0.0.0.0", &port), s = sender();

	JOIN(r, GROUP);
	to = addr_of(GROUP, port);
	TRY(sendto(s, "one", 3, 0, SA(to)));
	say_got("member", r);
	to = addr_of(OTHER, port);
	TRY(sendto(s, "two", 3, 0, SA(to)));
	say_got("other group", r);
	JOIN(r, GROUP);
	LEAVE(r, OTHER);
	LEAVE(r, GROUP);
	LEAVE(r, GROUP);
	to = addr_of(GROUP, port);
	TRY(sendto(s, "three", 5, 0, SA(to)));
	say_got("left", r);
}

TEST(several)
{
	struct addr to;
	int port = 0, a = receiver("0.0.0.0", &port), b = receiver("0.0.0.0", &port);
	int c = receiver(GROUP, &port), d = receiver("127.0.0.1", &port), s = sender();

	JOIN(a, GROUP);
	JOIN(b, GROUP);
	to = addr_of(GROUP, port);
	TRY(sendto(s, "all", 3, 0, SA(to)));
	say_got("a", a);
	say_got("b", b);
	say_got("c, bound to the group", c);
	say_got("d, bound to an address", d);
	LEAVE(a, GROUP);
	TRY(sendto(s, "rest", 4, 0, SA(to)));
	say_got("a, that left", a);
	say_got("b", b);
	close(b);
	TRY(sendto(s, "none", 4, 0, SA(to)));
	say_got("a", a);
	say_got("c", c);
}

TEST(many_members)
{
	struct addr to;
	int port = 0, r[40], s = sender(), sum = 0;
	char buf[8];

	for (int i = 0; i < 40; i++) {
		r[i] = receiver("0.0.0.0", &port);
		MUST(change(r[i], IP_ADD_MEMBERSHIP, GROUP, "127.0.0.1", 0, 8));
	}
	to = addr_of(GROUP, port);
	TRY(sendto(s, "x", 1, 0, SA(to)));
	for (int i = 0; i < 40; i++)
		sum += recv(r[i], buf, sizeof buf, MSG_DONTWAIT) == 1;
	SAY("%d of 40", sum);
}

TEST(loop_and_ttl)
{
	struct addr to;
	int port = 0, r = receiver("0.0.0.0", &port), s = sender(), on = 1, off = 0, ttl = 9;
	char buf[8], control[128] = "";
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};

	JOIN(r, GROUP);
	to = addr_of(GROUP, port);
	TRY(setsockopt(s, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof off));
	TRY(sendto(s, "a", 1, 0, SA(to)));
	say_got("no loop", r);
	TRY(setsockopt(s, IPPROTO_IP, IP_MULTICAST_LOOP, &on, sizeof on));
	TRY(setsockopt(r, IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
	TRY(setsockopt(r, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
	for (int i = 0; i < 2; i++) {
		TRY(sendto(s, "b", 1, 0, SA(to)));
		m.msg_controllen = sizeof control;
		TRY(recvmsg(r, &m, MSG_DONTWAIT));
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
			unsigned char *p = CMSG_DATA(c);

			SAY("type %d: %u %u %u %u, %u.%u.%u.%u", c->cmsg_type, p[0], p[1], p[2],
			    p[3], p[8], p[9], p[10], p[11]);
		}
		TRY(setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl));
	}
}

TEST(wrong)
{
	struct in_addr none = {htonl(0x01020304)}, got;
	socklen_t len = sizeof got;
	int r = udp(AF_INET), t = tcp(AF_INET), bad = 777;

	TRY(change(r, IP_ADD_MEMBERSHIP, "10.0.0.1", "127.0.0.1", 0, 8));
	TRY(change(r, IP_ADD_MEMBERSHIP, GROUP, "1.2.3.4", 0, 8));
	TRY(change(r, IP_ADD_MEMBERSHIP, GROUP, "0.0.0.0", 777, 12));
	TRY(change(r, IP_ADD_MEMBERSHIP, GROUP, "0.0.0.0", LO, 12));
	TRY(change(r, IP_ADD_MEMBERSHIP, GROUP, "127.0.0.1", 0, 7));
	TRY(change(r, IP_DROP_MEMBERSHIP, OTHER, "127.0.0.1", 0, 8));
	TRY(change(t, IP_ADD_MEMBERSHIP, GROUP, "127.0.0.1", 0, 8));
	TRY(setsockopt(r, IPPROTO_IP, IP_MULTICAST_IF, &none, sizeof none));
	TRY(setsockopt(r, IPPROTO_IP, IP_MULTICAST_IF, &none, 3));
	none.s_addr = htonl(INADDR_LOOPBACK);
	TRY(setsockopt(r, IPPROTO_IP, IP_MULTICAST_IF, &none, sizeof none));
	TRY(getsockopt(r, IPPROTO_IP, IP_MULTICAST_IF, &got, &len));
	SAY("%s", inet_ntoa(got));
	none.s_addr = INADDR_ANY;
	TRY(setsockopt(r, IPPROTO_IP, IP_MULTICAST_IF, &none, sizeof none));
	r = udp(AF_INET6);
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_MULTICAST_IF, &bad, sizeof bad));
}

TEST(most_memberships)
{
	int r = udp(AF_INET), n = 0;
	char group[32];

	for (; n < 30; n++) {
		snprintf(group, sizeof group, "239.1.1.%d", n + 1);
		if (change(r, IP_ADD_MEMBERSHIP, group, "127.0.0.1", 0, 8) != 0)
			break;
	}
	SAY("%d, then %s", n, strerrorname_np(errno));
}

TEST(by_source)
{
	struct ip_mreq_source m = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK),
	    .imr_sourceaddr.s_addr = htonl(0x7f000005)};
	struct addr to, five = addr_of("127.0.0.5", 0);
	int port = 0, r = receiver("0.0.0.0", &port), s = sender(), t = sender();

	inet_pton(AF_INET, GROUP, &m.imr_multiaddr);
	TRY(setsockopt(r, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &m, sizeof m));
	MUST(bind(t, SA(five)));
	to = addr_of(GROUP, port);
	TRY(sendto(s, "one", 3, 0, SA(to)));
	say_got("from another", r);
	TRY(sendto(t, "five", 4, 0, SA(to)));
	say_got("from the one", r);
	TRY(setsockopt(r, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &m, sizeof m));
}

TEST(inet6)
{
	struct ipv6_mreq m = {.ipv6mr_interface = LO};
	struct addr to;
	int port = 0, r = receiver("::", &port), s = udp(AF_INET6), lo = LO;

	inet_pton(AF_INET6, GROUP6, &m.ipv6mr_multiaddr);
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof m));
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof m));
	TRY(setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, &lo, sizeof lo));
	to = addr_of(GROUP6, port);
	TRY(sendto(s, "six", 3, 0, SA(to)));
	say_got("member", r);
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &m, sizeof m));
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &m, sizeof m));
	TRY(sendto(s, "six", 3, 0, SA(to)));
	say_got("left", r);
	m.ipv6mr_interface = 777;
	TRY(setsockopt(r, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof m));
}

TEST(by_request)
{
	struct group_req g = {.gr_interface = LO};
	struct addr group = addr_of(GROUP, 0), to;
	int port = 0, r = receiver("0.0.0.0", &port), s = sender();

	memcpy(&g.gr_group, &group.ss, sizeof g.gr_group);
	TRY(setsockopt(r, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof g));
	to = addr_of(GROUP, port);
	TRY(sendto(s, "req", 3, 0, SA(to)));
	say_got("member", r);
	TRY(setsockopt(r, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof g));
	TRY(setsockopt(r, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof g));
	g.gr_group.ss_family = AF_INET6;
	TRY(setsockopt(r, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof g));
}

TEST(broadcast)
{
	struct addr to;
	int port = 0, a = receiver("0.0.0.0", &port), b = receiver("127.255.255.255", &port);
	int c = receiver("127.0.0.1", &port), s = udp(AF_INET), on = 1;

	to = addr_of("127.255.255.255", port);
	TRY(sendto(s, "no", 2, 0, SA(to)));
	TRY(setsockopt(s, SOL_SOCKET, SO_BROADCAST, &on, sizeof on));
	TRY(sendto(s, "yes", 3, 0, SA(to)));
	say_got("wildcard", a);
	say_got("broadcast address", b);
	say_got("unicast address", c);
}

int
main(void)
{
	return parity_main();
}
