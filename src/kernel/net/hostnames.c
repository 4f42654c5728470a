/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's list of AF_UNIX sockets, /proc/net/unix:
 *
 *	Num       RefCount Protocol Flags    Type St Inode Path
 *	00000000: 00000002 00000000 00010000 0001 01 14600 /run/x/rump-i-1.1f90-3
 *
 * St is 03 for a connected socket.  An abstract name begins with '@' and its NULs are '@', too.
 */
#include "net/hostnames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "kern/hostdir.h"

#define STATE_CONNECTED 3

static char server[17];
static uint64_t last_seq;

int
hostnames_init(void)
{
	uint64_t word;

	if (getrandom(&word, sizeof word, 0) != sizeof word)
		return EIO;
	snprintf(server, sizeof server, "%016llx", (unsigned long long)word);
	return 0;
}

const char *
hostnames_dir(void)
{
	return server_names_dir();
}

const char *
hostnames_server(void)
{
	return server;
}

uint64_t
hostnames_seq(void)
{
	return ++last_seq;
}

/* Is the name, as /proc shows it, this server's? */
static bool
is_ours(const char *path)
{
	const char *dir = hostnames_dir();
	size_t len = strlen(dir);

	if (*path == '@')
		return strncmp(path, "@rump/", 6) == 0 &&
		       strncmp(path + 6, server, strlen(server)) == 0;
	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

bool
hostnames_is_ours(const struct sockhost *h)
{
	char path[sizeof h->un.sun_path + 1] = "";

	memcpy(path, h->un.sun_path, sockhost_path_len(h));
	if (path[0] == '\0')
		path[0] = '@';
	return is_ours(path);
}

bool
hostnames_is_bound(const struct sockhost *h)
{
	size_t len = strlen(hostnames_dir());

	return sockname_parse(h).kind == SOCKNAME_BOUND && sockhost_path_len(h) > len &&
	       memcmp(h->un.sun_path, hostnames_dir(), len) == 0 && h->un.sun_path[len] == '/' &&
	       memchr(h->un.sun_path + len + 1, '/', sockhost_path_len(h) - len - 1) == NULL;
}

void
hostnames_scan_line(char *line, hostnames_fn *fn, void *arg)
{
	struct sockhost host;
	struct sockname n;
	unsigned state;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%*x: %*x %*x %*x %*x %x %*u %n", &state, &at) != 1 || at == 0)
		return;
	line += at;
	if (!is_ours(line))
		return;
	if (*line == '@')
		*line = '\0';
	sockhost_from(&host, line, 1 + strlen(line + 1));
	n = sockname_parse(&host);
	if (n.kind != SOCKNAME_OTHER)
		fn(arg, &n, state == STATE_CONNECTED);
}

int
hostnames_scan(hostnames_fn *fn, void *arg)
{
	FILE *f = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t size = 0;
	int error = 0;

	if (f == NULL)
		return errno;
	errno = 0;
	while (getline(&line, &size, f) > 0)
		hostnames_scan_line(line, fn, arg);
	if (!feof(f))
		error = errno != 0 ? errno : EIO; /* a list cut short would free ports in use */
	free(line);
	fclose(f);
	return error;
}
