/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.ps: the processes of the rump kernel named by RUMP_SERVER.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"

struct process {
	int pid, parent, host;
	unsigned uid, fds;
	uint64_t calls, received, sent;
	char name[32];
};

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: RUMP_SERVER=url rump.ps [-h]\n", to);
	exit(status);
}

/* The kernel's list; processes may come while we make room. */
static char *
read_list(void)
{
	size_t size = 4096;
	char *text = NULL;

	for (;;) {
		ssize_t len;

		text = realloc(text, size + 1);
		if (text == NULL)
			err(EXIT_SYSTEM, "no memory");
		len = rump_sys_proc_list(text, size);
		if (len < 0)
			err(EXIT_SYSTEM, "the kernel does not say");
		if ((size_t)len <= size) {
			text[len] = '\0';
			return text;
		}
		size = (size_t)len * 2;
	}
}

/* How many files of a rump kernel a process of this machine has open, as far as we may see. */
static unsigned
count_files(int host)
{
	char path[64], link[64];
	const struct dirent *d;
	unsigned n = 0;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", host);
	dir = host > 0 ? opendir(path) : NULL;
	if (dir == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL) {
		len = readlinkat(dirfd(dir), d->d_name, link, sizeof link - 1);
		if (len < 0)
			continue;
		link[len] = '\0';
		n += strcmp(link, "/memfd:rump (deleted)") == 0;
	}
	closedir(dir);
	return n;
}

static bool
parse(const char *line, struct process *p)
{
	return sscanf(line, "%d %d %u %d %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %31[^\n]", &p->pid,
		   &p->parent, &p->uid, &p->host, &p->fds, &p->calls, &p->received, &p->sent,
		   p->name) >= 8;
}

static int
by_pid(const void *a, const void *b)
{
	const struct process *p = a, *q = b;

	return (p->pid > q->pid) - (p->pid < q->pid);
}

static void
print(const struct process *p)
{
	char host[16] = "-";

	if (p->host > 0)
		snprintf(host, sizeof host, "%d", p->host);
	printf("%7d %7d %7u %7s %5u %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %s\n", p->pid, p->parent,
	    p->uid, host, p->fds + count_files(p->host), p->calls, p->received, p->sent, p->name);
}

static void
print_all(char *text)
{
	struct process *all = NULL;
	size_t n = 0;
	const char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		all = reallocarray(all, n + 1, sizeof *all);
		if (all == NULL)
			err(EXIT_SYSTEM, "no memory");
		memset(&all[n], 0, sizeof all[n]);
		n += parse(line, &all[n]);
	}
	qsort(all, n, sizeof *all, by_pid);
	printf("%7s %7s %7s %7s %5s %9s %9s %9s %s\n", "PID", "PARENT", "UID", "HOSTPID", "FILES",
	    "CALLS", "RECEIVED", "SENT", "NAME");
	for (size_t i = 0; i < n; i++)
		print(&all[i]);
	free(all);
}

int
main(int argc, char *argv[])
{
	char *text;
	int c;

	while ((c = getopt(argc, argv, "h")) != -1) {
		if (c == 'h')
			usage(stdout, EXIT_SUCCESS);
		usage(stderr, EXIT_USAGE);
	}
	if (optind != argc)
		usage(stderr, EXIT_USAGE);
	tool_connect();
	text = read_list();
	print_all(text);
	free(text);
	return EXIT_SUCCESS;
}
