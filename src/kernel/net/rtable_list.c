/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes in the order in which Linux shows them: by table as its hash has them, by destination; of
 * IPv6 the default route last.  What is equal so far stays in the order in which it is tried.
 */
#include <stdlib.h>
#include <string.h>

#include "net/rtable.h"

#define HASH_MASK 0xff

struct place {
	const struct rentry *r;
	size_t at;
};

static int
compare(const void *x, const void *y)
{
	const struct rentry *a = ((const struct place *)x)->r, *b = ((const struct place *)y)->r;
	unsigned ta = a->table & HASH_MASK, tb = b->table & HASH_MASK;
	bool v4 = inaddr_is_v4(&a->dest);
	int order = memcmp(a->dest.ip, b->dest.ip, sizeof a->dest.ip);

	if (ta != tb)
		return ta < tb ? -1 : 1;
	if (!v4 && (a->prefix == 0) != (b->prefix == 0))
		return a->prefix == 0 ? 1 : -1;
	if (order == 0 && a->prefix != b->prefix)
		order = a->prefix > b->prefix ? -1 : 1;
	if (order == 0 && a->metric != b->metric)
		order = a->metric < b->metric ? -1 : 1;
	if (order != 0)
		return order;
	return ((const struct place *)x)->at < ((const struct place *)y)->at ? -1 : 1;
}

const struct rentry **
rtable_list(bool v4, size_t *ret_n)
{
	const struct rentry *r, **list = NULL;
	struct place *places;
	size_t n = 0;

	*ret_n = 0;
	TAILQ_FOREACH (r, &rtable_all, link)
		n += inaddr_is_v4(&r->dest) == v4;
	places = n == 0 ? NULL : calloc(n, sizeof *places);
	if (places == NULL)
		return NULL;
	n = 0;
	TAILQ_FOREACH (r, &rtable_all, link)
		if (inaddr_is_v4(&r->dest) == v4)
			places[n] = (struct place){.r = r, .at = n}, n++;
	qsort(places, n, sizeof *places, compare);
	list = calloc(n, sizeof *list);
	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = places[i].r;
	free(places);
	*ret_n = list == NULL ? 0 : n;
	return list;
}
