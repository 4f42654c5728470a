/* SPDX-License-Identifier: BSD-2-Clause */
/* Every number of an option on every kind of socket: may it be set and got, with which lengths, and
 * what does it read back as? */
#include <netinet/udp.h>
#include <stdarg.h>

#include "socket_help.h"

static const int values[] = {-1, 0, 1, 2, 255, 65536};
static const socklen_t lengths[] = {0, 1, 3, 4, 8};
#define COUNT(array) (sizeof array / sizeof(array)[0])

/* What depends on the machine, on time, or on what the rump kernel has of its own. */
static bool
is_left_out(int level, int name, bool connected)
{
	static const struct {
		int level, name;
	} rows[] = {{SOL_SOCKET, SO_SNDBUF}, {SOL_SOCKET, SO_RCVBUF}, {SOL_SOCKET, SO_SNDBUFFORCE},
	    {SOL_SOCKET, SO_RCVBUFFORCE}, {SOL_SOCKET, SO_ATTACH_FILTER},
	    {SOL_SOCKET, SO_ATTACH_BPF}, {SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF},
	    {SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF}, {SOL_SOCKET, SO_COOKIE}, {SOL_SOCKET, 55},
	    {SOL_SOCKET, SO_PEERNAME}, {IPPROTO_IP, 52}, {SOL_SOCKET, SO_INCOMING_NAPI_ID},
	    {SOL_SOCKET, SO_INCOMING_CPU}, {SOL_SOCKET, SO_BINDTODEVICE}, {SOL_SOCKET, SO_RCVLOWAT},
	    {SOL_SOCKET, SO_TIMESTAMPING}, {SOL_SOCKET, 65}, /* SO_TIMESTAMPING_NEW */
	    {SOL_SOCKET, SO_ZEROCOPY}, {SOL_SOCKET, 72},     /* SO_BUF_LOCK */
	    {SOL_SOCKET, 74},                                /* SO_TXREHASH */
	    {IPPROTO_IP, IP_MULTICAST_IF}, {IPPROTO_IP, IP_OPTIONS},
	    {IPPROTO_IPV6, IPV6_MULTICAST_IF}, {IPPROTO_IPV6, 27}, {IPPROTO_IPV6, 28},
	    {IPPROTO_IPV6, IPV6_HOPOPTS}, {IPPROTO_IPV6, IPV6_RTHDRDSTOPTS},
	    {IPPROTO_IPV6, IPV6_DSTOPTS}, {IPPROTO_IPV6, 64}, {IPPROTO_IPV6, 65},
	    {IPPROTO_IPV6, 68}, {IPPROTO_IPV6, 69}, {IPPROTO_TCP, TCP_INFO},
	    {IPPROTO_TCP, TCP_MD5SIG}, {IPPROTO_TCP, TCP_MD5SIG_EXT}, {IPPROTO_TCP, TCP_REPAIR},
	    {IPPROTO_TCP, TCP_TIMESTAMP}, {IPPROTO_TCP, TCP_ULP},
	    {IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE}, {IPPROTO_UDP, UDP_SEGMENT}};
	static const int of_state[] = {TCP_MAXSEG, TCP_WINDOW_CLAMP, TCP_FASTOPEN,
	    TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_NO_COOKIE, TCP_CC_INFO, TCP_REPAIR_QUEUE,
	    TCP_QUEUE_SEQ, TCP_REPAIR_OPTIONS, TCP_REPAIR_WINDOW};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].level == level && rows[i].name == name)
			return true;
	for (size_t i = 0; connected && i < COUNT(of_state); i++)
		if (level == IPPROTO_TCP && of_state[i] == name)
			return true;
	return level == SOL_SOCKET && name >= 78;
}

static int connected_to = -1;

static int
fresh(int family, int type, bool connected)
{
	int p[2];

	if (!connected)
		return MUST(socket(family, type, 0));
	tcp_pair(p);
	close(connected_to);
	connected_to = p[1];
	return p[0];
}

/* The line about one option. */
static char line[900];
static size_t used;

__attribute__((format(printf, 1, 2))) static void
add(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	used += (size_t)vsnprintf(line + used, sizeof line - used, fmt, ap);
	va_end(ap);
	if (used >= sizeof line)
		used = sizeof line - 1;
}

static void
get(int fd, int level, int name, socklen_t len)
{
	unsigned char bytes[64];

	memset(bytes, 0xee, sizeof bytes);
	if (getsockopt(fd, level, name, bytes, &len) != 0) {
		add(" %s", strerrorname_np(errno));
		return;
	}
	add(" %u:", len);
	for (socklen_t i = 0; i < len && i < 16; i++)
		add("%02x", bytes[i]);
}

static void
option(int level, int name, int family, int type, bool connected)
{
	unsigned char bytes[64] = {1};
	int fd = fresh(family, type, connected);

	used = 0;
	for (size_t i = 0; i < COUNT(lengths); i++)
		get(fd, level, name, lengths[i]);
	for (size_t i = 0; i < COUNT(values); i++) {
		add(" |%d", values[i]);
		if (setsockopt(fd, level, name, &values[i], sizeof values[i]) != 0)
			add(" %s", strerrorname_np(errno));
		else
			get(fd, level, name, sizeof bytes);
		close(fd);
		fd = fresh(family, type, connected);
	}
	for (size_t i = 0; i < COUNT(lengths); i++) {
		if (setsockopt(fd, level, name, bytes, lengths[i]) != 0)
			add(" /%s", strerrorname_np(errno));
		else
			get(fd, level, name, sizeof bytes);
		close(fd);
		fd = fresh(family, type, connected);
	}
	add(" NULL");
	add(" %s", setsockopt(fd, level, name, NULL, 4) == 0 ? "ok" : strerrorname_np(errno));
	SAY("%d %d:%s", level, name, line);
	close(fd);
}

static void
all(int family, int type, bool connected)
{
	static const int levels[] = {
	    SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP};

	for (size_t l = 0; l < COUNT(levels); l++) {
		int last = levels[l] == IPPROTO_UDP ? 110 : levels[l] == IPPROTO_IP ? 63 : 79;

		for (int name = 0; name <= last; name++)
			if (!is_left_out(levels[l], name, connected))
				option(levels[l], name, family, type, connected);
	}
	option(77, 1, family, type, connected);
	option(-1, 1, family, type, connected);
}

TEST(tcp4)
{
	all(AF_INET, SOCK_STREAM, false);
}

TEST(tcp6)
{
	all(AF_INET6, SOCK_STREAM, false);
}

TEST(udp4)
{
	all(AF_INET, SOCK_DGRAM, false);
}

TEST(udp6)
{
	all(AF_INET6, SOCK_DGRAM, false);
}

TEST(connected)
{
	all(AF_INET, SOCK_STREAM, true);
}

/* What was set stays with the socket, whoever has it. */
TEST(after_exec)
{
	int fd = tcp(AF_INET), idle = 77, ttl = 33, copy;
	char program[128];

	MUST(setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle));
	MUST(setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl));
	copy = MUST(fcntl(fd, F_DUPFD, 50));
	snprintf(program, sizeof program,
	    "import socket; s = socket.socket(fileno=%d); print('after_exec:', "
	    "s.getsockopt(6, 4), s.getsockopt(0, 2))",
	    copy);
	fflush(stdout);
	execl("/usr/bin/python3", "python3", "-c", program, NULL);
}

int
main(void)
{
	return parity_main();
}
