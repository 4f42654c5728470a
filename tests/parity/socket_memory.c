/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about sockets whose arguments are at no memory: EFAULT, or what is wrong before that. */
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "parity.h"

static void *bad; /* a page that cannot be touched */

static void
try_names(int s)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof ss;

	TRY(bind(s, bad, 16));
	TRY(bind(s, (void *)&ss, 200));
	TRY(bind(s, (void *)&ss, (socklen_t)-1));
	TRY(connect(s, bad, 16));
	TRY(connect(s, (void *)&ss, 200));
	TRY(getsockname(s, bad, &len));
	TRY(getsockname(s, (void *)&ss, bad));
	TRY(getpeername(s, bad, &len));
	TRY(accept(s, bad, &len));
	TRY(accept(s, (void *)&ss, bad));
	TRY(accept4(s, NULL, bad, SOCK_CLOEXEC));
}

static void
try_sending(int s)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct msghdr name = {.msg_name = bad, .msg_namelen = 16};
	struct msghdr vector = {.msg_iov = bad, .msg_iovlen = 1};
	struct msghdr control = {.msg_control = bad, .msg_controllen = 32};

	TRY(sendto(s, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL, bad, 16));
	TRY(sendto(s, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (void *)&ss, 200));
	TRY(sendmsg(s, bad, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(sendmsg(s, &name, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(sendmsg(s, &vector, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(sendmsg(s, &control, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(sendmmsg(s, bad, 2, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void
try_options(int s)
{
	socklen_t len = sizeof(int);
	int value;

	TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, bad, &len));
	TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, &value, bad));
	TRY(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, bad, sizeof value));
	TRY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, bad, 16));
	TRY(ioctl(s, SIOCGIFADDR, bad));
	TRY(ioctl(s, SIOCGIFCONF, bad));
}

static void
try_socket(int domain, int type, int protocol)
{
	int s = socket(domain, type, protocol);

	SAY("%d %d %d: %s", domain, type, protocol, s < 0 ? strerrorname_np(errno) : "a socket");
	if (s < 0)
		return;
	bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	try_names(s);
	try_sending(s);
	TRY(recvmsg(s, bad, MSG_DONTWAIT));
	TRY(recvmmsg(s, bad, 2, MSG_DONTWAIT, NULL));
	try_options(s);
}

TEST(streams)
{
	try_socket(AF_INET, SOCK_STREAM, 0);
	try_socket(AF_INET6, SOCK_STREAM, 0);
	try_socket(AF_UNIX, SOCK_STREAM, 0);
}

TEST(datagrams)
{
	try_socket(AF_INET, SOCK_DGRAM, 0);
	try_socket(AF_INET6, SOCK_DGRAM, 0);
	try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

TEST(netlink)
{
	try_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

TEST(packet)
{
	try_socket(AF_PACKET, SOCK_RAW, 0);
}

/* What comes is lost with the call that has no place for it. */
TEST(room)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *sa = (struct sockaddr *)&sin;
	socklen_t len = sizeof sin;
	int s = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char buf[8];
	struct iovec iov = {buf, sizeof buf};
	struct msghdr name = {.msg_iov = &iov, .msg_iovlen = 1, .msg_namelen = 16};

	bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	name.msg_name = bad;
	MUST(bind(s, sa, sizeof sin));
	MUST(getsockname(s, sa, &len));
	for (int i = 0; i < 4; i++)
		MUST(sendto(s, "abc", 3, 0, sa, sizeof sin));
	TRY(recvfrom(s, buf, sizeof buf, MSG_DONTWAIT, bad, &len));
	TRY(recvfrom(s, buf, sizeof buf, MSG_DONTWAIT, sa, bad));
	TRY(recvmsg(s, &name, MSG_DONTWAIT));
	TRY(recv(s, buf, sizeof buf, MSG_DONTWAIT));
	TRY(recv(s, buf, sizeof buf, MSG_DONTWAIT));
}

int
main(void)
{
	return parity_main();
}
