/* SPDX-License-Identifier: BSD-2-Clause */
/* What poll, select and epoll say of sockets in each state. */
#include <sys/epoll.h>
#include <sys/select.h>

#include "socket_help.h"

#define ALL (POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

TEST(states)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), c;
	char b;

	say_events("fresh", events_of(s, ALL, 0));
	say_events("listening", events_of(l, ALL, 0));
	MUST(connect(s, SA(a)));
	say_events("acceptable", events_of(l, ALL, 1000));
	say_events("connected", events_of(s, ALL, 0));
	c = MUST(accept(l, NULL, NULL));
	say_events("accepted", events_of(c, ALL, 0));
	MUST(write(s, "x", 1));
	say_events("readable", events_of(c, ALL, 1000));
	MUST(read(c, &b, 1));
	say_events("read", events_of(c, ALL, 0));
	MUST(shutdown(s, SHUT_WR));
	say_events("half closed", events_of(c, POLLIN | POLLRDHUP, 1000));
	say_events("its end", events_of(s, ALL, 0));
}

TEST(select_sets)
{
	struct timeval tv = {.tv_usec = 100000};
	fd_set r, w, e;
	int p[2], n;

	tcp_pair(p);
	MUST(write(p[0], "x", 1));
	n = p[0] > p[1] ? p[0] : p[1];
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(p[0], &r);
	FD_SET(p[1], &r);
	FD_SET(p[0], &w);
	FD_SET(p[1], &e);
	TRY(select(n + 1, &r, &w, &e, &tv));
	SAY("%d %d %d %d", FD_ISSET(p[0], &r), FD_ISSET(p[1], &r), FD_ISSET(p[0], &w),
	    FD_ISSET(p[1], &e));
}

TEST(mixed_poll)
{
	struct pollfd fds[4];
	int p[2], q[2];

	tcp_pair(p);
	MUST(pipe(q));
	fds[0] = (struct pollfd){.fd = p[0], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = q[0], .events = POLLIN};
	fds[2] = (struct pollfd){.fd = 500, .events = POLLIN};
	fds[3] = (struct pollfd){.fd = -1, .events = POLLIN};
	TRY(poll(fds, 4, 50));
	SAY("%x %x %x %x", fds[0].revents, fds[1].revents, fds[2].revents, fds[3].revents);
	MUST(write(p[1], "x", 1));
	MUST(write(q[1], "x", 1));
	TRY(poll(fds, 2, 1000));
	SAY("%x %x", fds[0].revents, fds[1].revents);
}

TEST(epoll_level)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = 7}, got[4];
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), ep = MUST(epoll_create1(EPOLL_CLOEXEC)), s, c;
	char b;

	TRY(epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev));
	TRY(epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev));
	TRY(epoll_wait(ep, got, 4, 0));
	s = tcp(AF_INET);
	MUST(connect(s, SA(a)));
	TRY(epoll_wait(ep, got, 4, 1000));
	SAY("data %d events %x", (int)got[0].data.u64, got[0].events);
	c = MUST(accept(l, NULL, NULL));
	ev.data.u64 = 8;
	TRY(epoll_ctl(ep, EPOLL_CTL_ADD, c, &ev));
	MUST(write(s, "ab", 2));
	TRY(epoll_wait(ep, got, 4, 1000));
	MUST(read(c, &b, 1));
	TRY(epoll_wait(ep, got, 4, 1000));
	MUST(read(c, &b, 1));
	TRY(epoll_wait(ep, got, 4, 0));
	ev.events = EPOLLOUT;
	TRY(epoll_ctl(ep, EPOLL_CTL_MOD, c, &ev));
	TRY(epoll_wait(ep, got, 4, 0));
	TRY(epoll_ctl(ep, EPOLL_CTL_DEL, c, NULL));
	TRY(epoll_ctl(ep, EPOLL_CTL_DEL, c, NULL));
	close(l);
	TRY(epoll_wait(ep, got, 4, 0));
}

TEST(epoll_before_listen)
{
	struct epoll_event ev = {.events = EPOLLIN}, got;
	struct addr a = addr_of("127.0.0.1", 0);
	int l = tcp(AF_INET), ep = MUST(epoll_create1(0));

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev));
	MUST(bind(l, SA(a)));
	a = own_addr(l);
	MUST(listen(l, 5));
	TRY(epoll_wait(ep, &got, 1, 0));
	MUST(connect(tcp(AF_INET), SA(a)));
	TRY(epoll_wait(ep, &got, 1, 1000));
	SAY("%x", got.events);
}

TEST(epoll_edges)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET}, got;
	int p[2], ep = MUST(epoll_create1(0));

	tcp_pair(p);
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &ev));
	for (int i = 0; i < 3; i++) {
		MUST(write(p[0], "x", 1));
		TRY(epoll_wait(ep, &got, 1, 1000));
		TRY(epoll_wait(ep, &got, 1, 0));
	}
}

int
main(void)
{
	return parity_main();
}
