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

int
main(void)
{
	return parity_main();
}
