/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-blocking sockets: connecting, refused, edges, full buffers. */
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "socket_help.h"

TEST(connecting)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);

	nonblock(s);
	TRY(connect(s, SA(a)));
	say_events("poll", events_of(s, POLLIN | POLLOUT, 1000));
	say_so_error(s);
	TRY(connect(s, SA(a)));
	TRY(connect(s, SA(a)));
	FD(accept(l, NULL, NULL));
	TRY(write(s, "x", 1));
}

TEST(refused)
{
	struct addr a = closed_port("127.0.0.1");
	int s = tcp(AF_INET);
	char c;

	nonblock(s);
	TRY(connect(s, SA(a)));
	SAY("writable %d", (events_of(s, POLLOUT, 1000) & POLLOUT) != 0);
	say_so_error(s);
	say_so_error(s);
	TRY(read(s, &c, 1) <= 0);
	TRY(connect(s, SA(a)));
	TRY(connect(s, SA(a)));
	TRY(events_of(s, POLLOUT, 1000) & POLLOUT);
	TRY(connect(s, SA(a)));
	TRY(connect(s, SA(a)));
}

TEST(refused_read_tells)
{
	struct addr a = closed_port("127.0.0.1");
	int s = tcp(AF_INET);
	char c;

	nonblock(s);
	TRY(connect(s, SA(a)));
	events_of(s, POLLOUT, 1000);
	TRY(read(s, &c, 1));
	TRY(read(s, &c, 1) <= 0);
	say_so_error(s);
}

TEST(refused_write_tells)
{
	struct addr a = closed_port("127.0.0.1");
	int s = tcp(AF_INET);

	nonblock(s);
	TRY(connect(s, SA(a)));
	events_of(s, POLLOUT, 1000);
	TRY(send(s, "x", 1, MSG_NOSIGNAL));
	TRY(send(s, "x", 1, MSG_NOSIGNAL));
	say_so_error(s);
}

TEST(then_blocking)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), c;
	int off = 0;
	char b;

	nonblock(s);
	TRY(connect(s, SA(a)));
	TRY(ioctl(s, FIONBIO, &off));
	TRY(write(s, "x", 1));
	c = MUST(accept(l, NULL, NULL));
	TRY(read(c, &b, 1));
	SAY("inherits nothing: %d", fcntl(c, F_GETFL) & O_NONBLOCK);
}

TEST(nothing_yet)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), p[2];
	char c;

	nonblock(l);
	TRY(accept(l, NULL, NULL));
	tcp_pair(p);
	nonblock(p[0]);
	TRY(read(p[0], &c, 1));
}

/* Registered for edges before the connection is there: an edge must follow. */
TEST(edge_after_connect)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP}, got = {0};
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), ep = MUST(epoll_create1(0));

	nonblock(s);
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev));
	TRY(epoll_wait(ep, &got, 1, 0));
	say_events("before", (int)got.events);
	TRY(connect(s, SA(a)));
	TRY(epoll_wait(ep, &got, 1, 1000));
	say_events("after", (int)got.events);
	TRY(epoll_wait(ep, &got, 1, 0));
	MUST(write(MUST(accept(l, NULL, NULL)), "x", 1));
	TRY(epoll_wait(ep, &got, 1, 1000));
	SAY("readable %d", (got.events & EPOLLIN) != 0);
}

/* A writer stops when nobody reads, and is told when there is room. */
TEST(full)
{
	static char buf[65536];
	struct pollfd w;
	size_t sent = 0, got = 0;
	int p[2];
	ssize_t n;

	tcp_pair(p);
	nonblock(p[0]);
	nonblock(p[1]);
	while ((n = write(p[0], buf, sizeof buf)) > 0)
		sent += (size_t)n;
	SAY("%s", strerrorname_np(errno));
	say_events("full", events_of(p[0], POLLOUT, 0));
	w = (struct pollfd){.fd = p[0], .events = POLLOUT};
	while (got < sent) {
		while ((n = read(p[1], buf, sizeof buf)) > 0)
			got += (size_t)n;
		poll(&(struct pollfd){.fd = p[1], .events = POLLIN}, 1, 10);
	}
	TRY(poll(&w, 1, 1000));
	SAY("all %d", got == sent);
}

TEST(many_at_once)
{
	struct addr a;
	int l = listener("127.0.0.1", 128, &a), s[100], ok = 0, taken = 0;

	nonblock(l);
	for (int i = 0; i < 100; i++) {
		s[i] = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
		if (connect(s[i], SA(a)) != 0 && errno != EINPROGRESS)
			SAY("%s", strerrorname_np(errno));
	}
	for (int i = 0; i < 100; i++)
		ok += events_of(s[i], POLLOUT, 1000) == POLLOUT;
	while (accept(l, NULL, NULL) >= 0)
		taken++;
	SAY("%d writable, %d accepted", ok, taken);
}

int
main(void)
{
	return parity_main();
}
