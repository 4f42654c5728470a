/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poll, ppoll and pselect6 on descriptors of the classic kind: the host's poll(2) on the host
 * descriptors behind them.  A file without one (a directory) is always ready, as on Linux.
 * Signal masks are not for this kernel: signals are the client's.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include "base/scope.h"
#include "kern/clock.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "syscall/sys_proto.h"

#define NS 1000000000L

static int
get_timeout(struct lwp *l, struct uin u, struct timespec *deadline, bool *ret_given)
{
	struct timespec ts;
	int error;

	*ret_given = !u_is_null(u.addr);
	if (!*ret_given)
		return 0;
	error = uin_get(l, u, 0, &ts, sizeof ts);
	if (error != 0)
		return error;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NS)
		return EINVAL;
	deadline_after(&ts, deadline);
	return 0;
}

struct polling {
	struct file **file; /* referenced; NULL where there is none */
	struct pollfd *host;
	unsigned n;
};

static void
polling_end(struct polling *p)
{
	for (unsigned i = 0; p->file != NULL && i < p->n; i++)
		if (p->file[i] != NULL)
			file_unref(p->file[i]);
	free(p->file);
	free(p->host);
}

static int
polling_begin(struct lwp *l, struct polling *p, const struct pollfd *fds, unsigned n)
{
	struct file *f;

	*p = (struct polling){
	    .file = calloc(n + 1, sizeof(struct file *)),
	    .host = calloc(n + 1, sizeof(struct pollfd)),
	    .n = n,
	};
	if (p->file == NULL || p->host == NULL)
		return ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		p->host[i] = (struct pollfd){.fd = -1, .events = fds[i].events};
		if (fds[i].fd < 0 || filedesc_get(l->proc, (uint64_t)fds[i].fd, &f) != 0)
			continue;
		file_ref(f);
		p->file[i] = f;
		p->host[i].fd = f->hostfd;
	}
	return 0;
}

/* What is known without the host: bad descriptors, files that are always ready. */
static int
ready_at_once(const struct polling *p, struct pollfd *fds)
{
	int ready = 0;

	for (unsigned i = 0; i < p->n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd >= 0 && p->file[i] == NULL)
			fds[i].revents = POLLNVAL;
		else if (fds[i].fd >= 0 && p->host[i].fd == -1)
			fds[i].revents =
			    fds[i].events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* poll(2) in the kernel; deadline NULL: none. */
static int
poll_files(
    struct lwp *l, struct pollfd *fds, unsigned n, const struct timespec *deadline, int *ret_ready)
{
	static const struct timespec now = {0};
	struct polling p;
	int host_ready = 0;
	int error = polling_begin(l, &p, fds, n);

	if (error == 0) {
		*ret_ready = ready_at_once(&p, fds);
		error = kern_poll(l, p.host, n, *ret_ready > 0 ? &now : deadline, &host_ready);
	}
	if (error == ETIMEDOUT)
		error = 0;
	for (unsigned i = 0; i < n && error == 0 && host_ready > 0; i++) {
		if (p.host[i].fd == -1)
			continue;
		fds[i].revents = p.host[i].revents;
		*ret_ready += fds[i].revents != 0;
	}
	polling_end(&p);
	return error;
}

static int
poll_until(struct lwp *l, struct uinout fds, uint64_t nfds, const struct timespec *deadline,
    int64_t *retval)
{
	CLEANUP_FREE struct pollfd *p = NULL;
	int ready, error = 0;

	if (nfds > FILEDESC_MAX)
		return EINVAL;
	p = calloc(nfds + 1, sizeof *p);
	if (p == NULL)
		return ENOMEM;
	if (nfds > 0)
		error = uinout_get(l, fds, 0, p, nfds * sizeof *p);
	if (error == 0)
		error = poll_files(l, p, (unsigned)nfds, deadline, &ready);
	if (error == 0 && nfds > 0)
		error = uinout_put(l, fds, 0, p, nfds * sizeof *p);
	if (error == 0)
		*retval = ready;
	return error;
}

int
sys_poll(struct lwp *l, struct uinout fds, unsigned long nfds, int timeout, int64_t *retval)
{
	struct timespec deadline;

	if (timeout >= 0)
		deadline_after_ms(timeout, &deadline);
	return poll_until(l, fds, nfds, timeout < 0 ? NULL : &deadline, retval);
}

int
sys_ppoll(struct lwp *l, struct uinout fds, unsigned long nfds, struct uin timeout, struct uin mask,
    size_t masklen, int64_t *retval)
{
	struct timespec deadline;
	bool given;
	int error = get_timeout(l, timeout, &deadline, &given);

	(void)mask;
	(void)masklen;
	return error != 0 ? error : poll_until(l, fds, nfds, given ? &deadline : NULL, retval);
}

/* --- select: three sets of bits; what they mean to poll(2) --- */

#define SELECT_IN  (POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define SELECT_OUT (POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define SELECT_PRI POLLPRI

static const struct {
	short events, ready;
} select_sets[3] = {
    {POLLIN | POLLRDNORM, SELECT_IN},
    {POLLOUT | POLLWRNORM, SELECT_OUT},
    {POLLPRI, SELECT_PRI},
};

static unsigned
sets_to_poll(const fd_set set[3], int nfds, struct pollfd fds[FD_SETSIZE])
{
	unsigned n = 0;

	for (int fd = 0; fd < nfds; fd++) {
		short events = 0;

		for (int i = 0; i < 3; i++)
			if (FD_ISSET(fd, &set[i]))
				events |= select_sets[i].events;
		if (events != 0)
			fds[n++] = (struct pollfd){.fd = fd, .events = events};
	}
	return n;
}

static int
poll_to_sets(const struct pollfd *fds, unsigned n, fd_set set[3], int64_t *retval)
{
	fd_set asked[3];
	int64_t bits = 0;

	memcpy(asked, set, sizeof asked);
	memset(set, 0, sizeof asked);
	for (unsigned k = 0; k < n; k++) {
		if (fds[k].revents & POLLNVAL)
			return EBADF;
		for (int i = 0; i < 3; i++) {
			if (FD_ISSET(fds[k].fd, &asked[i]) &&
			    fds[k].revents & select_sets[i].ready) {
				FD_SET(fds[k].fd, &set[i]);
				bits++;
			}
		}
	}
	*retval = bits;
	return 0;
}

int
sys_pselect6(struct lwp *l, int nfds, struct uinout readfds, struct uinout writefds,
    struct uinout exceptfds, struct uin timeout, struct uin mask, int64_t *retval)
{
	const struct uinout user[3] = {readfds, writefds, exceptfds};
	struct pollfd fds[FD_SETSIZE];
	struct timespec deadline;
	size_t len = 0;
	fd_set set[3];
	unsigned n;
	bool given;
	int ready, error;

	(void)mask;
	if (nfds < 0)
		return EINVAL;
	nfds = nfds < FD_SETSIZE ? nfds : FD_SETSIZE;
	len = (size_t)(nfds + 63) / 64 * 8;
	memset(set, 0, sizeof set);
	error = get_timeout(l, timeout, &deadline, &given);
	for (int i = 0; i < 3 && error == 0; i++)
		if (!u_is_null(user[i].addr) && len > 0)
			error = uinout_get(l, user[i], 0, &set[i], len);
	if (error != 0)
		return error;
	n = sets_to_poll(set, nfds, fds);
	error = poll_files(l, fds, n, given ? &deadline : NULL, &ready);
	if (error == 0)
		error = poll_to_sets(fds, n, set, retval);
	for (int i = 0; i < 3 && error == 0; i++)
		if (!u_is_null(user[i].addr) && len > 0)
			error = uinout_put(l, user[i], 0, &set[i], len);
	return error;
}
