/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News of the network's tables.
 */
#include "net/netevent.h"

#include <stddef.h>

static LIST_HEAD(, netevent_watcher) watchers = LIST_HEAD_INITIALIZER(watchers);

void
netevent_watch(struct netevent_watcher *w)
{
	struct netevent_watcher *last = LIST_FIRST(&watchers);

	if (last == NULL) {
		LIST_INSERT_HEAD(&watchers, w, all);
		return;
	}
	while (LIST_NEXT(last, all) != NULL)
		last = LIST_NEXT(last, all);
	LIST_INSERT_AFTER(last, w, all);
}

void
netevent_unwatch(struct netevent_watcher *w)
{
	LIST_REMOVE(w, all);
}

void
netevent_tell(const struct netevent *e)
{
	struct netevent_watcher *w;

	LIST_FOREACH (w, &watchers, all)
		w->fn(w, e);
}
