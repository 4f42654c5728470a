/* SPDX-License-Identifier: BSD-2-Clause */
/* Ending one direction or both. */
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/wait.h>

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

TEST(peer_writes_on)
{
	char buf[8];
	int p[2];

	signal(SIGPIPE, SIG_IGN);
	tcp_pair(p);
	TRY(shutdown(p[0], SHUT_RD));
	TRY(write(p[1], "one", 3));
	TRY(send(p[1], "two", 3, 0));
	TRY(write(p[0], "back", 4));
	TRY(read(p[1], buf, sizeof buf));
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

/* SIGPIPE is at its default: the first write is taken, a later one ends the program. */
static void
write_to_closed(void)
{
	int p[2];

	errno = 0;

	tcp_pair(p);
	close(p[1]);
	events_of(p[0], POLLIN, 1000);
	TRY(write(p[0], "x", 1));
	SAY("errno %d", errno);
	events_of(p[0], 0, 1000);
	TRY(write(p[0], "x", 1));
	TRY(write(p[0], "x", 1));
	SAY("alive");
}

/* Not in today's headers. */
extern sighandler_t bsd_signal(int signo, sighandler_t handler);

static void
say_handler(const char *what, void (*handler)(int))
{
	SAY("%s: %s", what,
	    handler == SIG_DFL   ? "default"
	    : handler == SIG_IGN ? "ignored"
	    : handler == on_pipe ? "ours"
				 : "strange");
}

TEST(second_write_kills)
{
	write_to_closed();
}

TEST(handler_of_sigpipe)
{
	struct sigaction act = {.sa_handler = SIG_DFL}, old;
	int p[2];

	tcp_pair(p);
	MUST(sigaction(SIGPIPE, NULL, &old));
	say_handler("first", old.sa_handler);
	say_handler("signal", signal(SIGPIPE, on_pipe));
	say_handler("sysv_signal", sysv_signal(SIGPIPE, on_pipe));
	say_handler("signal", signal(SIGPIPE, SIG_IGN));
	say_handler("bsd_signal", bsd_signal(SIGPIPE, SIG_IGN));
	say_handler("ssignal", ssignal(SIGPIPE, SIG_IGN));
	write_to_closed();
	MUST(sigaction(SIGPIPE, &act, &old));
	say_handler("ignored", old.sa_handler);
	MUST(sigaction(SIGPIPE, &act, &old));
	say_handler("default", old.sa_handler);
	write_to_closed();
}

TEST(killed_by_sigpipe)
{
	int p[2];

	tcp_pair(p);
	kill(getpid(), SIGPIPE);
	SAY("alive");
}

/* A listener that was shut down listens again where it was bound. */
TEST(listen_again)
{
	struct addr a, again;
	int l = listener("127.0.0.1", 5, &a), port = addr_port(&a), on = 1, s;

	close(l);
	a = addr_of("127.0.0.1", port);
	l = tcp(AF_INET);
	MUST(setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	MUST(bind(l, SA(a)));
	MUST(listen(l, 5));
	TRY(shutdown(l, SHUT_RDWR));
	TRY(accept(l, NULL, NULL));
	TRY(connect(tcp(AF_INET), SA(a)));
	TRY(listen(l, 5));
	again = own_addr(l);
	SAY("same port: %d", addr_port(&again) == port);
	s = tcp(AF_INET);
	TRY(connect(s, SA(a)));
	FD(accept(l, NULL, NULL));
}

/* How much is under way. */
TEST(queues)
{
	int p[2], value = -1, u = MUST(socket(AF_INET, SOCK_DGRAM, 0)), l;
	struct addr a;

	tcp_pair(p);
	MUST(write(p[0], "four", 4));
	events_of(p[1], POLLIN, 1000);
	TRY(ioctl(p[0], SIOCOUTQ, &value));
	SAY("out %d", value);
	TRY(ioctl(p[1], SIOCINQ, &value));
	SAY("in %d", value);
	TRY(ioctl(p[1], SIOCATMARK, &value));
	TRY(ioctl(p[0], SIOCOUTQ, NULL));
	TRY(ioctl(u, SIOCOUTQ, &value));
	TRY(ioctl(u, SIOCINQ, &value));
	SAY("in %d", value);
	TRY(ioctl(u, SIOCATMARK, &value));
	l = listener("127.0.0.1", 5, &a);
	TRY(ioctl(l, SIOCOUTQ, &value));
	TRY(ioctl(l, SIOCINQ, &value));
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

/* The process that had it dies; the other end reads in any way. */
static ssize_t
read_by(int way, int fd)
{
	char c[8], control[64];
	struct iovec iov = {.iov_base = c, .iov_len = sizeof c};
	struct sockaddr_storage ss;
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	if (way > 2) {
		m.msg_control = control;
		m.msg_controllen = sizeof control;
	}
	if (way > 3) {
		m.msg_name = &ss;
		m.msg_namelen = sizeof ss;
	}
	return way == 0   ? read(fd, c, sizeof c)
	       : way == 1 ? readv(fd, &iov, 1)
			  : recvmsg(fd, &m, 0);
}

TEST(write_to_reset)
{
	int p[2];

	tcp_pair(p);
	linger0(p[0]);
	close(p[0]);
	TRY(send(p[1], "x", 1, MSG_NOSIGNAL));
	TRY(send(p[1], "x", 1, MSG_NOSIGNAL));
}

TEST(reset_by_death)
{
	int p[2], status;

	for (int way = 0; way < 5; way++) {
		tcp_pair(p);
		if (fork() == 0) {
			close(p[1]);
			linger0(p[0]);
			_exit(0);
		}
		close(p[0]);
		MUST(wait(&status));
		TRY(read_by(way, p[1]));
		TRY(read_by(way, p[1]));
		TRY(send(p[1], "x", 1, MSG_NOSIGNAL));
		close(p[1]);
	}
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
