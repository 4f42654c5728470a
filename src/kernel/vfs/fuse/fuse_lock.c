/* SPDX-License-Identifier: BSD-2-Clause */
/* A lock of a node that may be held while the giant lock is not. */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

struct fuse_waiter {
	struct fuse_node *n;
	int wake;
	LIST_ENTRY(fuse_waiter) link;
};

static int
wait_unlocked(struct fuse_node *n)
{
	struct fuse_mount *fm = fuse_of(n);
	struct fuse_waiter w = {.n = n, .wake = fuse_wake_get(fm)};
	struct pollfd p = {.fd = w.wake, .events = POLLIN};
	bool interrupted = false;
	eventfd_t count;
	int error;

	if (w.wake == -1)
		return ENFILE;
	LIST_INSERT_HEAD(&fm->waiters, &w, link);
	do
		error = kern_poll_firmly(curlwp, &p, 1, NULL, &interrupted);
	while (error == EINTR);
	LIST_REMOVE(&w, link);
	eventfd_read(w.wake, &count);
	fuse_wake_put(fm, w.wake);
	return error;
}

int
fuse_lock(struct fuse_node *n)
{
	int error;

	while (n->locked) {
		error = wait_unlocked(n);
		if (error != 0)
			return error;
	}
	n->locked = true;
	return 0;
}

void
fuse_unlock(struct fuse_node *n)
{
	struct fuse_waiter *w;

	n->locked = false;
	LIST_FOREACH (w, &fuse_of(n)->waiters, link)
		if (w->n == n)
			eventfd_write(w->wake, 1);
}
