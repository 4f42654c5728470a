/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that wait to be accepted, and more than may wait. */
#include <signal.h>

#include "socket_help.h"

static bool
is_connected(int fd)
{
	struct addr a = {.len = sizeof a.ss};

	return getpeername(fd, (struct sockaddr *)&a.ss, &a.len) == 0;
}

TEST(data_before_accept)
{
	char buf[8] = "";
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), c;

	MUST(connect(s, SA(a)));
	TRY(write(s, "early", 5));
	close(s);
	c = MUST(accept(l, NULL, NULL));
	TRY(read(c, buf, sizeof buf));
	TRY(read(c, buf, sizeof buf));
}

TEST(closed_before_accept)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);

	MUST(connect(s, SA(a)));
	close(l);
	say_events("connector", events_of(s, POLLIN, 1000) & (POLLIN | POLLHUP));
}

TEST(more_than_may_wait)
{
	struct addr a;
	int l = listener("127.0.0.1", 1, &a), s[4], n = 0, accepted = 0;
	char c;

	for (int i = 0; i < 4; i++) {
		s[i] = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
		TRY(connect(s[i], SA(a)));
	}
	usleep(50000);
	for (int i = 0; i < 4; i++)
		n += is_connected(s[i]);
	SAY("connected %d", n);
	TRY(connect(s[3], SA(a)));
	peer_addr(s[3]);
	TRY(send(s[3], "x", 1, MSG_NOSIGNAL));
	TRY(recv(s[3], &c, 1, 0));
	say_so_error(s[3]);
	for (int i = 0; i < 4; i++) {
		close(MUST(accept(l, NULL, NULL)));
		accepted++;
	}
	SAY("accepted %d", accepted);
	for (int i = 0; i < 4; i++)
		SAY("%d: %d", i, (events_of(s[i], POLLOUT, 3000) & POLLOUT) != 0);
}

/* A blocking connect waits for room. */
TEST(blocking_waits)
{
	struct addr a;
	int l = listener("127.0.0.1", 0, &a), s;
	pid_t pid;

	MUST(connect(tcp(AF_INET), SA(a)));
	s = tcp(AF_INET);
	pid = fork();
	if (pid == 0) {
		TRY(connect(s, SA(a)));
		TRY(write(s, "x", 1));
		_exit(0);
	}
	usleep(50000);
	MUST(accept(l, NULL, NULL));
	MUST(accept(l, NULL, NULL));
	wait(NULL);
}

int
main(void)
{
	return parity_main();
}
