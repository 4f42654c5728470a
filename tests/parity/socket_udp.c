/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP over loopback, and the calls for many messages. */
#include <time.h>

#include "socket_help.h"

static int
udp(int family)
{
	return MUST(socket(family, SOCK_DGRAM, 0));
}

static int
udp_at(const char *text, struct addr *ret)
{
	struct addr a = addr_of(text, 0);
	int fd = udp(a.ss.ss_family);

	MUST(bind(fd, SA(a)));
	*ret = own_addr(fd);
	return fd;
}

static void
say_datagram(int fd, int known_port)
{
	struct addr from = {.len = sizeof from.ss};
	char buf[64] = "";
	ssize_t n;

	await_input(fd);
	n = recvfrom(fd, buf, sizeof buf - 1, MSG_DONTWAIT, (struct sockaddr *)&from.ss, &from.len);
	if (n < 0) {
		SAY("recvfrom: %s", strerrorname_np(errno));
		return;
	}
	SAY("%zd '%s'", n, buf);
	say_addr("from", &from, known_port);
}

TEST(to_and_fro)
{
	struct addr a, own;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET);

	say_datagram(x, 0);
	own = own_addr(y);
	say_addr("fresh", &own, 0);
	TRY(sendto(y, "ping", 4, 0, SA(a)));
	own = own_addr(y);
	say_addr("after", &own, 0);
	say_datagram(x, addr_port(&own));
	own = addr_of("127.0.0.1", addr_port(&own));
	TRY(sendto(x, "pong", 4, 0, SA(own)));
	say_datagram(y, addr_port(&a));
	TRY(sendto(y, "", 0, 0, SA(a)));
	say_datagram(x, addr_port(&own));
}

TEST(connected)
{
	struct addr a, b, own;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET), z = udp_at("127.0.0.1", &b);
	char c;

	TRY(connect(y, SA(a)));
	own = own_addr(y);
	say_addr("own", &own, 0);
	own = peer_addr(y);
	say_addr("peer", &own, addr_port(&a));
	TRY(write(y, "one", 3));
	say_datagram(x, 0);
	own = own_addr(y);
	TRY(sendto(z, "stranger", 8, 0, SA(own)));
	TRY(sendto(x, "friend", 6, 0, SA(own)));
	say_datagram(y, addr_port(&a));
	TRY(recv(y, &c, 1, MSG_DONTWAIT));
	TRY(sendto(y, "elsewhere", 9, 0, SA(b)));
	say_datagram(z, addr_port(&own));
	TRY(connect(y, SA(b)));
	TRY(send(y, "two", 3, 0));
	say_datagram(z, addr_port(&own));
	TRY(connect(y, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
	peer_addr(y);
	TRY(send(y, "three", 5, 0));
}

TEST(nobody_there)
{
	struct addr a;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET), z = udp(AF_INET);
	char c;

	close(x);
	TRY(sendto(y, "lost", 4, 0, SA(a)));
	TRY(recv(y, &c, 1, MSG_DONTWAIT));
	TRY(connect(z, SA(a)));
	TRY(send(z, "lost", 4, 0));
	SAY("error %d", (events_of(z, POLLIN, 1000) & POLLERR) != 0);
	TRY(recv(z, &c, 1, 0));
	TRY(recv(z, &c, 1, MSG_DONTWAIT));
}

TEST(comes_back)
{
	struct addr a;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET);

	TRY(connect(y, SA(a)));
	TRY(send(y, "one", 3, 0));
	close(x);
	x = udp(AF_INET);
	TRY(bind(x, SA(a)));
	TRY(send(y, "two", 3, 0));
	say_datagram(x, 0);
	TRY(send(y, "three", 5, 0));
	say_datagram(x, 0);
}

TEST(errors)
{
	struct addr a, far = addr_of("10.1.2.3", 9), a6 = addr_of("::1", 9);
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET);
	static char big[70000];

	TRY(send(y, "x", 1, 0));
	TRY(sendto(y, big, sizeof big, 0, SA(a)));
	TRY(sendto(y, big, 65507, 0, SA(a)));
	await_input(x);
	TRY(recv(x, big, sizeof big, MSG_DONTWAIT));
	TRY(bind(y, SA(a)));
	TRY(bind(udp(AF_INET), SA(a)));
	TRY(bind(udp(AF_INET), SA(far)));
	TRY(connect(y, SA(a6)));
	TRY(sendto(y, "x", 1, 0, (struct sockaddr *)&a.ss, 8));
	TRY(listen(y, 1));
	TRY(accept(y, NULL, NULL));
	TRY(shutdown(y, SHUT_RDWR));
	peer_addr(y);
}

TEST(truncation)
{
	struct addr a;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET);
	char buf[4];

	MUST(sendto(y, "0123456789", 10, 0, SA(a)));
	MUST(sendto(y, "abcdefghij", 10, 0, SA(a)));
	MUST(sendto(y, "next", 4, 0, SA(a)));
	TRY(recv(x, buf, sizeof buf, MSG_PEEK | MSG_TRUNC));
	TRY(recv(x, buf, sizeof buf, 0));
	TRY(recv(x, buf, sizeof buf, MSG_TRUNC));
	TRY(recv(x, buf, sizeof buf, 0));
	SAY("%.4s", buf);
}

TEST(wildcard_and_v6)
{
	struct addr a, to, own;
	int x = udp_at("0.0.0.0", &a), y = udp(AF_INET), x6 = udp_at("::", &own),
	    y6 = udp(AF_INET6);

	to = addr_of("127.0.0.1", addr_port(&a));
	TRY(sendto(y, "4", 1, 0, SA(to)));
	say_datagram(x, 0);
	to = addr_of("127.0.0.1", addr_port(&own));
	TRY(sendto(y, "4to6", 4, 0, SA(to)));
	say_datagram(x6, 0);
	to = addr_of("::1", addr_port(&own));
	TRY(sendto(y6, "6", 1, 0, SA(to)));
	say_datagram(x6, 0);
	to = addr_of("::ffff:127.0.0.1", addr_port(&a));
	TRY(sendto(y6, "6to4", 4, 0, SA(to)));
	say_datagram(x, 0);
}

TEST(reuse)
{
	struct addr a;
	int x = udp(AF_INET), y = udp(AF_INET), on = 1;

	MUST(setsockopt(x, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	MUST(setsockopt(y, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	a = addr_of("127.0.0.1", 0);
	TRY(bind(x, SA(a)));
	a = own_addr(x);
	TRY(bind(y, SA(a)));
	TRY(bind(udp(AF_INET), SA(a)));
}

TEST(many_messages)
{
	char text[3][8] = {"first", "second", "third"}, room[3][8];
	struct iovec out[3], in[3];
	struct mmsghdr o[3] = {0}, i[3] = {0};
	struct addr a, from[3];
	struct timespec ts = {.tv_sec = 1};
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET), n;

	for (int k = 0; k < 3; k++) {
		out[k] = (struct iovec){text[k], strlen(text[k])};
		in[k] = (struct iovec){room[k], sizeof room[k]};
		o[k].msg_hdr = (struct msghdr){
		    .msg_name = &a.ss, .msg_namelen = a.len, .msg_iov = &out[k], .msg_iovlen = 1};
		i[k].msg_hdr = (struct msghdr){.msg_name = &from[k].ss,
		    .msg_namelen = sizeof from[k].ss,
		    .msg_iov = &in[k],
		    .msg_iovlen = 1};
	}
	TRY(sendmmsg(y, o, 3, 0));
	SAY("%u %u %u", o[0].msg_len, o[1].msg_len, o[2].msg_len);
	n = (int)TRY(recvmmsg(x, i, 3, MSG_WAITFORONE, &ts));
	for (int k = 0; k < n; k++) {
		from[k].len = i[k].msg_hdr.msg_namelen;
		SAY("%.*s", (int)i[k].msg_len, room[k]);
		say_addr("from", &from[k], 0);
	}
	TRY(recvmmsg(x, i, 3, MSG_DONTWAIT, NULL));
	TRY(sendmmsg(y, o, 0, 0));
}

TEST(many_messages_on_a_stream)
{
	struct iovec iov[2] = {{(char *)"ab", 2}, {(char *)"cde", 3}};
	struct mmsghdr m[2] = {0};
	char buf[16] = "";
	int p[2];

	tcp_pair(p);
	for (int k = 0; k < 2; k++)
		m[k].msg_hdr = (struct msghdr){.msg_iov = &iov[k], .msg_iovlen = 1};
	TRY(sendmmsg(p[0], m, 2, 0));
	TRY(recv(p[1], buf, 5, MSG_WAITALL));
	SAY("%s", buf);
	TRY(sendmmsg(tcp(AF_INET), m, 2, MSG_NOSIGNAL));
}

/* Many datagrams before the receiver looks: none is lost, and they keep their order and sender. */
TEST(burst)
{
	struct addr a, own, from;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET), sum = 0, right = 0;
	char number[16];

	nonblock(y);
	for (int i = 0; i < 100; i++) {
		snprintf(number, sizeof number, "%d", i);
		MUST(sendto(y, number, strlen(number) + 1, 0, SA(a)));
	}
	own = own_addr(y);
	for (int i = 0; i < 100; i++) {
		if (!(events_of(x, POLLIN, 2000) & POLLIN))
			break;
		from.len = sizeof from.ss;
		MUST(recvfrom(x, number, sizeof number, 0, (struct sockaddr *)&from.ss, &from.len));
		sum += atoi(number) == i;
		right += addr_port(&from) == addr_port(&own);
	}
	SAY("%d in order, %d with the sender's address", sum, right);
}

/* A receiver that goes while datagrams wait for it takes them along. */
TEST(burst_for_nobody)
{
	struct addr a;
	int x = udp_at("127.0.0.1", &a), y = udp(AF_INET), n = 0;

	nonblock(y);
	for (int i = 0; i < 60; i++)
		n += sendto(y, "gone", 4, 0, SA(a)) == 4;
	close(x);
	for (int i = 0; i < 20; i++)
		n += sendto(y, "gone", 4, 0, SA(a)) == 4;
	SAY("%d sent", n);
	x = udp(AF_INET);
	TRY(bind(x, SA(a)));
	TRY(sendto(y, "new", 3, 0, SA(a)));
	say_datagram(x, 0);
}

/* Many wait at a socket, and come in the order in which they were sent. */
TEST(many_wait)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int r = udp(AF_INET), s = udp(AF_INET), number, last = -1, sent = 0, got = 0;
	struct mmsghdr m[40] = {{.msg_len = 0}};
	struct iovec iov[40];
	int numbers[40];

	MUST(bind(r, SA(a)));
	a = own_addr(r);
	for (int i = 0; i < 40; i++) {
		MUST(sendto(s, &i, sizeof i, 0, SA(a)));
		iov[i] = (struct iovec){.iov_base = &numbers[i], .iov_len = sizeof numbers[i]};
		m[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	TRY(recvmmsg(r, m, 40, MSG_DONTWAIT, NULL));
	SAY("the last is %d", numbers[39]);
	for (int round = 0; round < 30; round++) {
		for (int i = 0; i < 7; i++, sent++)
			MUST(sendto(s, &sent, sizeof sent, MSG_DONTWAIT, SA(a)));
		for (int i = 0; i < (round < 29 ? 5 : 1000); i++) {
			if (recv(r, &number, sizeof number, MSG_DONTWAIT) < 0)
				break;
			if (number != ++last)
				SAY("%d after %d", number, last - 1);
			got++;
		}
	}
	SAY("sent %d, got %d", sent, got);
}

int
main(void)
{
	return parity_main();
}
