/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of datagrams that the program asked for: what poll shows, what the next call says, what
 * MSG_ERRQUEUE gives.  On lo only one thing goes wrong by itself: nobody listens.
 */
#include <sys/ioctl.h>
#include <time.h>

#include <linux/errqueue.h>

#include "socket_help.h"

#define ROOM 200

static int
udp(int family)
{
	int fd = MUST(socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0)), on = 1;

	MUST(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on));
	if (family == AF_INET6)
		MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on));
	return fd;
}

/* A port that nobody has. */
static struct addr
nowhere(int family)
{
	int fd = MUST(socket(family, SOCK_DGRAM, 0));
	struct addr a = addr_of(family == AF_INET ? "127.0.0.1" : "::1", 0);

	MUST(bind(fd, SA(a)));
	a = own_addr(fd);
	close(fd);
	return a;
}

static void
say_poll(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};

	poll(&p, 1, 0);
	SAY("poll %s%s%s%s", p.revents & POLLIN ? "IN " : "", p.revents & POLLOUT ? "OUT " : "",
	    p.revents & POLLPRI ? "PRI " : "", p.revents & POLLERR ? "ERR" : "");
}

static void
say_offender(const struct sock_extended_err *ee)
{
	const struct sockaddr *sa = SO_EE_OFFENDER(ee);
	struct addr a = {.len = sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
							  : sizeof(struct sockaddr_in)};

	if (sa->sa_family == AF_UNSPEC) {
		SAY("no offender");
		return;
	}
	memcpy(&a.ss, sa, a.len);
	say_addr("offender", &a, 0);
}

static void
say_control(struct msghdr *m)
{
	struct sock_extended_err ee;
	struct cmsghdr *c;
	int n;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		SAY("control %d %d len %zu", c->cmsg_level, c->cmsg_type, c->cmsg_len);
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
			memcpy(&ee, CMSG_DATA(c), sizeof ee);
			SAY("%s origin %d type %d code %d info %u data %u",
			    strerrorname_np((int)ee.ee_errno), ee.ee_origin, ee.ee_type, ee.ee_code,
			    ee.ee_info, ee.ee_data);
			say_offender((void *)CMSG_DATA(c));
		} else if (c->cmsg_len == CMSG_LEN(sizeof n)) {
			memcpy(&n, CMSG_DATA(c), sizeof n);
			SAY("value %d", n);
		}
	}
}

static void
take(int fd, int port)
{
	char bytes[ROOM] = "", control[ROOM];
	struct addr from = {.len = sizeof from.ss};
	struct iovec iov = {.iov_base = bytes, .iov_len = 6};
	struct msghdr m = {.msg_name = &from.ss,
	    .msg_namelen = sizeof from.ss,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};

	if (TRY(recvmsg(fd, &m, MSG_ERRQUEUE)) < 0)
		return;
	SAY("\"%s\" flags %x", bytes, (unsigned)m.msg_flags);
	from.len = m.msg_namelen;
	say_addr("went to", &from, port);
	say_control(&m);
}

static void
error_of(int fd)
{
	int error = -1;
	socklen_t len = sizeof error;

	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	SAY("SO_ERROR %s", error == 0 ? "0" : strerrorname_np(error));
}

static void
refused(int family, bool connected)
{
	struct addr to = nowhere(family);
	int fd = udp(family), port = addr_port(&to);
	char byte;

	if (connected)
		TRY(connect(fd, SA(to)));
	TRY(recv(fd, &byte, 1, MSG_ERRQUEUE));
	TRY(connected ? send(fd, "hello", 5, 0) : sendto(fd, "hello", 5, 0, SA(to)));
	say_poll(fd);
	take(fd, port);
	say_poll(fd);
	error_of(fd);
	TRY(recv(fd, &byte, 1, 0));
	TRY(recv(fd, &byte, 1, MSG_ERRQUEUE));
	close(fd);
}

TEST(refused_unconnected)
{
	refused(AF_INET, false);
}

TEST(refused_connected)
{
	refused(AF_INET, true);
}

TEST(refused_inet6)
{
	refused(AF_INET6, false);
	refused(AF_INET6, true);
}

TEST(pending_error)
{
	struct addr to = nowhere(AF_INET);
	int fd = udp(AF_INET), port = addr_port(&to);
	char byte;

	TRY(sendto(fd, "1", 1, 0, SA(to)));
	TRY(recv(fd, &byte, 1, 0));
	say_poll(fd);
	TRY(recv(fd, &byte, 1, 0));
	say_poll(fd);
	take(fd, port);
	say_poll(fd);
	TRY(sendto(fd, "2", 1, 0, SA(to)));
	error_of(fd);
	error_of(fd);
	take(fd, port);
	say_poll(fd);
	TRY(sendto(fd, "3", 1, 0, SA(to)));
	TRY(sendto(fd, "4", 1, 0, SA(to)));
	TRY(sendto(fd, "5", 1, 0, SA(to)));
	take(fd, port);
	say_poll(fd);
	take(fd, port);
	take(fd, port);
	close(fd);
}

TEST(data_and_errors)
{
	struct addr to = nowhere(AF_INET), me = addr_of("127.0.0.1", 0);
	int fd = udp(AF_INET), other = MUST(socket(AF_INET, SOCK_DGRAM, 0)), port = addr_port(&to);
	char bytes[8] = "";
	int n = 0;

	MUST(bind(fd, SA(me)));
	me = own_addr(fd);
	TRY(sendto(other, "one", 3, 0, SA(me)));
	TRY(sendto(fd, "lost", 4, 0, SA(to)));
	TRY(sendto(other, "two", 3, 0, SA(me)));
	say_poll(fd);
	TRY(recv(fd, bytes, sizeof bytes, 0));
	TRY(recv(fd, bytes, sizeof bytes, 0));
	SAY("%.3s", bytes);
	TRY(recv(fd, bytes, sizeof bytes, 0));
	SAY("%.3s", bytes);
	TRY(recv(fd, bytes, sizeof bytes, 0));
	take(fd, port);
	say_poll(fd);
	TRY(ioctl(fd, FIONREAD, &n));
	close(fd);
	close(other);
}

TEST(with_ttl_and_destination)
{
	struct addr to = nowhere(AF_INET), to6 = nowhere(AF_INET6);
	int fd = udp(AF_INET), fd6 = udp(AF_INET6), on = 1;

	MUST(setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
	MUST(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
	TRY(sendto(fd, "x", 1, 0, SA(to)));
	take(fd, addr_port(&to));
	MUST(setsockopt(fd6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on));
	MUST(setsockopt(fd6, IPPROTO_IPV6, IPV6_2292HOPLIMIT, &on, sizeof on));
	TRY(sendto(fd6, "x", 1, 0, SA(to6)));
	take(fd6, addr_port(&to6));
	close(fd);
	close(fd6);
}

TEST(turned_off)
{
	struct addr to = nowhere(AF_INET);
	int fd = udp(AF_INET), off = 0;

	TRY(sendto(fd, "x", 1, 0, SA(to)));
	MUST(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &off, sizeof off));
	take(fd, addr_port(&to));
	error_of(fd);
	TRY(sendto(fd, "x", 1, 0, SA(to)));
	say_poll(fd);
	close(fd);
}

TEST(too_long)
{
	struct addr to = nowhere(AF_INET);
	int fd = udp(AF_INET), how = IP_PMTUDISC_DO, mtu = 0;
	socklen_t len = sizeof mtu;
	static char bytes[70000];

	TRY(getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len));
	MUST(setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof how));
	MUST(connect(fd, SA(to)));
	TRY(getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len));
	SAY("mtu %d", mtu);
	TRY(send(fd, bytes, sizeof bytes, 0));
	TRY(send(fd, bytes, 65508, 0));
	say_poll(fd);
	take(fd, addr_port(&to));
	say_poll(fd);
	close(fd);
}

TEST(inherited_and_shared)
{
	struct addr to = nowhere(AF_INET);
	int fd = udp(AF_INET), copy;

	TRY(sendto(fd, "x", 1, 0, SA(to)));
	copy = MUST(dup(fd));
	close(fd);
	say_poll(copy);
	take(copy, addr_port(&to));
	close(copy);
}

int
main(void)
{
	return parity_main();
}
