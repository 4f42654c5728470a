/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libslirp's descriptors (slirp_poll.h).
 */
#include "net/netif/slirp_poll.h"

#include <errno.h>
#include <libslirp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64

/* A descriptor of libslirp's; its place in the table is its number. */
struct polled {
	uint32_t registered; /* events in the epoll set; 0: not there */
	uint32_t wanted;     /* since the last slirp_poll_ask() */
	uint32_t seen;
};

int
slirp_poll_open(struct slirp_poll *s)
{
	*s = (struct slirp_poll){.set = epoll_create1(EPOLL_CLOEXEC)};
	return s->set < 0 ? errno : 0;
}

void
slirp_poll_close(struct slirp_poll *s)
{
	if (s->set >= 0)
		close(s->set);
	free(s->fds);
}

static uint32_t
to_epoll(int events)
{
	return (events & SLIRP_POLL_IN ? EPOLLIN : 0) | (events & SLIRP_POLL_OUT ? EPOLLOUT : 0) |
	       (events & SLIRP_POLL_PRI ? EPOLLPRI : 0);
}

static int
from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? SLIRP_POLL_IN : 0) | (events & EPOLLOUT ? SLIRP_POLL_OUT : 0) |
	       (events & EPOLLPRI ? SLIRP_POLL_PRI : 0) | (events & EPOLLERR ? SLIRP_POLL_ERR : 0) |
	       (events & EPOLLHUP ? SLIRP_POLL_HUP : 0);
}

static bool
make_room(struct slirp_poll *s, size_t fd)
{
	size_t n = s->nfds == 0 ? 64 : s->nfds;
	struct polled *more;

	while (n <= fd)
		n *= 2;
	if (n == s->nfds)
		return true;
	more = realloc(s->fds, n * sizeof *more);
	if (more == NULL)
		return false;
	memset(more + s->nfds, 0, (n - s->nfds) * sizeof *more);
	s->fds = more;
	s->nfds = n;
	return true;
}

static int
add_poll(int fd, int events, void *arg)
{
	struct slirp_poll *s = arg;

	if (!make_room(s, (size_t)fd))
		return -1;
	s->fds[fd].wanted = to_epoll(events) | EPOLLHUP | EPOLLERR;
	return fd;
}

static int
get_revents(int fd, void *arg)
{
	struct slirp_poll *s = arg;

	return fd >= 0 && (size_t)fd < s->nfds ? from_epoll(s->fds[fd].seen) : 0;
}

static void
update_set(struct slirp_poll *s, int fd)
{
	struct polled *p = &s->fds[fd];
	struct epoll_event ev = {.events = p->wanted, .data.fd = fd};

	if (p->wanted == p->registered)
		return;
	if (p->wanted == 0)
		epoll_ctl(s->set, EPOLL_CTL_DEL, fd, NULL);
	else if (p->registered == 0 || epoll_ctl(s->set, EPOLL_CTL_MOD, fd, &ev) != 0)
		epoll_ctl(s->set, EPOLL_CTL_ADD, fd, &ev);
	p->registered = p->wanted;
}

uint32_t
slirp_poll_ask(struct slirp_poll *s, struct Slirp *slirp)
{
	uint32_t timeout = 1000;

	for (size_t fd = 0; fd < s->nfds; fd++)
		s->fds[fd].wanted = 0;
	slirp_pollfds_fill(slirp, &timeout, add_poll, s);
	for (size_t fd = 0; fd < s->nfds; fd++)
		update_set(s, (int)fd);
	return timeout;
}

void
slirp_poll_collect(struct slirp_poll *s)
{
	struct epoll_event seen[EVENTS_AT_ONCE];
	int n = epoll_wait(s->set, seen, EVENTS_AT_ONCE, 0);

	for (int i = 0; i < n; i++)
		s->fds[seen[i].data.fd].seen = seen[i].events;
}

void
slirp_poll_tell(struct slirp_poll *s, struct Slirp *slirp)
{
	slirp_pollfds_poll(slirp, 0, get_revents, s);
	for (size_t fd = 0; fd < s->nfds; fd++)
		s->fds[fd].seen = 0;
}

void
slirp_poll_forget(struct slirp_poll *s, int fd)
{
	if ((size_t)fd < s->nfds && s->fds[fd].registered != 0) {
		epoll_ctl(s->set, EPOLL_CTL_DEL, fd, NULL);
		s->fds[fd] = (struct polled){.registered = 0};
	}
}
