/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets: what waits in them, peeking at it, full and forsaken ones. */
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "socket_unix_help.h"

static void
say_queue(const char *what, int fd)
{
	int in = -1;

	if (ioctl(fd, SIOCINQ, &in) != 0)
		SAY("%s: SIOCINQ %s", what, strerrorname_np(errno));
	else
		SAY("%s: in %d", what, in);
}

static void
queue(int type)
{
	int p[2], out;
	char buf[64];

	named_pair(type, p);
	say_queue("empty", p[1]);
	TRY(send(p[0], "hello", 5, 0));
	TRY(send(p[0], "to you", 6, 0));
	say_queue("two", p[1]);
	out = 0;
	TRY(ioctl(p[0], SIOCOUTQ, &out));
	SAY("something is out: %d", out > 0);
	TRY(recv(p[1], buf, 3, 0));
	say_queue("after 3", p[1]);
	TRY(recv(p[1], buf, sizeof buf, 0));
	TRY(recv(p[1], buf, sizeof buf, MSG_DONTWAIT));
	say_queue("none", p[1]);
	TRY(ioctl(p[0], SIOCOUTQ, &out));
	SAY("out %d", out);
	TRY(ioctl(p[0], SIOCATMARK, &out));
}

TEST(queue_of_a_stream)
{
	queue(SOCK_STREAM);
}

TEST(queue_of_datagrams)
{
	queue(SOCK_DGRAM);
}

TEST(queue_of_records)
{
	queue(SOCK_SEQPACKET);
}

TEST(queue_of_a_listener)
{
	struct un a = un("l");
	int l = local(SOCK_STREAM);

	MUST(bind(l, UN(a)));
	MUST(listen(l, 5));
	say_queue("listener", l);
	say_queue("fresh", local(SOCK_STREAM));
}

static void
peek_offset(int type)
{
	int p[2], off = 3;
	socklen_t len = sizeof off;
	char buf[16];

	named_pair(type, p);
	TRY(getsockopt(p[1], SOL_SOCKET, SO_PEEK_OFF, &off, &len));
	SAY("at first %d", off);
	off = 3;
	TRY(setsockopt(p[1], SOL_SOCKET, SO_PEEK_OFF, &off, sizeof off));
	TRY(send(p[0], "abcdefgh", 8, 0));
	TRY(send(p[0], "ijklmnop", 8, 0));
	for (int i = 0; i < 3; i++) {
		memset(buf, '.', sizeof buf);
		TRY(recv(p[1], buf, 4, MSG_PEEK));
		SAY("%.4s", buf);
	}
	TRY(recv(p[1], buf, 2, 0));
	TRY(getsockopt(p[1], SOL_SOCKET, SO_PEEK_OFF, &off, &len));
	SAY("now %d", off);
	off = -1;
	TRY(setsockopt(p[1], SOL_SOCKET, SO_PEEK_OFF, &off, sizeof off));
	memset(buf, '.', sizeof buf);
	TRY(recv(p[1], buf, 4, MSG_PEEK));
	SAY("%.4s", buf);
	TRY(recv(p[1], buf, 4, MSG_PEEK | MSG_TRUNC));
}

TEST(peek_offset_of_a_stream)
{
	peek_offset(SOCK_STREAM);
}

TEST(peek_offset_of_datagrams)
{
	peek_offset(SOCK_DGRAM);
}

TEST(peek_offset_of_records)
{
	peek_offset(SOCK_SEQPACKET);
}

static void
fill(const char *what, int fd)
{
	int n = 0;

	while (send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1 && n < 100000)
		n++;
	SAY("%s: %s, some: %d", what, strerrorname_np(errno), n > 0);
	say_events("then", events_of(fd, POLLIN | POLLOUT, 0));
}

TEST(full_and_emptied)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
	struct timeval t = {.tv_usec = 20000};
	int p[2];
	char buf[70000];

	for (size_t i = 0; i < 3; i++) {
		named_pair(types[i], p);
		fill("full", p[0]);
		MUST(setsockopt(p[0], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t));
		TRY(send(p[0], "x", 1, 0));
		while (recv(p[1], buf, sizeof buf, MSG_DONTWAIT) > 0)
			continue;
		say_events("emptied", events_of(p[0], POLLIN | POLLOUT, 0));
		close(p[1]);
		say_events("alone", events_of(p[0], POLLIN | POLLOUT | POLLRDHUP, 0));
		TRY(send(p[0], "x", 1, MSG_NOSIGNAL));
		TRY(recv(p[0], buf, 1, MSG_DONTWAIT));
	}
}

TEST(too_long)
{
	static char big[4000000];
	int p[2], size = 4608;

	named_pair(SOCK_DGRAM, p);
	TRY(setsockopt(p[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
	TRY(send(p[0], big, sizeof big, MSG_DONTWAIT));
	TRY(send(p[0], big, 20000, MSG_DONTWAIT));
	TRY(send(p[0], big, 3000, MSG_DONTWAIT));
	named_pair(SOCK_SEQPACKET, p);
	TRY(send(p[0], big, sizeof big, MSG_DONTWAIT));
	TRY(send(p[0], NULL, 0, MSG_DONTWAIT));
	TRY(send(p[0], big, 1, MSG_OOB));
	named_pair(SOCK_STREAM, p);
	TRY(send(p[0], NULL, 0, MSG_DONTWAIT));
	TRY(send(p[0], (void *)1, 10, MSG_DONTWAIT));
	TRY(recv(p[1], big, 1, MSG_OOB));
}

TEST(no_backlog)
{
	struct un a = un("l");
	int l = local(SOCK_STREAM);

	MUST(bind(l, UN(a)));
	TRY(listen(l, 0));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), UN(a)));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), UN(a)));
	TRY(listen(l, 3));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), UN(a)));
	TRY(listen(l, -1));
	say_events("waiting", events_of(l, POLLIN | POLLOUT, 0));
	MUST(accept(l, NULL, NULL));
	MUST(accept(l, NULL, NULL));
	TRY(shutdown(l, SHUT_RD));
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(accept4(l, NULL, NULL, SOCK_NONBLOCK));
	TRY(listen(local(SOCK_STREAM), 1));
	TRY(connect(l, UN(a)));
}

/* Who waits in the queue when the listener goes away. */
TEST(forsaken)
{
	struct un a = un("l");
	int l = local(SOCK_STREAM), c = local(SOCK_STREAM);
	char b;

	MUST(bind(l, UN(a)));
	MUST(listen(l, 5));
	MUST(connect(c, UN(a)));
	TRY(write(c, "x", 1));
	close(l);
	say_events("forsaken", events_of(c, POLLIN | POLLOUT | POLLRDHUP, 1000));
	TRY(read(c, &b, 1));
	TRY(send(c, "x", 1, MSG_NOSIGNAL));
	TRY(connect(local(SOCK_STREAM), UN(a)));
}

int
main(void)
{
	return parity_main();
}
