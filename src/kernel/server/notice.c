/* SPDX-License-Identifier: BSD-2-Clause */
/* Host descriptors that the kernel itself waits for: a source in the first lane each. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>

#include "kern/proc.h"
#include "lane.h"
#include "server.h"

struct notice {
	struct source source; /* first */
	void (*ready)(void);
	SLIST_ENTRY(notice) all;
};

static SLIST_HEAD(, notice) notices = SLIST_HEAD_INITIALIZER(notices);

static void
notice_ready(struct worker *w, struct source *source, uint32_t events)
{
	struct notice *n = (struct notice *)source;

	(void)w;
	(void)events;
	giant_lock();
	n->ready();
	giant_unlock();
}

int
kern_watch(int fd, void (*ready)(void))
{
	struct notice *n = malloc(sizeof *n);

	if (n == NULL)
		return ENOMEM;
	*n = (struct notice){.source = {.ready = notice_ready}, .ready = ready};
	SLIST_INSERT_HEAD(&notices, n, all);
	return lane_watch(lane_first(), fd, &n->source, EPOLLIN);
}

void
notices_fini(void)
{
	struct notice *n;

	while ((n = SLIST_FIRST(&notices)) != NULL) {
		SLIST_REMOVE_HEAD(&notices, all);
		free(n);
	}
}
