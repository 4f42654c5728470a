/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP over loopback: making, naming, talking, ending. */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "socket_help.h"

TEST(echo)
{
	char buf[32] = "";
	int p[2];

	tcp_pair(p);
	TRY(write(p[0], "hello", 5));
	TRY(read(p[1], buf, sizeof buf));
	TRY(send(p[1], "world!", 6, 0));
	TRY(recv(p[0], buf, sizeof buf, 0));
	SAY("%.6s", buf);
	TRY(recv(p[0], buf, sizeof buf, MSG_DONTWAIT));
	close(p[1]);
	TRY(read(p[0], buf, sizeof buf));
}

TEST(kinds)
{
	static const struct {
		int domain, type, protocol;
	} k[] = {
	    {AF_INET, SOCK_STREAM, IPPROTO_TCP},
	    {AF_INET6, SOCK_STREAM, 0},
	    {AF_INET, SOCK_DGRAM, IPPROTO_UDP},
	    {AF_INET6, SOCK_DGRAM, 0},
	    {AF_INET, SOCK_STREAM, IPPROTO_UDP},
	    {AF_INET, SOCK_DGRAM, IPPROTO_TCP},
	    {AF_INET, SOCK_SEQPACKET, 0},
	    {AF_INET, SOCK_STREAM | 0x10000, 0},
	    {AF_INET, 11, 0},
	    {AF_INET, SOCK_STREAM, -1},
	    {AF_INET, SOCK_STREAM, 300},
	    {-1, SOCK_STREAM, 0},
	    {200, SOCK_STREAM, 0},
	};

	for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
		FD(socket(k[i].domain, k[i].type, k[i].protocol));
}

TEST(descriptor_flags)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);
	int s = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), c;

	SAY("nonblock %d cloexec %d", (fcntl(s, F_GETFL) & O_NONBLOCK) != 0, fcntl(s, F_GETFD));
	MUST(fcntl(s, F_SETFL, 0));
	MUST(connect(s, SA(a)));
	c = MUST(accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
	SAY("nonblock %d cloexec %d", (fcntl(c, F_GETFL) & O_NONBLOCK) != 0, fcntl(c, F_GETFD));
	SAY("flags %x", fcntl(c, F_GETFL) & ~O_NONBLOCK);
	TRY(accept4(l, NULL, NULL, 0x10));
}

TEST(lowest_number)
{
	int a = tcp(AF_INET), b = tcp(AF_INET);

	close(a);
	SAY("again %d", tcp(AF_INET) == a);
	SAY("next %d", tcp(AF_INET6) == b + 1);
}

TEST(peek_waitall_vectors)
{
	char x[4] = "", y[8] = "";
	struct iovec out[2] = {{(char *)"abc", 3}, {(char *)"defgh", 5}}, in[2] = {{x, 3}, {y, 7}};
	int p[2], n = -1;

	tcp_pair(p);
	TRY(writev(p[0], out, 2));
	TRY(recv(p[1], y, 4, MSG_PEEK));
	TRY(ioctl(p[1], FIONREAD, &n));
	SAY("%.4s, %d left", y, n);
	TRY(readv(p[1], in, 2));
	SAY("%.3s %.5s", x, y);
	if (fork() == 0) {
		usleep(50000);
		send(p[0], "67", 2, 0);
		_exit(0);
	}
	MUST(send(p[0], "12345", 5, 0));
	TRY(recv(p[1], y, 7, MSG_WAITALL));
	SAY("%.7s", y);
}

TEST(out_of_band)
{
	char c = 0;
	int p[2], mark = -1;

	tcp_pair(p);
	MUST(send(p[0], "ab", 2, 0));
	TRY(send(p[0], "!", 1, MSG_OOB));
	MUST(send(p[0], "cd", 2, 0));
	say_events("urgent", events_of(p[1], POLLPRI, 1000));
	TRY(recv(p[1], &c, 1, MSG_OOB));
	SAY("%c", c);
	TRY(ioctl(p[1], SIOCATMARK, &mark));
	SAY("mark %d", mark);
}

TEST(sendfile_to_socket)
{
	char buf[64] = "";
	int p[2], fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	off_t off = 6;

	MUST(write(fd, "hello, socket", 13));
	tcp_pair(p);
	TRY(sendfile(p[0], fd, &off, 100));
	TRY(read(p[1], buf, sizeof buf));
	SAY("%s", buf);
}

TEST(megabytes)
{
	static char buf[65536];
	size_t got = 0, sent = 0;
	unsigned sum = 0;
	int p[2];
	ssize_t n;

	tcp_pair(p);
	if (fork() == 0) {
		close(p[1]);
		for (sent = 0; sent < 8 << 20; sent += sizeof buf) {
			memset(buf, (int)(sent >> 16), sizeof buf);
			if (send(p[0], buf, sizeof buf, 0) != sizeof buf)
				_exit(1);
		}
		_exit(0);
	}
	close(p[0]);
	while ((n = read(p[1], buf, sizeof buf)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + (unsigned char)buf[i];
		got += (size_t)n;
	}
	SAY("got %zu sum %08x", got, sum);
}

TEST(stdio_on_socket)
{
	char line[64] = "";
	int p[2];
	FILE *in, *out;

	tcp_pair(p);
	in = fdopen(p[0], "r");
	out = fdopen(MUST(dup(p[0])), "w");
	dprintf(p[1], "a line\nanother\n");
	SAY("%s", fgets(line, sizeof line, in) == NULL ? "nothing" : line);
	fprintf(out, "reply %d\n", 42);
	fflush(out);
	TRY(read(p[1], line, sizeof line));
	SAY("%.8s", line);
}

TEST(many_connections)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), ok = 0;
	char c;

	for (int i = 0; i < 300; i++) {
		int s = tcp(AF_INET), t;

		MUST(connect(s, SA(a)));
		t = MUST(accept(l, NULL, NULL));
		MUST(write(s, "x", 1));
		ok += read(t, &c, 1) == 1;
		close(s);
		close(t);
	}
	SAY("%d", ok);
}

static volatile sig_atomic_t alarms;

static void
on_signal(int signo)
{
	(void)signo;
	alarms++;
}

TEST(interrupted)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);
	char c;
	int p[2];

	tcp_pair(p);
	MUST(sigaction(SIGALRM, &sa, NULL));
	ualarm(50000, 0);
	TRY(read(p[0], &c, 1));
	ualarm(50000, 0);
	TRY(accept(l, NULL, NULL));
	SAY("signals %d", (int)alarms);
}

TEST(timeouts)
{
	struct timeval tv = {.tv_usec = 50000};
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);
	char c;
	int p[2];

	tcp_pair(p);
	MUST(setsockopt(p[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	TRY(recv(p[0], &c, 1, 0));
	MUST(setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	TRY(accept(l, NULL, NULL));
}

TEST(signal_driven)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);

	MUST(sigaction(SIGIO, &sa, NULL));
	TRY(fcntl(l, F_SETOWN, getpid()));
	TRY(fcntl(l, F_SETFL, O_ASYNC));
	MUST(connect(s, SA(a)));
	for (int i = 0; i < 100 && alarms == 0; i++)
		usleep(10000);
	SAY("signalled %d", alarms > 0);
}

/* TCP throws away what is received with MSG_TRUNC. */
TEST(discard)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	char buf[8] = "";
	int p[2];

	tcp_pair(p);
	MUST(write(p[0], "0123456789", 10));
	TRY(recv(p[1], NULL, 3, MSG_TRUNC));
	TRY(recv(p[1], buf, 2, 0));
	SAY("%s", buf);
	TRY(recvfrom(p[1], NULL, 100, MSG_TRUNC, (struct sockaddr *)&ss, &len));
	SAY("length %u", len);
	TRY(recv(p[1], NULL, 3, MSG_TRUNC | MSG_DONTWAIT));
	close(p[0]);
	TRY(recv(p[1], NULL, 3, MSG_TRUNC));
}

int
main(void)
{
	return parity_main();
}
