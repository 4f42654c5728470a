/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parity programs about AF_UNIX sockets with names in the test's own directory share.
 */
#ifndef TESTS_PARITY_SOCKET_UNIX_HELP_H
#define TESTS_PARITY_SOCKET_UNIX_HELP_H

#include <stddef.h>
#include <sys/un.h>

#include "socket_help.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

struct un {
	struct sockaddr_un un;
	socklen_t len;
};
#define UN(a) ((struct sockaddr *)&(a).un), (a).len

static inline struct un
un(const char *path)
{
	struct un a = {.un.sun_family = AF_UNIX};

	memcpy(a.un.sun_path, path, strnlen(path, sizeof a.un.sun_path));
	a.len = (socklen_t)(PATH_OFFSET + strlen(path) + 1);
	return a;
}

static inline int
local(int type)
{
	return MUST(socket(AF_UNIX, type, 0));
}

/* Both ends of a connection to a name: pair[0] connected. */
static inline void
named_pair(int type, int pair[2])
{
	struct un a = un("pair");
	int l = local(type);

	unlink("pair");
	MUST(bind(l, UN(a)));
	if (type == SOCK_DGRAM) {
		pair[0] = local(type);
		pair[1] = l;
		MUST(connect(pair[0], UN(a)));
		return;
	}
	MUST(listen(l, 5));
	pair[0] = local(type);
	MUST(connect(pair[0], UN(a)));
	pair[1] = MUST(accept(l, NULL, NULL));
	close(l);
}

#endif
