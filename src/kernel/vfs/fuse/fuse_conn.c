/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection, and waiting for replies.
 *
 * A caller sends its request and waits for the reply.  One of those who wait sleeps on the socket
 * and receives for all; when it has its own reply, it leaves that to another.  The rest sleep on an
 * eventfd each.
 *
 * A request that was sent is waited for to its end, as in Linux: a signal only makes us tell the
 * program (INTERRUPT).  If the process itself is gone, the reply is not waited for any more, but
 * what it gives (a node, a handle) is given back when it comes.  Only the end of the mount does not
 * wait for ever.
 *
 * Anything malformed ends the connection: all who wait fail with ECONNABORTED, later ones with
 * ENOTCONN.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include "base/raw.h"
#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

uint64_t
fuse_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * FUSE_NS + (uint64_t)ts.tv_nsec;
}

/* --- eventfds of those who wait --- */

int
fuse_wake_get(struct fuse_mount *fm)
{
	if (fm->nspare_wakes != 0)
		return fm->spare_wakes[--fm->nspare_wakes];
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void
fuse_wake_put(struct fuse_mount *fm, int wake)
{
	if (fm->nspare_wakes < sizeof fm->spare_wakes / sizeof fm->spare_wakes[0])
		fm->spare_wakes[fm->nspare_wakes++] = wake;
	else
		raw_close(wake);
}

void
fuse_wake(struct fuse_request *r)
{
	if (r->asleep && !r->woken) {
		eventfd_write(r->wake, 1);
		r->woken = true;
	}
}

/* What it was woken for it looks at now. */
static void
forget_wake(struct fuse_request *r)
{
	eventfd_t count;

	if (r->woken)
		eventfd_read(r->wake, &count);
	r->woken = false;
}

/* --- beginning and end --- */

int
fuse_conn_init(struct fuse_mount *fm, int fd)
{
	fm->fd = fd;
	TAILQ_INIT(&fm->requests);
	LIST_INIT(&fm->abandoned);
	STAILQ_INIT(&fm->posts);
	fm->buf_size = fm->io_max + 4096;
	fm->buf = malloc(fm->buf_size);
	return fm->buf == NULL ? ENOMEM : 0;
}

void
fuse_finished(struct fuse_mount *fm, struct fuse_request *r, int error)
{
	TAILQ_REMOVE(&fm->requests, r, link);
	r->error = error;
	r->done = true;
	fuse_wake(r);
}

void
fuse_end(struct fuse_mount *fm)
{
	struct fuse_request *r;

	if (fm->ended != 0)
		return;
	fm->ended = ENOTCONN;
	shutdown(fm->fd, SHUT_WR); /* its end is still to be seen: fuse_finish() */
	while ((r = TAILQ_FIRST(&fm->requests)) != NULL)
		fuse_finished(fm, r, ECONNABORTED);
	fuse_thread_kick(fm);
}

void
fuse_conn_fini(struct fuse_mount *fm)
{
	struct fuse_abandoned *a;
	struct fuse_post *p;

	while ((a = LIST_FIRST(&fm->abandoned)) != NULL) {
		LIST_REMOVE(a, link);
		free(a);
	}
	while ((p = STAILQ_FIRST(&fm->posts)) != NULL) {
		STAILQ_REMOVE_HEAD(&fm->posts, link);
		free(p);
	}
	while (fm->nspare_wakes != 0)
		raw_close(fm->spare_wakes[--fm->nspare_wakes]);
	free(fm->buf);
	raw_close(fm->fd);
}

/* --- waiting --- */

/* There may be an answer to this or not: such are known by their number. */
static void
post_interrupt(struct fuse_mount *fm, const struct fuse_request *r)
{
	struct fuse_interrupt_in in = {.unique = r->unique};
	struct fuse_request i = fuse_request(FUSE_INTERRUPT, 0);

	i.unique = r->unique | 1;
	fuse_in(&i, &in, sizeof in);
	fuse_post(fm, &i, false);
}

/* Somebody else who waits is to sleep on the socket now. */
static void
pass_on(struct fuse_mount *fm)
{
	struct fuse_request *next = TAILQ_FIRST(&fm->requests);

	fm->receiving = false;
	if (next != NULL)
		fuse_wake(next);
}

static int
wait_reply(struct fuse_mount *fm, struct fuse_request *r, bool *interrupted)
{
	bool receives = false;
	int error = 0;

	while (!r->done && error == 0) {
		struct pollfd p[2] = {
		    {.fd = r->wake, .events = POLLIN}, {.fd = fm->fd, .events = POLLIN}};

		if (!receives)
			receives = fm->receiving ? false : (fm->receiving = true);
		r->asleep = true;
		error = kern_poll_firmly(
		    curlwp, p, receives ? 2 : 1, fm->stopping ? &fm->deadline : NULL, interrupted);
		r->asleep = false;
		forget_wake(r);
		if (error == EINTR) {
			post_interrupt(fm, r);
			error = 0;
		} else if (error == ETIMEDOUT) {
			fuse_end(fm);
			error = 0;
		} else if (error == 0 && receives && p[1].revents != 0) {
			fuse_receive(fm);
		}
	}
	if (receives)
		pass_on(fm);
	if (r->done)
		return r->error;
	TAILQ_REMOVE(&fm->requests, r, link);
	fuse_abandon(fm, r->unique, r->opcode);
	return error;
}

/* Requests that a program has or has not: ENOSYS to one means all of the kind. */
static uint64_t
opcode_bit(uint32_t opcode)
{
	switch (opcode) {
	case FUSE_OPEN:
	case FUSE_OPENDIR:
	case FUSE_CREATE:
	case FUSE_FLUSH:
	case FUSE_FSYNC:
	case FUSE_FSYNCDIR:
	case FUSE_GETXATTR:
	case FUSE_SETXATTR:
	case FUSE_LISTXATTR:
	case FUSE_REMOVEXATTR:
	case FUSE_RENAME2:
	case FUSE_READDIRPLUS:
	case FUSE_ACCESS:
		return UINT64_C(1) << opcode;
	default:
		return 0;
	}
}

int
fuse_call(struct fuse_mount *fm, struct fuse_request *r)
{
	bool interrupted = false;
	int error;

	if (fm->ended != 0)
		return fm->ended;
	if ((fm->missing & opcode_bit(r->opcode)) != 0)
		return ENOSYS;
	r->done = false;
	r->wake = fuse_wake_get(fm);
	if (r->wake == -1)
		return ENFILE;
	error = fuse_send(fm, r, &interrupted);
	if (error == 0) {
		TAILQ_INSERT_TAIL(&fm->requests, r, link);
		error = wait_reply(fm, r, &interrupted);
	}
	fuse_wake_put(fm, r->wake);
	if (error == ENOSYS)
		fm->missing |= opcode_bit(r->opcode);
	return error;
}
