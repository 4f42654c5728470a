/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules.
 */
#include "net/rules.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "net/netevent.h"
#include "net/rtable.h"

#define PRIORITY_MAIN    32766
#define PRIORITY_DEFAULT 32767

struct rule_list rules_all = TAILQ_HEAD_INITIALIZER(rules_all);

static void
tell(enum netevent_kind kind, const struct rule *u)
{
	netevent_tell(&(struct netevent){.kind = kind, .rule = u});
}

/* --- which --- */

const struct rule *
rules_next(bool v4, const struct rule *u)
{
	u = u == NULL ? TAILQ_FIRST(&rules_all) : TAILQ_NEXT(u, link);
	while (u != NULL && u->v4 != v4)
		u = TAILQ_NEXT(u, link);
	return u;
}

const struct rule *
rules_from(bool v4, uint32_t priority)
{
	const struct rule *u = rules_next(v4, NULL);

	while (u != NULL && u->priority < priority)
		u = rules_next(v4, u);
	return u;
}

/* What a program sends itself comes from lo. */
static bool
came_from(const struct ifnet *iif, const char *name)
{
	return strcmp(iif != NULL ? iif->name : "lo", name) == 0;
}

static bool
is_for(const struct rule *u, const struct rtable_query *q)
{
	if (u->from_bits != 0 &&
	    (inaddr_is_any(&q->source) || !inaddr_in_prefix(&q->source, &u->from, u->from_bits)))
		return false;
	if (u->to_bits != 0 && !inaddr_in_prefix(&q->dest, &u->to, u->to_bits))
		return false;
	if (u->iif[0] != '\0' && !came_from(q->iif, u->iif))
		return false;
	if (u->oif[0] != '\0' && (q->oif == NULL || strcmp(q->oif->name, u->oif) != 0))
		return false;
	return u->tos == 0 && ((q->mark ^ u->mark) & u->mask) == 0;
}

bool
rules_match(const struct rule *u, const struct rtable_query *q)
{
	return is_for(u, q) != u->invert;
}

/* --- changes --- */

uint32_t
rules_free_priority(bool v4)
{
	const struct rule *first = rules_next(v4, NULL);
	const struct rule *second = first == NULL ? NULL : rules_next(v4, first);

	return second == NULL || second->priority == 0 ? 0 : second->priority - 1;
}

static bool
is_same(const struct rule *a, const struct rule *b)
{
	return a->v4 == b->v4 && a->priority == b->priority && a->action == b->action &&
	       a->table == b->table && a->target == b->target && a->from_bits == b->from_bits &&
	       inaddr_same_ip(&a->from, &b->from) && a->to_bits == b->to_bits &&
	       inaddr_same_ip(&a->to, &b->to) && strcmp(a->iif, b->iif) == 0 &&
	       strcmp(a->oif, b->oif) == 0 && a->mark == b->mark && a->mask == b->mask &&
	       a->tos == b->tos && a->invert == b->invert && a->suppress == b->suppress;
}

int
rules_add(const struct rule *given, bool only_new)
{
	struct rule *u, *at;

	TAILQ_FOREACH (at, &rules_all, link)
		if (only_new && is_same(at, given))
			return EEXIST;
	u = malloc(sizeof *u);
	if (u == NULL)
		return ENOMEM;
	*u = *given;
	TAILQ_FOREACH (at, &rules_all, link)
		if (at->priority > u->priority)
			break;
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, u, link);
	else
		TAILQ_INSERT_TAIL(&rules_all, u, link);
	tell(NETEVENT_RULE, u);
	return 0;
}

static void
drop(struct rule *u)
{
	TAILQ_REMOVE(&rules_all, u, link);
	tell(NETEVENT_RULE_GONE, u);
	free(u);
}

int
rules_delete(bool (*fn)(const struct rule *, const void *arg), const void *arg)
{
	struct rule *u;

	TAILQ_FOREACH (u, &rules_all, link) {
		if (fn(u, arg)) {
			drop(u);
			return 0;
		}
	}
	return ENOENT;
}

/* --- those of the beginning --- */

static int
add_lookup(bool v4, uint32_t priority, uint32_t table)
{
	const struct rule u = {.v4 = v4,
	    .priority = priority,
	    .action = FR_ACT_TO_TBL,
	    .table = table,
	    .from = inaddr_any(v4),
	    .to = inaddr_any(v4),
	    .suppress = -1,
	    .protocol = RTPROT_KERNEL};

	return rules_add(&u, true);
}

int
rules_init(void)
{
	int error = add_lookup(true, PRIORITY_DEFAULT, RT_TABLE_DEFAULT);

	for (int v4 = 1; v4 >= 0 && error == 0; v4--) {
		error = add_lookup(v4, 0, RT_TABLE_LOCAL);
		if (error == 0)
			error = add_lookup(v4, PRIORITY_MAIN, RT_TABLE_MAIN);
	}
	return error;
}

void
rules_fini(void)
{
	while (!TAILQ_EMPTY(&rules_all))
		drop(TAILQ_FIRST(&rules_all));
}
