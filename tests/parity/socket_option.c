/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options: defaults, what may be set, what reads back, what accept passes on. */
#include <netinet/udp.h>

#include "socket_help.h"

struct option {
	const char *name;
	int level, option;
};
#define O(level, option)                                                                           \
	{                                                                                          \
#option, level, option                                                             \
	}

static const struct option ints[] = {
    O(SOL_SOCKET, SO_TYPE),
    O(SOL_SOCKET, SO_DOMAIN),
    O(SOL_SOCKET, SO_PROTOCOL),
    O(SOL_SOCKET, SO_ERROR),
    O(SOL_SOCKET, SO_ACCEPTCONN),
    O(SOL_SOCKET, SO_REUSEADDR),
    O(SOL_SOCKET, SO_REUSEPORT),
    O(SOL_SOCKET, SO_KEEPALIVE),
    O(SOL_SOCKET, SO_BROADCAST),
    O(SOL_SOCKET, SO_OOBINLINE),
    O(SOL_SOCKET, SO_PRIORITY),
    O(SOL_SOCKET, SO_SNDLOWAT),
    O(SOL_SOCKET, SO_TIMESTAMP),
    O(SOL_SOCKET, SO_DONTROUTE),
    O(SOL_SOCKET, SO_MARK),
    O(SOL_SOCKET, SO_MAX_PACING_RATE),
    O(SOL_SOCKET, 999),
    O(IPPROTO_TCP, TCP_NODELAY),
    O(IPPROTO_TCP, TCP_MAXSEG),
    O(IPPROTO_TCP, TCP_CORK),
    O(IPPROTO_TCP, TCP_KEEPIDLE),
    O(IPPROTO_TCP, TCP_KEEPINTVL),
    O(IPPROTO_TCP, TCP_KEEPCNT),
    O(IPPROTO_TCP, TCP_SYNCNT),
    O(IPPROTO_TCP, TCP_LINGER2),
    O(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    O(IPPROTO_TCP, TCP_QUICKACK),
    O(IPPROTO_TCP, TCP_USER_TIMEOUT),
    O(IPPROTO_TCP, TCP_FASTOPEN),
    O(IPPROTO_TCP, TCP_FASTOPEN_CONNECT),
    O(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    O(IPPROTO_TCP, 999),
    O(IPPROTO_IP, IP_TOS),
    O(IPPROTO_IP, IP_TTL),
    O(IPPROTO_IP, IP_MTU_DISCOVER),
    O(IPPROTO_IP, IP_RECVERR),
    O(IPPROTO_IP, IP_PKTINFO),
    O(IPPROTO_IP, IP_RECVTTL),
    O(IPPROTO_IP, IP_FREEBIND),
    O(IPPROTO_IP, IP_MINTTL),
    O(IPPROTO_IP, IP_MULTICAST_LOOP),
    O(IPPROTO_IP, IP_MTU),
    O(IPPROTO_IPV6, IPV6_V6ONLY),
    O(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    O(IPPROTO_IPV6, IPV6_TCLASS),
    O(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    O(IPPROTO_IPV6, IPV6_RECVERR),
    O(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    O(IPPROTO_IPV6, IPV6_DONTFRAG),
    O(IPPROTO_UDP, UDP_CORK),
    O(77, 1),
};
#define INTS (sizeof ints / sizeof ints[0])

static void
show(int fd, const struct option *o)
{
	int value = 0;
	socklen_t len = sizeof value;

	if (getsockopt(fd, o->level, o->option, &value, &len) != 0)
		SAY("%s: %s", o->name, strerrorname_np(errno));
	else
		SAY("%s: %d (%u)", o->name, value, len);
}

static void
defaults(int family, int type)
{
	int fd = MUST(socket(family, type, 0));

	for (size_t i = 0; i < INTS; i++)
		show(fd, &ints[i]);
}

TEST(defaults_tcp)
{
	defaults(AF_INET, SOCK_STREAM);
}

TEST(defaults_tcp6)
{
	defaults(AF_INET6, SOCK_STREAM);
}

TEST(defaults_udp)
{
	defaults(AF_INET, SOCK_DGRAM);
}

TEST(set_and_get)
{
	static const int values[] = {-1, 0, 1, 5, 60, 300};

	for (size_t i = 0; i < INTS; i++) {
		for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
			int fd = tcp(AF_INET6);

			if (setsockopt(fd, ints[i].level, ints[i].option, &values[k],
				sizeof values[k]) != 0)
				SAY("%s = %d: %s", ints[i].name, values[k], strerrorname_np(errno));
			else
				show(fd, &ints[i]);
			close(fd);
		}
	}
}

TEST(lengths)
{
	int fd = tcp(AF_INET), one = 1;
	char byte = 4, big[16];
	socklen_t len = 1;

	TRY(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 1));
	TRY(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 0));
	TRY(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, NULL, 4));
	TRY(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 3));
	TRY(setsockopt(fd, IPPROTO_IP, IP_TOS, &byte, 1));
	TRY(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, big, &len));
	SAY("length %u", len);
	len = sizeof big;
	TRY(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, big, &len));
	SAY("length %u", len);
	len = (socklen_t)-1;
	TRY(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, big, &len));
	TRY(getsockopt(fd, SOL_SOCKET, SO_TYPE, big, NULL));
}

TEST(structs)
{
	struct linger l = {.l_onoff = 1, .l_linger = 7};
	struct timeval tv = {.tv_sec = 3, .tv_usec = 500000};
	struct ucred cred = {.pid = 1};
	char name[32] = "lo";
	socklen_t len;
	int fd = tcp(AF_INET);

	TRY(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
	memset(&l, 0, sizeof l);
	len = sizeof l;
	TRY(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len));
	SAY("linger %d %d", l.l_onoff, l.l_linger);
	TRY(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	memset(&tv, 0, sizeof tv);
	len = sizeof tv;
	TRY(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len));
	SAY("timeout %ld %ld", (long)tv.tv_sec, (long)tv.tv_usec);
	len = sizeof cred;
	TRY(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len));
	SAY("peer %d %d %d", cred.pid, (int)cred.uid, (int)cred.gid);
	TRY(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	len = sizeof name;
	TRY(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len));
	SAY("device %s (%u)", name, len);
	TRY(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nosuch0", 8));
}

TEST(congestion)
{
	char name[16] = "";
	socklen_t len = sizeof name;
	int fd = tcp(AF_INET);

	TRY(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	TRY(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	SAY("%s (%u)", name, len);
	TRY(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6));
	TRY(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "", 0));
}

TEST(tcp_info)
{
	struct tcp_info ti;
	struct addr a;
	socklen_t len = sizeof ti;
	int l = listener("127.0.0.1", 5, &a), p[2];

	tcp_pair(p);
	TRY(getsockopt(p[0], IPPROTO_TCP, TCP_INFO, &ti, &len));
	SAY("state %d length %u", ti.tcpi_state, len);
	len = 1;
	TRY(getsockopt(l, IPPROTO_TCP, TCP_INFO, &ti, &len));
	SAY("state %d length %u", ti.tcpi_state, len);
	close(p[1]);
	events_of(p[0], POLLIN, 1000);
	TRY(getsockopt(p[0], IPPROTO_TCP, TCP_INFO, &ti, &len));
	SAY("state %d", ti.tcpi_state);
	TRY(getsockopt(tcp(AF_INET), IPPROTO_TCP, TCP_INFO, &ti, &len));
	SAY("state %d", ti.tcpi_state);
}

TEST(inherited)
{
	static const struct option o[] = {
	    O(SOL_SOCKET, SO_REUSEADDR),
	    O(SOL_SOCKET, SO_REUSEPORT),
	    O(SOL_SOCKET, SO_KEEPALIVE),
	    O(SOL_SOCKET, SO_OOBINLINE),
	    O(SOL_SOCKET, SO_RCVLOWAT),
	    O(SOL_SOCKET, SO_PRIORITY),
	    O(SOL_SOCKET, SO_SNDBUF),
	    O(SOL_SOCKET, SO_RCVBUF),
	    O(SOL_SOCKET, SO_ACCEPTCONN),
	    O(IPPROTO_TCP, TCP_NODELAY),
	    O(IPPROTO_TCP, TCP_KEEPIDLE),
	    O(IPPROTO_TCP, TCP_KEEPCNT),
	    O(IPPROTO_TCP, TCP_USER_TIMEOUT),
	    O(IPPROTO_IP, IP_TTL),
	};
	struct linger lin = {.l_onoff = 1, .l_linger = 5};
	struct addr a;
	int l = tcp(AF_INET), c, five = 5, on = 1, size = 20000, s = tcp(AF_INET);
	socklen_t len = sizeof lin;

	MUST(setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	MUST(setsockopt(l, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
	MUST(setsockopt(l, SOL_SOCKET, SO_LINGER, &lin, sizeof lin));
	MUST(setsockopt(l, SOL_SOCKET, SO_RCVLOWAT, &five, sizeof five));
	MUST(setsockopt(l, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
	MUST(setsockopt(l, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
	MUST(setsockopt(l, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
	MUST(setsockopt(l, IPPROTO_TCP, TCP_KEEPIDLE, &five, sizeof five));
	MUST(setsockopt(l, IPPROTO_IP, IP_TTL, &five, sizeof five));
	TRY(listen(l, 5));
	a = own_addr(l);
	MUST(connect(s, SA(a)));
	c = MUST(accept(l, NULL, NULL));
	for (size_t i = 0; i < sizeof o / sizeof o[0]; i++)
		show(c, &o[i]);
	memset(&lin, 0, sizeof lin);
	TRY(getsockopt(c, SOL_SOCKET, SO_LINGER, &lin, &len));
	SAY("linger %d %d", lin.l_onoff, lin.l_linger);
	SAY("connected mss is large: %d", ({
		int mss = 0;
		socklen_t n = sizeof mss;

		getsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &mss, &n);
		mss > 1000;
	}));
}

TEST(kept_over_dup_and_fork)
{
	static const struct option nodelay = O(IPPROTO_TCP, TCP_NODELAY);
	int fd = tcp(AF_INET), on = 1, copy;

	MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
	copy = MUST(dup(fd));
	show(copy, &nodelay);
	if (fork() == 0) {
		show(fd, &nodelay);
		_exit(0);
	}
	wait(NULL);
}

int
main(void)
{
	return parity_main();
}
