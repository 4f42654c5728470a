/* SPDX-License-Identifier: BSD-2-Clause */
/* What calls on sockets in the wrong state, or with wrong arguments, fail with. */
#include <signal.h>

#include "socket_help.h"

static void
on_pipe(int signo)
{
	(void)signo;
	SAY("SIGPIPE");
}

static void
catch_sigpipe(void)
{
	struct sigaction sa = {.sa_handler = on_pipe};

	MUST(sigaction(SIGPIPE, &sa, NULL));
}

TEST(unconnected)
{
	struct iovec iov = {.iov_base = (char *)"x", .iov_len = 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct addr a = addr_of("127.0.0.1", 9);
	int s = tcp(AF_INET);
	char c;

	catch_sigpipe();
	TRY(read(s, &c, 1));
	TRY(recv(s, &c, 1, 0));
	TRY(recv(s, &c, 1, MSG_DONTWAIT));
	TRY(recvfrom(s, &c, 1, 0, NULL, NULL));
	TRY(write(s, "x", 1));
	TRY(send(s, "x", 1, 0));
	TRY(send(s, "x", 1, MSG_NOSIGNAL));
	TRY(sendmsg(s, &m, MSG_NOSIGNAL));
	TRY(sendto(s, "x", 1, MSG_NOSIGNAL, SA(a)));
	TRY(shutdown(s, SHUT_RDWR));
	TRY(shutdown(s, 7));
	TRY(accept(s, NULL, NULL));
	peer_addr(s);
	a = own_addr(s);
	say_addr("own", &a, 0);
	say_so_error(s);
	say_events("poll", events_of(s, POLLIN | POLLOUT | POLLRDHUP, 0));
}

TEST(listening)
{
	struct addr a, b;
	int l = listener("127.0.0.1", 5, &a);
	char c;

	catch_sigpipe();
	b = addr_of("127.0.0.1", addr_port(&a));
	TRY(connect(l, SA(b)));
	TRY(read(l, &c, 1));
	TRY(send(l, "x", 1, MSG_NOSIGNAL));
	TRY(listen(l, 10));
	TRY(bind(l, SA(b)));
	peer_addr(l);
	say_events("poll", events_of(l, POLLIN | POLLOUT | POLLRDHUP, 0));
	TRY(shutdown(l, SHUT_WR));
	nonblock(l);
	TRY(accept(l, NULL, NULL));
	TRY(shutdown(l, SHUT_RD));
	TRY(accept(l, NULL, NULL));
}

TEST(connected)
{
	struct addr a = addr_of("127.0.0.1", 0), b;
	int p[2];

	tcp_pair(p);
	b = peer_addr(p[0]);
	TRY(connect(p[0], SA(b)));
	TRY(connect(p[1], SA(b)));
	TRY(bind(p[0], SA(a)));
	TRY(listen(p[0], 5));
	TRY(listen(p[1], 5));
	TRY(accept(p[0], NULL, NULL));
	TRY(sendto(p[0], "x", 1, 0, SA(b)));
	say_events("arrived", events_of(p[1], POLLIN, 1000));
}

TEST(bind_errors)
{
	struct addr a = addr_of("127.0.0.1", 0), far = addr_of("10.1.2.3", 0),
		    a6 = addr_of("::1", 0), far6 = addr_of("2001:db8::1", 0),
		    local6 = addr_of("fe80::1", 0);
	struct sockaddr_in unspec = {.sin_family = AF_UNSPEC};
	int s = tcp(AF_INET), s6 = tcp(AF_INET6);

	TRY(bind(s, (struct sockaddr *)&a.ss, 4));
	TRY(bind(s, (struct sockaddr *)&a.ss, 15));
	TRY(bind(s, (struct sockaddr *)&a.ss, 0));
	TRY(bind(s, SA(a6)));
	TRY(bind(s, SA(far)));
	TRY(bind(s6, SA(a)));
	TRY(bind(s6, SA(far6)));
	TRY(bind(s6, SA(local6)));
	TRY(bind(s6, (struct sockaddr *)&a6.ss, 23));
	TRY(bind(s6, (struct sockaddr *)&a6.ss, 24));
	TRY(bind(s, (struct sockaddr *)&unspec, sizeof unspec));
	TRY(bind(s, SA(a)));
	TRY(bind(-1, SA(a)));
	TRY(bind(0, SA(a)));
}

TEST(connect_errors)
{
	struct addr a = closed_port("127.0.0.1"), a6 = closed_port("::1"), b = a;
	int s = tcp(AF_INET), s6 = tcp(AF_INET6);

	TRY(connect(s, SA(a)));
	TRY(connect(s, SA(a)));
	say_so_error(s);
	TRY(connect(s, (struct sockaddr *)&a.ss, 15));
	TRY(connect(s, (struct sockaddr *)&a.ss, 1));
	TRY(connect(s, SA(a6)));
	TRY(connect(s6, SA(a6)));
	TRY(connect(s6, SA(a)));
	TRY(connect(s6, (struct sockaddr *)&a6.ss, 20));
	b.ss.ss_family = 77;
	TRY(connect(s, SA(b)));
	TRY(connect(-1, SA(a)));
}

TEST(connect_port_0)
{
	struct addr a = addr_of("127.0.0.1", 0);

	TRY(connect(tcp(AF_INET), SA(a)));
}

TEST(disconnect)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), c;
	char b;

	TRY(connect(s, &nobody, sizeof nobody));
	TRY(connect(s, SA(a)));
	c = MUST(accept(l, NULL, NULL));
	TRY(connect(s, &nobody, sizeof nobody));
	peer_addr(s);
	say_events("other end", events_of(c, POLLIN, 1000) & POLLIN);
	TRY(connect(s, SA(a)));
	c = MUST(accept(l, NULL, NULL));
	TRY(write(s, "x", 1));
	TRY(read(c, &b, 1));
}

TEST(bound_then_refused_then_bound)
{
	struct addr a = closed_port("127.0.0.1"), port = closed_port("127.0.0.1"), own;
	int s = tcp(AF_INET);

	TRY(bind(s, SA(port)));
	TRY(connect(s, SA(a)));
	own = own_addr(s);
	say_addr("own", &own, addr_port(&port));
	TRY(bind(s, SA(port)));
}

TEST(dead_listener)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);

	MUST(connect(s, SA(a)));
	close(l);
	TRY(connect(tcp(AF_INET), SA(a)));
}

TEST(reset)
{
	char c;
	int p[2];

	catch_sigpipe();
	tcp_pair(p);
	MUST(write(p[0], "unread", 6));
	MUST(poll(&(struct pollfd){.fd = p[1], .events = POLLIN}, 1, 1000));
	close(p[1]);
	TRY(read(p[0], &c, 1));
	TRY(read(p[0], &c, 1));
	TRY(write(p[0], "x", 1));
}

TEST(reset_before_write)
{
	int p[2];

	catch_sigpipe();
	tcp_pair(p);
	MUST(write(p[0], "unread", 6));
	MUST(poll(&(struct pollfd){.fd = p[1], .events = POLLIN}, 1, 1000));
	close(p[1]);
	MUST(poll(&(struct pollfd){.fd = p[0], .events = POLLIN}, 1, 1000));
	TRY(send(p[0], "x", 1, MSG_NOSIGNAL));
	TRY(send(p[0], "x", 1, MSG_NOSIGNAL));
}

TEST(bad_pointers_and_lengths)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int s = tcp(AF_INET);
	socklen_t len = 4;
	char small[4];

	TRY(getsockname(s, (struct sockaddr *)small, &len));
	SAY("length %u", len);
	len = (socklen_t)-1;
	TRY(getsockname(s, (struct sockaddr *)&a.ss, &len));
	TRY(getsockname(s, NULL, NULL));
	TRY(listen(tcp(AF_INET), -1));
	TRY(listen(tcp(AF_INET), 0));
}

int
main(void)
{
	return parity_main();
}
