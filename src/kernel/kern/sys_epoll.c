/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll on descriptors of the classic kind: an epoll set of the host that watches the host
 * descriptors behind them.  A file leaves the set with its last reference, as on Linux, because
 * that closes its host descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/scope.h"
#include "kern/clock.h"
#include "kern/host_file.h"
#include "kern/proc.h"
#include "syscall/sys_proto.h"

#define EVENTS_MAX 4096

static const struct file_ops epoll_ops = {
    .stat = host_file_stat,
    .close = host_file_close,
};

int
sys_epoll_create1(struct lwp *l, int flags, int64_t *retval)
{
	struct host_file h = {.type = FILE_EPOLL, .ops = &epoll_ops, .flags = O_RDWR};
	int error, fd;

	if ((flags & ~EPOLL_CLOEXEC) != 0)
		return EINVAL;
	h.cloexec = (flags & EPOLL_CLOEXEC) != 0;
	h.hostfd = epoll_create1(EPOLL_CLOEXEC);
	if (h.hostfd == -1)
		return errno == EMFILE ? ENFILE : errno;
	error = host_file_open(l, &h, &fd);
	if (error == 0)
		*retval = fd;
	return error;
}

static int
get_set(struct lwp *l, uint64_t epfd, struct file **ret)
{
	int error = filedesc_get(l->proc, epfd, ret);

	return error == 0 && (*ret)->type != FILE_EPOLL ? EINVAL : error;
}

int
sys_epoll_ctl(struct lwp *l, uint64_t epfd, int op, uint64_t fd, struct uin event)
{
	struct epoll_event ev = {.events = 0};
	struct file *set, *f;
	int error = 0;

	if (op != EPOLL_CTL_DEL)
		error = u_is_null(event.addr) ? EFAULT : uin_get(l, event, 0, &ev, sizeof ev);
	if (error == 0)
		error = filedesc_get(l->proc, epfd, &set);
	if (error == 0)
		error = filedesc_get(l->proc, fd, &f);
	if (error != 0)
		return error;
	if (f->hostfd == -1)
		return EPERM; /* a file that cannot be waited for */
	if (set == f || set->type != FILE_EPOLL)
		return EINVAL;
	return epoll_ctl(set->hostfd, op, f->hostfd, &ev) == -1 ? errno : 0;
}

static int
wait_events(struct lwp *l, int hostfd, struct epoll_event *events, int max,
    const struct timespec *deadline, int *ret_n)
{
	int error;

	for (;;) {
		*ret_n = epoll_wait(hostfd, events, max, 0);
		if (*ret_n == -1)
			return errno;
		if (*ret_n > 0)
			return 0;
		error = kern_wait(l, hostfd, POLLIN, deadline);
		if (error == ETIMEDOUT)
			return 0;
		if (error != 0)
			return error;
	}
}

int
sys_epoll_pwait(struct lwp *l, uint64_t epfd, struct uout events, int maxevents, int timeout,
    struct uin mask, size_t masklen, int64_t *retval)
{
	CLEANUP_FREE struct epoll_event *ev = NULL;
	struct timespec deadline;
	struct file *set;
	int n, error;

	(void)mask;
	(void)masklen;
	if (maxevents <= 0 || (size_t)maxevents > INT_MAX / sizeof *ev)
		return EINVAL;
	if (maxevents > EVENTS_MAX)
		maxevents = EVENTS_MAX;
	error = get_set(l, epfd, &set);
	if (error != 0)
		return error;
	ev = calloc((size_t)maxevents, sizeof *ev);
	if (ev == NULL)
		return ENOMEM;
	if (timeout >= 0)
		deadline_after_ms(timeout, &deadline);
	file_ref(set);
	error = wait_events(l, set->hostfd, ev, maxevents, timeout < 0 ? NULL : &deadline, &n);
	file_unref(set);
	if (error == 0 && n > 0)
		error = uout_put(l, events, 0, ev, (size_t)n * sizeof *ev);
	if (error == 0)
		*retval = n;
	return error;
}
