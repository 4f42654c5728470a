/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIFOs: each is a FIFO of the host (special.h), made at the first open, so that the bytes, the
 * readers and the writers are the host's.
 *
 * Theory of operation.  The server must not block in open(2), so it opens with O_NONBLOCK and does
 * the waiting itself.  All opens come here, hence two counters suffice, as in Linux: an opener that
 * finds no partner waits until the other side's counter moves.  A reader is on the host's FIFO
 * while it waits (so that a writer finds it); a writer cannot be, and tries again each time a
 * reader comes.  Waiters sit in a list with an eventfd each; an opener that got through rings all.
 *
 * Whether a writer is there already is asked of the host with tee(2), which takes nothing out:
 * EAGAIN means empty but with a writer, 0 means none.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/special.h"
#include "vfs/vnode.h"

struct waiter {
	int bell;
	LIST_ENTRY(waiter) all;
};

struct fifo {
	uint64_t readers, writers; /* that ever came */
	LIST_HEAD(, waiter) waiters;
};

static int
get_fifo(struct vnode *vn)
{
	struct fifo *f = vn->fifo;
	int error = special_need(vn);

	if (f != NULL || error != 0)
		return error;
	f = calloc(1, sizeof *f);
	if (f == NULL)
		return ENOMEM;
	LIST_INIT(&f->waiters);
	vn->fifo = f;
	return 0;
}

void
fifo_free(struct fifo *f)
{
	free(f);
}

static void
ring(struct fifo *f)
{
	static const uint64_t one = 1;
	struct waiter *w;

	LIST_FOREACH (w, &f->waiters, all)
		if (write(w->bell, &one, sizeof one) == -1 && errno != EAGAIN)
			continue; /* full means that it rings already */
}

/* Waits until somebody opened the FIFO. */
static int
wait_for_bell(struct lwp *l, struct fifo *f)
{
	CLEANUP_FD int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct waiter w = {.bell = bell};
	int error;

	if (bell == -1)
		return errno == EMFILE ? ENFILE : errno;
	LIST_INSERT_HEAD(&f->waiters, &w, all);
	error = kern_wait(l, bell, POLLIN, NULL);
	LIST_REMOVE(&w, all);
	return error;
}

bool
fifo_has_writer(int reader)
{
	CLEANUP_FD int out = -1, in = -1;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1)
		return false;
	out = fds[0];
	in = fds[1];
	return tee(reader, in, 1, SPLICE_F_NONBLOCK) != 0;
}

static int
open_reader(struct lwp *l, struct vnode *vn, int flags, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	struct fifo *f = vn->fifo;
	uint64_t writers = f->writers;
	int error = special_open(vn, flags | O_NONBLOCK, &fd);

	if (error != 0)
		return error;
	f->readers++;
	ring(f);
	if ((flags & O_NONBLOCK) == 0 && !fifo_has_writer(fd))
		while (f->writers == writers) {
			error = wait_for_bell(l, f);
			if (error != 0)
				return error;
		}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int
open_writer(struct lwp *l, struct vnode *vn, int flags, int *ret_fd)
{
	struct fifo *f = vn->fifo;
	int error;

	while ((error = special_open(vn, flags | O_NONBLOCK, ret_fd)) == ENXIO &&
	       (flags & O_NONBLOCK) == 0) {
		error = wait_for_bell(l, f);
		if (error != 0)
			return error;
	}
	if (error != 0)
		return error;
	f->writers++;
	ring(f);
	return 0;
}

static int
open_both(struct vnode *vn, int flags, int *ret_fd)
{
	struct fifo *f = vn->fifo;
	int error = special_open(vn, flags | O_NONBLOCK, ret_fd);

	if (error != 0)
		return error;
	f->readers++;
	f->writers++;
	ring(f);
	return 0;
}

int
fifo_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	int error = get_fifo(vn);

	if (error != 0)
		return error;
	flags &= SPECIAL_OPEN_FLAGS;
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		error = open_reader(l, vn, flags, &fd);
		break;
	case O_WRONLY:
		error = open_writer(l, vn, flags, &fd);
		break;
	default:
		error = open_both(vn, flags, &fd);
	}
	if (error != 0)
		return error;
	if ((flags & O_NONBLOCK) == 0 && fcntl(fd, F_SETFL, flags) == -1)
		return errno;
	*ret_fd = take_fd(&fd);
	return 0;
}
