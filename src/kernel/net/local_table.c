/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of bound AF_UNIX sockets.
 */
#include "net/local_table.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/hostnames.h"
#include "net/local.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)
#define TIDY_MIN    64 /* entries made between two sweeps, at least */

static LIST_HEAD(, local) all = LIST_HEAD_INITIALIZER(all);
static unsigned count, made;
static bool closing; /* the kernel halts: what still has a node goes with it */

bool
local_is_abstract(const struct sockaddr_un *un, size_t len)
{
	return len > PATH_OFFSET && un->sun_path[0] == '\0';
}

struct local *
local_by_seq(uint64_t seq)
{
	struct local *e;

	LIST_FOREACH (e, &all, all)
		if (e->seq == seq)
			return e;
	return NULL;
}

void
local_free(struct local *e)
{
	unlink(e->host);
	LIST_REMOVE(e, all);
	count--;
	free(e);
}

int
local_new(const struct sockaddr_un *un, size_t len, int type, struct local **ret)
{
	struct local *e = calloc(1, sizeof *e);
	struct sockhost name;

	if (e == NULL)
		return ENOMEM;
	e->seq = hostnames_seq();
	e->un = *un;
	e->len = (socklen_t)len;
	e->type = type;
	e->alive = true;
	sockname_local(&name, hostnames_dir(), e->seq);
	memcpy(e->host, name.un.sun_path, sockhost_path_len(&name));
	LIST_INSERT_HEAD(&all, e, all);
	count++;
	made++;
	*ret = e;
	return 0;
}

static void
seen(void *arg, const struct sockname *n, bool connected)
{
	struct local *e = n->kind == SOCKNAME_LOCAL ? local_by_seq(n->seq) : NULL;

	(void)arg;
	(void)connected;
	if (e != NULL)
		e->alive = true;
}

void
local_sweep(void)
{
	struct local *e, *next;

	LIST_FOREACH (e, &all, all)
		e->alive = false;
	if (hostnames_scan(seen, NULL) != 0)
		return;
	for (e = LIST_FIRST(&all); e != NULL; e = next) {
		next = LIST_NEXT(e, all);
		if (!e->alive && !e->has_node)
			local_free(e);
	}
	made = 0;
}

void
local_reclaim(void *entry)
{
	struct local *e = entry;

	e->has_node = false;
	if (closing)
		local_free(e);
}

struct local *
local_find_abstract(const struct sockaddr_un *un, size_t len, int type)
{
	struct local *e;

	LIST_FOREACH (e, &all, all)
		if (e->type == type && e->len == len && local_is_abstract(&e->un, e->len) &&
		    memcmp(e->un.sun_path, un->sun_path, len - PATH_OFFSET) == 0)
			return e;
	return NULL;
}

void
local_tidy(void)
{
	if (made > TIDY_MIN && made > count / 2)
		local_sweep();
}

void
local_fini(void)
{
	struct local *e, *next;

	closing = true;
	for (e = LIST_FIRST(&all); e != NULL; e = next) {
		next = LIST_NEXT(e, all);
		if (!e->has_node)
			local_free(e);
	}
}
