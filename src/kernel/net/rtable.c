/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: which there are.
 */
#include "net/rtable.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/netevent.h"
#include "net/rtable_priv.h"

#define METRIC6 1024 /* Linux's default for IPv6 */

struct rentry_list rtable_all = TAILQ_HEAD_INITIALIZER(rtable_all);

static void
tell(enum netevent_kind kind, const struct rentry *r)
{
	netevent_tell(&(struct netevent){.kind = kind, .ifp = r->ifp, .route = r});
}

/* --- ways --- */

unsigned
rentry_hops(const struct rentry *r)
{
	return r->nmore + 1;
}

struct rhop
rentry_hop(const struct rentry *r, unsigned i)
{
	if (i > 0)
		return r->more[i - 1];
	return (struct rhop){
	    .gateway = r->gateway, .ifp = r->ifp, .weight = r->weight, .onlink = r->onlink};
}

bool
rentry_has_link(const struct rentry *r, const struct ifnet *ifp)
{
	for (unsigned i = 0; i < rentry_hops(r); i++)
		if (rentry_hop(r, i).ifp == ifp)
			return true;
	return false;
}

bool
rentry_is_way(const struct rentry *r)
{
	return r->type == RTN_UNICAST;
}

/* --- order --- */

static bool
same_dest(const struct rentry *a, const struct rentry *b)
{
	return a->table == b->table && a->prefix == b->prefix && inaddr_same_ip(&a->dest, &b->dest);
}

/* Does a come before b where both match? */
static bool
is_better(const struct rentry *a, const struct rentry *b)
{
	return a->prefix != b->prefix ? a->prefix > b->prefix : a->metric < b->metric;
}

static void
insert(struct rentry *r)
{
	struct rentry *at;

	TAILQ_FOREACH (at, &rtable_all, link) {
		if (is_better(r, at)) {
			TAILQ_INSERT_BEFORE(at, r, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&rtable_all, r, link);
}

/* --- changes --- */

static bool
same_hop(const struct rhop *a, const struct rhop *b)
{
	return a->ifp == b->ifp && inaddr_same_ip(&a->gateway, &b->gateway);
}

static bool
has_hop(const struct rentry *r, const struct rhop *h)
{
	for (unsigned i = 0; i < rentry_hops(r); i++) {
		struct rhop own = rentry_hop(r, i);

		if (same_hop(&own, h))
			return true;
	}
	return false;
}

static bool
is_same(const struct rentry *a, const struct rentry *b)
{
	if (a->metric != b->metric || !same_dest(a, b) || a->nmore != b->nmore)
		return false;
	for (unsigned i = 0; i < rentry_hops(a); i++) {
		struct rhop h = rentry_hop(b, i);

		if (!has_hop(a, &h))
			return false;
	}
	return !inaddr_is_v4(&a->dest) ||
	       (a->type == b->type && a->scope == b->scope && a->protocol == b->protocol &&
		   inaddr_same_ip(&a->source, &b->source) &&
		   memcmp(a->metrics, b->metrics, sizeof a->metrics) == 0);
}

static int
make(const struct rentry *r, struct rentry *before)
{
	struct rentry *made = malloc(sizeof *made);

	if (made == NULL)
		return ENOMEM;
	*made = *r;
	if (before != NULL)
		TAILQ_INSERT_BEFORE(before, made, link);
	else
		insert(made);
	tell(NETEVENT_ROUTE, made);
	return 0;
}

static void
replace(struct rentry *old, const struct rentry *r)
{
	struct rentry new = *r;

	new.link = old->link;
	*old = new;
	tell(NETEVENT_ROUTE, old);
}

/* To a gateway of IPv6 besides those that are there: another way of the same route. */
static int
add_way(struct rentry *r, const struct rentry *other)
{
	const struct rhop h = rentry_hop(other, 0);

	if (has_hop(r, &h))
		return EEXIST;
	if (r->nmore == RENTRY_MORE_MAX)
		return ENOSPC;
	r->more[r->nmore++] = h;
	tell(NETEVENT_ROUTE, r);
	return 0;
}

static bool
may_have_more(const struct rentry *r)
{
	return !inaddr_is_v4(&r->dest) && !inaddr_is_any(&r->gateway);
}

int
rtable_put(const struct rentry *given, unsigned how, const char **ret_why)
{
	struct rentry r = *given, *old, *first = NULL, *same = NULL;
	const char *why = NULL;
	int error;

	if (r.table == RT_TABLE_UNSPEC)
		r.table = RT_TABLE_MAIN;
	if (r.metric == 0 && !inaddr_is_v4(&r.dest))
		r.metric = METRIC6;
	error = rtable_check(&r, &why);
	if (ret_why != NULL)
		*ret_why = why;
	if (error != 0)
		return error;
	TAILQ_FOREACH (old, &rtable_all, link) {
		if (first == NULL && same_dest(old, &r) && old->metric == r.metric)
			first = old;
		if (same == NULL && is_same(old, &r))
			same = old;
	}
	if (first == NULL)
		return how & RTABLE_CREATE ? make(&r, NULL) : ENOENT;
	if (how & RTABLE_EXCL || (same != NULL && (!(how & RTABLE_REPLACE) || same != first)))
		return EEXIST;
	if (how & RTABLE_REPLACE) {
		replace(first, &r);
		return 0;
	}
	if (may_have_more(first) && may_have_more(&r))
		return add_way(first, &r);
	return make(&r, how & RTABLE_APPEND ? NULL : first);
}

int
rtable_add(const struct rentry *r)
{
	return rtable_put(
	    r, RTABLE_CREATE | (r->protocol == RTPROT_KERNEL ? RTABLE_APPEND : RTABLE_EXCL), NULL);
}

static void
drop(struct rentry *r)
{
	TAILQ_REMOVE(&rtable_all, r, link);
	tell(NETEVENT_ROUTE_GONE, r);
	free(r);
}

static bool
matches(const struct rentry *r, const struct rentry *like)
{
	const struct rhop h = rentry_hop(like, 0);

	if (may_have_more(like) && like->ifp != NULL ? !has_hop(r, &h)
	    : !inaddr_is_any(&like->gateway)         ? !inaddr_same_ip(&r->gateway, &like->gateway)
						     : false)
		return false;
	return same_dest(r, like) && (like->ifp == NULL || rentry_has_link(r, like->ifp)) &&
	       (inaddr_is_any(&like->source) || inaddr_same_ip(&r->source, &like->source)) &&
	       (like->metric == 0 || r->metric == like->metric) &&
	       (like->type == RTN_UNSPEC || r->type == like->type) &&
	       (like->protocol == RTPROT_UNSPEC || r->protocol == like->protocol);
}

int
rtable_delete(const struct rentry *given)
{
	struct rentry like = *given, *r;

	if (like.table == RT_TABLE_UNSPEC)
		like.table = RT_TABLE_MAIN;
	TAILQ_FOREACH (r, &rtable_all, link) {
		if (matches(r, &like)) {
			drop(r);
			return 0;
		}
	}
	return ESRCH;
}

void
rtable_forget(const struct ifnet *ifp, const struct inaddr *ip)
{
	struct rentry *r, *next;

	for (r = TAILQ_FIRST(&rtable_all); r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		if (ip != NULL ? inaddr_same_ip(&r->source, ip) : rentry_has_link(r, ifp))
			drop(r);
	}
}

static bool
has_link_up(const struct rentry *r)
{
	for (unsigned i = 0; i < rentry_hops(r); i++)
		if (ifnet_is_up(rentry_hop(r, i).ifp))
			return true;
	return false;
}

void
rtable_link_down(void)
{
	struct rentry *r, *next;

	for (r = TAILQ_FIRST(&rtable_all); r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		if (rentry_is_way(r) && !has_link_up(r))
			drop(r);
	}
}

void
rtable_fini(void)
{
	while (!TAILQ_EMPTY(&rtable_all))
		drop(TAILQ_FIRST(&rtable_all));
}
