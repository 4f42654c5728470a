/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mount's thread.  Programs close files without telling: it looks once a second, while there
 * are open files, which of them nobody has open any more; what was written to them is written back,
 * and the program that serves them is told.  The bytes are kept for a while, in case that the file
 * is opened again.
 */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "base/raw.h"
#include "kern/clock.h"
#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

#define LOOK_MS    1000
#define STOP_MS    30000 /* for the program: to write what it has; then to exit */
#define SYNC_LOOKS 30    /* looks between writing back what is still open */

void
fuse_thread_kick(struct fuse_mount *fm)
{
	eventfd_write(fm->thread_wake, 1);
}

/* Not at once: what was just opened will not be closed already, and if, its closing is told. */
void
fuse_thread_watch(struct fuse_mount *fm)
{
	if (fm->watching)
		return;
	fm->watching = true;
	fuse_thread_kick(fm);
}

/* Takes n, held, to the end of what nobody has open; true: it is there. */
static bool
settle(struct fuse_node *n, bool sync)
{
	if (fuse_lock(n) != 0)
		return false;
	fuse_settle(n, false);
	if (sync && !n->settled)
		fuse_cache_flush(n, false);
	fuse_unlock(n);
	return n->settled;
}

/* The one that was looked at the longest ago, counted; NULL: none. */
static struct vnode *
next_opened(struct fuse_mount *fm)
{
	struct fuse_node *n = TAILQ_FIRST(&fm->opened);

	if (n == NULL)
		return NULL;
	TAILQ_REMOVE(&fm->opened, n, opened);
	TAILQ_INSERT_TAIL(&fm->opened, n, opened);
	return vnode_get(&n->v);
}

/* One look at each; the oldest first.  True: there are some to look at again. */
static bool
look(struct fuse_mount *fm, bool sync)
{
	bool again = false;

	for (size_t left = fm->nopened; left != 0 && !fm->stopping; left--) {
		CLEANUP_VNODE struct vnode *vn = next_opened(fm);
		struct fuse_node *n = fuse_node_of(vn);

		if (vn == NULL)
			break;
		fm->looking = n;
		if (!settle(n, sync))
			again = true;
		fm->looking = NULL;
	}
	return again || fm->nopened != 0;
}

/* Until it is time for a look, or something else is to be done: then the look has to wait. */
static bool
pause_until(struct fuse_mount *fm, const struct timespec *look_at)
{
	struct pollfd p = {.fd = fm->thread_wake, .events = POLLIN};
	bool interrupted = false;
	eventfd_t count;
	int error = kern_poll_firmly(NULL, &p, 1, look_at, &interrupted);

	eventfd_read(fm->thread_wake, &count);
	return error == ETIMEDOUT;
}

static void
thread_main(void *arg)
{
	struct fuse_mount *fm = arg;
	struct timespec look_at;
	unsigned looks = 0;
	bool set = false; /* look_at */

	while (!fm->stopping) {
		if (fm->watching && !set)
			deadline_after_ms(LOOK_MS, &look_at);
		set = fm->watching;
		if (pause_until(fm, set ? &look_at : NULL) && !fm->stopping) {
			set = false;
			fm->watching = look(fm, ++looks % SYNC_LOOKS == 0);
		}
		fuse_receive(fm);
		fuse_send_posts(fm);
		if (!LIST_EMPTY(&fm->abandoned) || !STAILQ_EMPTY(&fm->posts))
			fm->watching = true;
	}
	fuse_finish(fm);
}

int
fuse_thread_start(struct fuse_mount *fm)
{
	int error;

	fm->thread_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fm->thread_wake == -1)
		return errno;
	error = kthread_start(thread_main, fm);
	if (error != 0)
		raw_close(fm->thread_wake);
	return error;
}

void
fuse_deadline_renew(struct fuse_mount *fm)
{
	deadline_after_ms(STOP_MS, &fm->deadline);
}

void
fuse_thread_stop(struct fuse_mount *fm)
{
	struct fuse_request *r;

	fuse_deadline_renew(fm);
	fm->stopping = true;
	TAILQ_FOREACH (r, &fm->requests, link)
		fuse_wake(r); /* it has a deadline now */
	fuse_thread_kick(fm);
}

/* Settled, or written back if it is open. */
static int
sync_one(struct fuse_node *n)
{
	int error = fuse_lock(n);

	if (error != 0)
		return error;
	error = fuse_settle(n, false);
	if (error == 0 && !n->settled)
		error = fuse_cache_flush(n, true);
	fuse_unlock(n);
	return error;
}

int
fuse_sync(struct mount *mp)
{
	struct fuse_mount *fm = (struct fuse_mount *)mp;
	int first = 0, error;

	for (size_t left = fm->nopened; left != 0; left--) {
		CLEANUP_VNODE struct vnode *vn = next_opened(fm);

		if (vn == NULL)
			break;
		error = sync_one(fuse_node_of(vn));
		if (error == ECANCELED)
			return error;
		if (first == 0)
			first = error;
	}
	return first;
}
