/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single operations by plain POSIX calls: the same program runs on the host and hijacked.
 *
 *	PREFIX=dir bench_micro open | connect | read | write | startup
 *
 * Prints one number: microseconds an operation (open, startup), operations a second (connect),
 * or megabytes a second (read, write).  Files are made below PREFIX.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK       4096
#define FILE_BLOCKS 1024

extern char **environ;

static char path[PATH_MAX];

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
open_file(int flags)
{
	int fd = open(path, flags, 0644);

	if (fd == -1)
		err(111, "%s", path);
	return fd;
}

static double
open_close(void)
{
	const int rounds = 10000;
	double start;

	close(open_file(O_CREAT | O_RDWR));
	start = now_us();
	for (int i = 0; i < rounds; i++)
		close(open_file(O_RDONLY));
	return (now_us() - start) / rounds;
}

/* One transfer of a block at offset 0 and onwards, round and round in a small file. */
typedef ssize_t transfer_fn(int fd, char *block, off_t offset);

static ssize_t
read_block(int fd, char *block, off_t offset)
{
	if (offset == 0 && lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	return read(fd, block, BLOCK);
}

static ssize_t
write_block(int fd, char *block, off_t offset)
{
	if (offset == 0 && lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	return write(fd, block, BLOCK);
}

static double
transfer(transfer_fn *one)
{
	static char block[BLOCK];
	const int rounds = 200 * FILE_BLOCKS;
	int fd = open_file(O_CREAT | O_RDWR);
	double start = 0;

	for (int i = 0; i < FILE_BLOCKS; i++)
		write_block(fd, block, i);
	start = now_us();
	for (int i = 0; i < rounds; i++) {
		if (one(fd, block, i % FILE_BLOCKS) != BLOCK)
			err(111, "%s", path);
	}
	return (double)rounds * BLOCK / (now_us() - start);
}

static double
read_file(void)
{
	return transfer(read_block);
}

static double
write_file(void)
{
	return transfer(write_block);
}

static void
accept_all(int listener)
{
	char byte = 'x';

	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd == -1 || write(fd, &byte, 1) != 1)
			_exit(1);
		close(fd);
	}
}

static void
connect_once(const struct sockaddr_in *sin)
{
	char byte;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || connect(fd, (const struct sockaddr *)sin, sizeof *sin) != 0 ||
	    read(fd, &byte, 1) != 1)
		err(111, "connect");
	close(fd);
}

static double
connect_rate(void)
{
	const int rounds = 4000;
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof sin;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	double start, rate;
	pid_t pid;

	if (listener == -1 || bind(listener, (struct sockaddr *)&sin, sizeof sin) != 0 ||
	    listen(listener, 128) != 0 || getsockname(listener, (struct sockaddr *)&sin, &len) != 0)
		err(111, "listen");
	pid = fork();
	if (pid == -1)
		err(111, "fork");
	if (pid == 0)
		accept_all(listener);
	start = now_us();
	for (int i = 0; i < rounds; i++)
		connect_once(&sin);
	rate = rounds / (now_us() - start) * 1e6;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return rate;
}

/* BENCH_PRELOAD is preloaded into the programs started here, not into this one. */
static double
startup(void)
{
	const int rounds = 200;
	const char *preload = getenv("BENCH_PRELOAD");
	char program[] = "/bin/true";
	char *argv[] = {program, NULL};
	double start;
	pid_t pid;

	if (preload != NULL)
		setenv("LD_PRELOAD", preload, 1);
	start = now_us();
	for (int i = 0; i < rounds; i++) {
		if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0 ||
		    waitpid(pid, NULL, 0) != pid)
			err(111, "%s", argv[0]);
	}
	return (now_us() - start) / rounds;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		double (*run)(void);
	} benches[] = {
	    {"open", open_close},
	    {"connect", connect_rate},
	    {"read", read_file},
	    {"write", write_file},
	    {"startup", startup},
	};
	const char *prefix = getenv("PREFIX");

	snprintf(path, sizeof path, "%s/bench", prefix == NULL ? "/dev/shm" : prefix);
	for (size_t i = 0; argc == 2 && i < sizeof benches / sizeof benches[0]; i++) {
		if (strcmp(argv[1], benches[i].name) == 0) {
			printf("%.3f\n", benches[i].run());
			return 0;
		}
	}
	errx(100, "usage: bench_micro open | connect | read | write | startup");
}
