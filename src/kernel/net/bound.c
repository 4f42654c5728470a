/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of bound Internet addresses.
 */
#include "net/bound.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/errlink.h"
#include "net/group.h"
#include "net/hostnames.h"
#include "socket/deleg.h"

#define BUCKETS           1024
#define ICMP6_CHECKSUM_AT 2
#define TIDY_MIN          64 /* addresses made between two sweeps, at least */

struct bound_list bound_all = LIST_HEAD_INITIALIZER(bound_all);
static struct bound_list by_port[BUCKETS], by_seq[BUCKETS];
static unsigned count, made;

static bool
is_dgram(const struct bound *b)
{
	return (b->flags & DELEG_DGRAM) != 0;
}

struct bound_list *
bound_by_port(uint16_t port, bool dgram)
{
	return &by_port[(port * 2u + dgram) % BUCKETS];
}

struct bound *
bound_by_seq(uint64_t seq)
{
	struct bound *b;

	LIST_FOREACH (b, &by_seq[seq % BUCKETS], same_seq)
		if (b->seq == seq)
			return b;
	return NULL;
}

int
bound_new(const struct inaddr *own, unsigned flags, pid_t pid, struct bound **ret)
{
	struct bound *b = calloc(1, sizeof *b);
	struct sockhost name;

	if (b == NULL)
		return ENOMEM;
	b->seq = hostnames_seq();
	b->own = b->local = *own;
	b->flags = flags;
	b->life = BOUND_OPEN;
	b->pid = pid;
	b->raw.hdrincl = DELEG_NUMBER_OF(flags) == IPPROTO_RAW;
	b->raw.checksum_at = DELEG_NUMBER_OF(flags) == IPPROTO_ICMPV6 ? ICMP6_CHECKSUM_AT : -1;
	sockname_bound(&name, hostnames_dir(), b->seq, own);
	memcpy(b->host, name.un.sun_path, sockhost_path_len(&name));
	LIST_INSERT_HEAD(&bound_all, b, all);
	LIST_INSERT_HEAD(&by_seq[b->seq % BUCKETS], b, same_seq);
	LIST_INSERT_HEAD(bound_by_port(own->port, is_dgram(b)), b, same_port);
	count++;
	made++;
	*ret = b;
	return 0;
}

void
bound_free(struct bound *b)
{
	errlink_free(b);
	unlink(b->host);
	if (b->cookie != 0)
		group_forget(b->cookie);
	LIST_REMOVE(b, all);
	LIST_REMOVE(b, same_seq);
	LIST_REMOVE(b, same_port);
	count--;
	free(b);
}

/* One socket of the host has this name. */
static void
seen(void *arg, const struct sockname *n, bool connected)
{
	struct bound *b = n->kind == SOCKNAME_BOUND ? bound_by_seq(n->seq) : NULL;

	(void)arg;
	if (b == NULL)
		return;
	/* A connected socket with the name of a listener was accepted from it. */
	if (!connected || b->connected || is_dgram(b))
		b->life = BOUND_OPEN;
	else if (b->life == BOUND_DEAD)
		b->life = BOUND_CONNECTED;
}

void
bound_sweep(void)
{
	struct bound *b, *next;

	LIST_FOREACH (b, &bound_all, all)
		b->life = BOUND_DEAD;
	if (hostnames_scan(seen, NULL) != 0) {
		LIST_FOREACH (b, &bound_all, all)
			b->life = BOUND_OPEN; /* not known: believe them alive */
		return;
	}
	for (b = LIST_FIRST(&bound_all); b != NULL; b = next) {
		next = LIST_NEXT(b, all);
		if (b->life == BOUND_CONNECTED)
			b->listening = false;
		if (b->life == BOUND_DEAD)
			bound_free(b);
	}
	made = 0;
}

void
bound_tidy(void)
{
	if (made > TIDY_MIN && made > count / 2)
		bound_sweep();
}

void
bound_fini(void)
{
	while (!LIST_EMPTY(&bound_all))
		bound_free(LIST_FIRST(&bound_all));
}
