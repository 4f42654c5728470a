/* SPDX-License-Identifier: BSD-2-Clause */
/* Ending one direction or both. */
#include <signal.h>

#include "socket_help.h"

static void
on_pipe(int signo)
{
	(void)signo;
	SAY("SIGPIPE");
}

TEST(write_side)
{
	char buf[8];
	int p[2];

	signal(SIGPIPE, on_pipe);
	tcp_pair(p);
	MUST(write(p[0], "last", 4));
	TRY(shutdown(p[0], SHUT_WR));
	TRY(write(p[0], "x", 1));
	TRY(send(p[0], "x", 1, MSG_NOSIGNAL));
	TRY(read(p[1], buf, sizeof buf));
	TRY(read(p[1], buf, sizeof buf));
	say_events("other", events_of(p[1], POLLIN | POLLOUT | POLLRDHUP, 0));
	TRY(write(p[1], "back", 4));
	TRY(read(p[0], buf, sizeof buf));
	TRY(shutdown(p[0], SHUT_WR));
	TRY(shutdown(p[1], SHUT_WR));
	TRY(read(p[0], buf, sizeof buf));
	say_events("both", events_of(p[1], POLLIN | POLLOUT | POLLRDHUP, 100));
}

TEST(read_side)
{
	char c;
	int p[2];

	tcp_pair(p);
	TRY(shutdown(p[0], SHUT_RD));
	TRY(read(p[0], &c, 1));
	TRY(write(p[0], "x", 1));
	TRY(read(p[1], &c, 1));
}

TEST(both_sides)
{
	char c;
	int p[2];

	signal(SIGPIPE, on_pipe);
	tcp_pair(p);
	TRY(shutdown(p[0], SHUT_RDWR));
	TRY(read(p[0], &c, 1));
	TRY(write(p[0], "x", 1));
	TRY(read(p[1], &c, 1));
	peer_addr(p[1]);
}

TEST(half_open_transfer)
{
	char buf[64] = "";
	int p[2];

	tcp_pair(p);
	if (fork() == 0) {
		int n = 0;

		close(p[0]);
		while (read(p[1], buf, 1) == 1)
			n++;
		dprintf(p[1], "got %d", n);
		_exit(0);
	}
	close(p[1]);
	MUST(write(p[0], "0123456789", 10));
	MUST(shutdown(p[0], SHUT_WR));
	TRY(recv(p[0], buf, sizeof buf, MSG_WAITALL));
	SAY("%s", buf);
}

TEST(peer_gone)
{
	struct addr a;
	char c;
	int p[2];

	tcp_pair(p);
	close(p[1]);
	SAY("hangup %d", (events_of(p[0], POLLIN | POLLRDHUP, 1000) & (POLLIN | POLLRDHUP)) ==
			     (POLLIN | POLLRDHUP));
	TRY(read(p[0], &c, 1));
	a = peer_addr(p[0]);
	say_addr("peer", &a, 0);
	TRY(send(p[0], "lost", 4, MSG_NOSIGNAL));
	TRY(send(p[0], "x", 1, MSG_NOSIGNAL));
	TRY(read(p[0], &c, 1));
}

TEST(waiting_accept_ends)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);

	if (fork() == 0) {
		usleep(50000);
		shutdown(l, SHUT_RDWR);
		_exit(0);
	}
	TRY(accept(l, NULL, NULL));
	TRY(connect(tcp(AF_INET), SA(a)));
}

static void
linger0(int fd)
{
	struct linger l = {.l_onoff = 1};

	MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
}

/* Closing a socket with SO_LINGER 0 resets the connection. */
static void
reset_by(bool accepted, bool data)
{
	struct addr a = {.len = sizeof a.ss};
	int p[2];
	char buf[16];

	tcp_pair(p);
	linger0(p[accepted]);
	if (data)
		MUST(write(p[accepted], "last", 4));
	close(p[accepted]);
	SAY("ends: %d",
	    (events_of(p[!accepted], POLLIN, 1000) & (POLLIN | POLLHUP)) == (POLLIN | POLLHUP));
	TRY(getpeername(p[!accepted], (struct sockaddr *)&a.ss, &a.len));
	if (data)
		TRY(recv(p[!accepted], buf, sizeof buf, 0));
	TRY(read(p[!accepted], buf, sizeof buf));
	TRY(recv(p[!accepted], buf, sizeof buf, 0));
	say_so_error(p[!accepted]);
}

TEST(reset_by_connector)
{
	reset_by(false, false);
}

TEST(reset_by_acceptor)
{
	reset_by(true, false);
}

TEST(reset_after_data)
{
	reset_by(false, true);
}

TEST(reset_is_the_error)
{
	int p[2];
	char c;

	tcp_pair(p);
	linger0(p[0]);
	close(p[0]);
	SAY("ends: %d", (events_of(p[1], POLLIN, 1000) & POLLIN) != 0);
	say_so_error(p[1]);
	TRY(read(p[1], &c, 1));
}

/* Shared with a child that is still there, only half closed, or taken back: no reset. */
TEST(no_reset_yet)
{
	struct linger l = {.l_onoff = 0};
	int p[2], q[2];
	char c;

	tcp_pair(p);
	linger0(p[0]);
	MUST(shutdown(p[0], SHUT_WR));
	TRY(read(p[1], &c, 1));
	TRY(write(p[1], "x", 1));
	TRY(read(p[0], &c, 1));
	tcp_pair(q);
	linger0(q[0]);
	MUST(setsockopt(q[0], SOL_SOCKET, SO_LINGER, &l, sizeof l));
	close(q[0]);
	TRY(read(q[1], &c, 1));
}

/* What accept gives inherits it. */
TEST(reset_inherited)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), c;
	char b;

	linger0(l);
	MUST(connect(s, SA(a)));
	c = MUST(accept(l, NULL, NULL));
	close(c);
	TRY(read(s, &b, 1));
}

int
main(void)
{
	return parity_main();
}
