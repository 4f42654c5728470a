/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many TCP connections: `serve PORT` echoes; `hold ADDRESS PORT N ROUNDS` opens N at once and sends
 * through all of them; `short ADDRESS PORT N` makes N one after the other.  Every byte that comes
 * back is checked.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS  256
#define LINE    64
#define AT_ONCE 256 /* being opened */
#define FLIGHT  1000
#define WAIT_MS 60000

static int epfd;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
watch(int op, int fd, uint32_t events, uint32_t word)
{
	struct epoll_event ev = {.events = events, .data.u32 = word};

	if (epoll_ctl(epfd, op, fd, &ev) != 0)
		die("epoll_ctl");
}

static struct sockaddr_in
address(const char *host, const char *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static void
echo(int fd)
{
	char bytes[65536];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || write(fd, bytes, (size_t)n) != n)
		close(fd);
}

static void
serve(const char *port)
{
	struct sockaddr_in a = address("0.0.0.0", port);
	struct epoll_event ev[EVENTS];
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), fd, n;

	if (bind(s, (struct sockaddr *)&a, sizeof a) != 0 || listen(s, 4096) != 0)
		die("listen");
	watch(EPOLL_CTL_ADD, s, EPOLLIN, (uint32_t)s);
	puts("ready");
	fflush(stdout);
	for (;;) {
		n = epoll_wait(epfd, ev, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			if ((int)ev[i].data.u32 != s) {
				echo((int)ev[i].data.u32);
				continue;
			}
			while ((fd = accept4(s, NULL, NULL, SOCK_NONBLOCK)) >= 0)
				watch(EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)fd);
		}
	}
}

static void
open_all(const struct sockaddr_in *a, int *fds, int count)
{
	struct epoll_event ev[EVENTS];
	int begun = 0, done = 0, error, n;
	socklen_t len = sizeof error;

	while (done < count) {
		for (; begun < count && begun - done < AT_ONCE; begun++) {
			fds[begun] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
			if (fds[begun] < 0 ||
			    (connect(fds[begun], (const struct sockaddr *)a, sizeof *a) != 0 &&
				errno != EINPROGRESS))
				die("connect");
			watch(EPOLL_CTL_ADD, fds[begun], EPOLLOUT, (uint32_t)begun);
		}
		n = epoll_wait(epfd, ev, EVENTS, WAIT_MS);
		if (n <= 0)
			die("opening");
		for (int i = 0; i < n; i++, done++) {
			getsockopt(fds[ev[i].data.u32], SOL_SOCKET, SO_ERROR, &error, &len);
			errno = error;
			if (error != 0)
				die("SO_ERROR");
			watch(EPOLL_CTL_MOD, fds[ev[i].data.u32], EPOLLIN, ev[i].data.u32);
		}
	}
}

static void
round_trip(const int *fds, int count, int number)
{
	struct epoll_event ev[EVENTS];
	char line[LINE] = "", back[LINE];
	int next = 0, flying = 0, n;

	while (next < count || flying > 0) {
		for (; next < count && flying < FLIGHT; next++, flying++) {
			snprintf(line, sizeof line, "%d %d", number, next);
			if (write(fds[next], line, LINE) != LINE)
				die("write");
		}
		n = epoll_wait(epfd, ev, EVENTS, WAIT_MS);
		if (n <= 0)
			die("waiting for bytes");
		for (int i = 0; i < n; i++, flying--) {
			snprintf(line, sizeof line, "%d %d", number, (int)ev[i].data.u32);
			if (read(fds[ev[i].data.u32], back, LINE) != LINE ||
			    strcmp(line, back) != 0)
				die("wrong bytes");
		}
	}
}

static void
hold(const struct sockaddr_in *a, int count, int rounds)
{
	int *fds = calloc((size_t)count, sizeof *fds);

	open_all(a, fds, count);
	printf("%d open\n", count);
	fflush(stdout);
	for (int i = 0; i < rounds; i++)
		round_trip(fds, count, i);
	puts("done");
}

static void
shorts(const struct sockaddr_in *a, int count)
{
	char line[LINE] = "", back[LINE];

	for (int i = 0; i < count; i++) {
		int s = socket(AF_INET, SOCK_STREAM, 0);

		if (s < 0 || connect(s, (const struct sockaddr *)a, sizeof *a) != 0)
			die("connect");
		snprintf(line, sizeof line, "short %d", i);
		if (write(s, line, LINE) != LINE || read(s, back, LINE) != LINE ||
		    strcmp(line, back) != 0)
			die("wrong bytes");
		close(s);
	}
	puts("done");
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a;
	struct rlimit lim;

	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (argc == 3)
		serve(argv[2]);
	a = address(argv[2], argv[3]);
	if (argc == 6)
		hold(&a, atoi(argv[4]), atoi(argv[5]));
	else
		shorts(&a, atoi(argv[4]));
	return 0;
}
