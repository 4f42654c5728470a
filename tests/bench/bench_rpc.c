/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cost of a control round trip: getpid in the rump kernel, beside its lower bound, two
 * processes that bounce a message of the same size over a host socket.  Prints microseconds a round
 * trip.
 */
#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <rump/rump_syscalls.h>
#include <rump/rumpclient.h>

#define ROUNDS      20000
#define WARM_UP     1000
#define MESSAGE_LEN 88 /* a CALL frame without data */

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
bounce(int fd)
{
	char message[MESSAGE_LEN];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0) {
		if (write(fd, message, (size_t)n) != n)
			break;
	}
	_exit(0);
}

static void
one_pingpong(int fd)
{
	char message[MESSAGE_LEN] = "";

	if (write(fd, message, sizeof message) != sizeof message ||
	    read(fd, message, sizeof message) != sizeof message)
		err(111, "ping-pong");
}

static double
pingpong(void)
{
	double start = 0;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) != 0)
		err(111, "socketpair");
	switch (fork()) {
	case -1:
		err(111, "fork");
	case 0:
		close(sv[0]);
		bounce(sv[1]);
	}
	close(sv[1]);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		if (i == 0)
			start = now_us();
		one_pingpong(sv[0]);
	}
	return (now_us() - start) / ROUNDS;
}

static double
getpid_rpc(void)
{
	double start = 0;

	if (rumpclient_init() != 0)
		err(111, "rumpclient_init");
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		if (i == 0)
			start = now_us();
		if (rump_sys_getpid() <= 0)
			err(111, "getpid");
	}
	return (now_us() - start) / ROUNDS;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "pingpong") == 0)
		printf("%.3f\n", pingpong());
	else if (argc == 2 && strcmp(argv[1], "getpid") == 0)
		printf("%.3f\n", getpid_rpc());
	else
		errx(100, "usage: bench_rpc pingpong | getpid");
	return 0;
}
