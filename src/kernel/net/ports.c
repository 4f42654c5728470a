/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ephemeral ports.
 */
#include "net/ports.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "net/hostnames.h"

#define PORTS (PORT_LAST - PORT_FIRST + 1)

static unsigned char used[(PORTS + 7) / 8];
static unsigned next;   /* offset of the port whose turn it is */
static unsigned in_row; /* ports looked at since the host was asked */

static bool
in_range(uint16_t port)
{
	return port >= PORT_FIRST && port <= PORT_LAST;
}

static bool
test(unsigned i)
{
	return (used[i / 8] >> (i % 8) & 1) != 0;
}

static void
set(unsigned i)
{
	used[i / 8] |= (unsigned char)(1u << (i % 8));
}

void
ports_init(void)
{
	uint16_t start = 0;

	if (getrandom(&start, sizeof start, GRND_NONBLOCK) != sizeof start)
		start = 0;
	memset(used, 0, sizeof used);
	next = start % PORTS;
	in_row = 0;
}

void
ports_mark(uint16_t port)
{
	if (in_range(port))
		set(port - PORT_FIRST);
}

bool
ports_maybe_used(uint16_t port)
{
	return in_range(port) && test(port - PORT_FIRST);
}

static void
mark_seen(void *arg, const struct sockname *n, bool connected)
{
	(void)arg;
	(void)connected;
	if (n->kind == SOCKNAME_BOUND || n->kind == SOCKNAME_CONNECTOR)
		ports_mark(n->own.port);
}

/* The turn has come round: what is not in use any more is free again. */
static void
rebuild(void)
{
	unsigned char before[sizeof used];

	memcpy(before, used, sizeof used);
	memset(used, 0, sizeof used);
	if (hostnames_scan(mark_seen, NULL) != 0)
		memcpy(used, before, sizeof used);
	in_row = 0;
}

int
ports_next(uint16_t *ret)
{
	if (in_row >= PORTS)
		rebuild();
	for (unsigned tries = 0; tries < 2 * PORTS; tries++) {
		unsigned i = next;

		next = (next + 1) % PORTS;
		in_row++;
		if (!test(i)) {
			set(i);
			*ret = (uint16_t)(PORT_FIRST + i);
			return 0;
		}
		if (in_row >= PORTS && tries < PORTS)
			rebuild();
	}
	return EADDRNOTAVAIL;
}

struct search {
	uint16_t port;
	bool found;
};

static void
compare(void *arg, const struct sockname *n, bool connected)
{
	struct search *s = arg;

	(void)connected;
	if (n->kind == SOCKNAME_CONNECTOR && n->own.port == s->port)
		s->found = true;
}

bool
ports_is_connector(uint16_t port)
{
	struct search s = {.port = port};

	return hostnames_scan(compare, &s) == 0 && s.found;
}
