/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Option values by socket cookie.  Index 0 is the set of those that the socket has, by their number
 * modulo 32.
 */
#include "socket/optstore.h"

#include "socket/sockhost.h"

#define PRESENT 0

static struct sockmem *
memory_for(int fd, uint64_t *ret_cookie)
{
	socklen_t len = sizeof *ret_cookie;

	if (sockhost_getopt(fd, SOL_SOCKET, SO_COOKIE, ret_cookie, &len) != 0 ||
	    len != sizeof *ret_cookie)
		return NULL;
	return sockmem();
}

static unsigned
present(struct sockmem *m, uint64_t cookie)
{
	int set;

	return sockmem_get(m, cookie, PRESENT, &set) ? (unsigned)set : 0;
}

bool
optstore_get(int fd, unsigned index, int *ret_value)
{
	uint64_t cookie;
	struct sockmem *m = memory_for(fd, &cookie);

	return m != NULL && sockmem_get(m, cookie, index, ret_value);
}

void
optstore_put(int fd, unsigned index, int value)
{
	uint64_t cookie;
	struct sockmem *m = memory_for(fd, &cookie);

	if (m == NULL)
		return;
	sockmem_put(m, cookie, index, value);
	sockmem_put(m, cookie, PRESENT, (int)(present(m, cookie) | 1u << index % 32));
}

void
optstore_copy(int from, int to)
{
	uint64_t source, target;
	struct sockmem *m = memory_for(from, &source);
	unsigned set;
	int value;

	if (m == NULL || memory_for(to, &target) == NULL)
		return;
	set = present(m, source);
	for (unsigned i = 1; i < OPTSTORE_MAX; i++)
		if (set & 1u << i % 32 && sockmem_get(m, source, i, &value))
			sockmem_put(m, target, i, value);
	sockmem_put(m, target, PRESENT, (int)set);
}
