/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting in a system call: poll(2) on host descriptors and the call's interrupt eventfd, with the
 * giant lock free and another thread leading the lane.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/scope.h"
#include "kern/clock.h"
#include "lane.h"
#include "server.h"

#define FDS_SMALL    32 /* on the stack */
#define FIRM_FDS_MAX 4
#define NAP_NS       100000

struct worker *
worker_of(struct lwp *l)
{
	return (struct worker *)((char *)l - offsetof(struct worker, call.lwp));
}

/* poll(2) until the deadline; the number of ready descriptors or -errno. */
static int
poll_until(struct pollfd *fds, unsigned nfds, const struct timespec *deadline)
{
	struct timespec left;
	int n;

	do {
		if (deadline != NULL)
			deadline_left(deadline, &left);
		n = ppoll(fds, nfds, deadline != NULL ? &left : NULL, NULL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Sleeps on all[0..n) of which the last is the interrupt. */
static int
sleep_on(
    struct call *c, struct pollfd *all, unsigned n, const struct timespec *deadline, int *ret_ready)
{
	struct worker *successor;
	int error = lane_prepare_successor(worker_of(&c->lwp), &successor);
	int ready;

	if (error != 0)
		return error;
	call_begin_wait(c);
	giant_unlock();
	lane_promote(successor);
	ready = poll_until(all, n, deadline);
	giant_lock();
	if (ready < 0)
		return -ready;
	if (all[n - 1].revents != 0)
		ready--;
	*ret_ready = ready;
	return 0;
}

int
kern_poll(
    struct lwp *l, struct pollfd *fds, unsigned nfds, const struct timespec *deadline, int *ret_n)
{
	struct call *c = l->copy_arg;
	struct pollfd small[FDS_SMALL + 1];
	CLEANUP_FREE struct pollfd *large = NULL;
	struct pollfd *all = small;
	int n, error;

	n = poll(fds, nfds, 0);
	if (n < 0)
		return errno;
	if (n > 0 || (deadline != NULL && deadline_has_passed(deadline))) {
		*ret_n = n;
		return 0;
	}
	if (c->interrupted)
		return EINTR;
	if (nfds > FDS_SMALL) {
		all = large = malloc((nfds + 1) * sizeof *large);
		if (large == NULL)
			return ENOMEM;
	}
	memcpy(all, fds, nfds * sizeof *fds);
	all[nfds] = (struct pollfd){.fd = l->interrupt_fd, .events = POLLIN};
	error = sleep_on(c, all, nfds + 1, deadline, ret_n);
	if (error == 0 && *ret_n == 0 && c->interrupted)
		error = EINTR;
	if (error == 0)
		memcpy(fds, all, nfds * sizeof *fds);
	return error;
}

/* A kernel thread, or the end of the kernel: no call, no lane. */
static int
poll_alone(struct pollfd *fds, unsigned nfds, const struct timespec *deadline)
{
	int ready;

	giant_unlock();
	ready = poll_until(fds, nfds, deadline);
	giant_lock();
	if (ready < 0)
		return -ready;
	return ready == 0 ? ETIMEDOUT : 0;
}

/*
 * A short sleep for which the lane keeps its leader: what programs of the host answer mostly comes
 * before another thread would have taken over.  Returns how many are ready.
 */
static int
nap(struct call *c, struct pollfd *all, unsigned n)
{
	static const struct timespec short_time = {.tv_nsec = NAP_NS};
	int ready;

	call_begin_wait(c);
	giant_unlock();
	ready = ppoll(all, n, &short_time, NULL);
	giant_lock();
	return ready < 0 ? 0 : ready;
}

/* One sleep of a call that interruptions do not end; they may cut it short, with *ret_ready 0. */
static int
poll_in_call(struct call *c, struct pollfd *fds, unsigned nfds, const struct timespec *deadline,
    int *ret_ready)
{
	struct pollfd all[FIRM_FDS_MAX + 1];
	eventfd_t told;
	int ready, error;

	memcpy(all, fds, nfds * sizeof *fds);
	all[nfds] = (struct pollfd){.fd = c->lwp.interrupt_fd, .events = POLLIN};
	ready = nap(c, all, nfds + 1);
	if (ready == 0) {
		error = sleep_on(c, all, nfds + 1, deadline, &ready);
		if (error != 0)
			return error;
	}
	memcpy(fds, all, nfds * sizeof *fds);
	*ret_ready = 0;
	for (unsigned i = 0; i < nfds; i++)
		*ret_ready += fds[i].revents != 0;
	if (all[nfds].revents != 0)
		eventfd_read(c->lwp.interrupt_fd, &told);
	else if (*ret_ready == 0)
		return ETIMEDOUT;
	return 0;
}

int
kern_poll_firmly(struct lwp *l, struct pollfd *fds, unsigned nfds, const struct timespec *deadline,
    bool *interrupted)
{
	struct call *c;
	int ready = 0, error;

	if (l == NULL)
		return poll_alone(fds, nfds, deadline);
	c = l->copy_arg;
	while (ready == 0) {
		if (c->aborted)
			return ECANCELED;
		if (c->interrupted && !*interrupted) {
			*interrupted = true;
			return EINTR;
		}
		if (deadline != NULL && deadline_has_passed(deadline))
			return ETIMEDOUT;
		error = poll_in_call(c, fds, nfds, deadline, &ready);
		if (error != 0)
			return error;
	}
	return 0;
}

int
kern_wait(struct lwp *l, int fd, short events, const struct timespec *deadline)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	int n;
	int error = kern_poll(l, &pfd, fd >= 0 ? 1 : 0, deadline, &n);

	if (error == 0 && n == 0)
		error = ETIMEDOUT;
	return error;
}
