/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that ended with an error: the latest, by the number in the connector's name.  A file
 * among the host names tells the clients of connections within the kernel that there is something
 * to ask; those of the others ask anyway.
 */
#include "net/aborted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "net/hostnames.h"
#include "socket/deleg.h"
#include "socket/sockname.h"

#define REMEMBERED 4096

static struct {
	uint64_t seq;
	int error;
} latest[REMEMBERED];
static unsigned next;
static bool any;

static void
marker(char path[SOCKNAME_MAX])
{
	snprintf(path, SOCKNAME_MAX, "%s/" DELEG_ABORTED, hostnames_dir());
}

static void
remember(uint64_t seq, int error)
{
	latest[next % REMEMBERED].seq = seq;
	latest[next++ % REMEMBERED].error = error;
}

static int
tell_clients(void)
{
	char path[SOCKNAME_MAX];
	int fd;

	if (any)
		return 0;
	marker(path);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	any = true;
	return 0;
}

int
aborted(const struct sockhost *connector, bool add)
{
	struct sockname n = sockname_parse(connector);

	if (n.kind != SOCKNAME_CONNECTOR && n.kind != SOCKNAME_BOUND)
		return EINVAL;
	if (add) {
		remember(n.seq, ECONNRESET);
		return tell_clients();
	}
	for (unsigned i = 0; i < REMEMBERED && i < next; i++)
		if (latest[i].seq == n.seq)
			return latest[i].error;
	return ENOENT;
}

void
aborted_remote(uint64_t seq, int error)
{
	remember(seq, error);
}

bool
aborted_any(void)
{
	return any;
}

void
aborted_fini(void)
{
	char path[SOCKNAME_MAX];

	if (any) {
		marker(path);
		unlink(path);
	}
	any = false;
	next = 0;
}
