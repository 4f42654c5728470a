/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.capture: the packets of a rump kernel's interfaces, as pcapng.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"

#define BLOCK_MAX (256u << 10)

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: RUMP_SERVER=url rump.capture [-s SNAPLEN] [-w FILE] [INTERFACE]\n", to);
	exit(status);
}

static unsigned
number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > 1u << 20)
		errx(EXIT_USAGE, "-s %s: not a length", text);
	return (unsigned)n;
}

static int
open_output(const char *path)
{
	int fd;

	if (path == NULL || strcmp(path, "-") == 0)
		fd = STDOUT_FILENO;
	else
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd == -1)
		err(EXIT_SYSTEM, "%s", path);
	if (isatty(fd))
		errx(EXIT_USAGE, "packets are not for terminals: use -w FILE or a pipe");
	return fd;
}

static void
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1 && errno == EPIPE)
			exit(EXIT_SUCCESS); /* who reads has enough */
		if (n == -1)
			err(EXIT_SYSTEM, "write");
		p += n;
		len -= (size_t)n;
	}
}

int
main(int argc, char *argv[])
{
	static char buf[BLOCK_MAX];
	const char *file = NULL, *name;
	unsigned snaplen = 0;
	int c, fd, out;
	ssize_t n;

	while ((c = getopt(argc, argv, "hs:w:")) != -1) {
		if (c == 's')
			snaplen = number(optarg);
		else if (c == 'w')
			file = optarg;
		else
			usage(c == 'h' ? stdout : stderr, c == 'h' ? EXIT_SUCCESS : EXIT_USAGE);
	}
	if (optind + 1 < argc)
		usage(stderr, EXIT_USAGE);
	name = optind < argc ? argv[optind] : "";
	out = open_output(file);
	signal(SIGPIPE, SIG_IGN);
	tool_connect();
	fd = rump_sys_net_capture(name, snaplen);
	if (fd == -1 && errno == EOPNOTSUPP)
		errx(EXIT_SYSTEM,
		    "%s: there are no packets, but in a kernel that was started with "
		    "--net lo=packets",
		    name);
	if (fd == -1)
		err(EXIT_SYSTEM, "%s", *name == '\0' ? "the kernel" : name);
	while ((n = rump_sys_read(fd, buf, sizeof buf)) > 0)
		write_all(out, buf, (size_t)n);
	/* The kernel's end is the capture's. */
	return n == 0 || errno == ENOTCONN ? EXIT_SUCCESS : EXIT_SYSTEM;
}
