/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network's thread.
 *
 * Events are found in the epoll set without the giant lock, so a watch may be gone before the lock
 * is there.  They name the descriptor, and the table of watches says whose it is now.
 */
#include "net/netloop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "kern/giant.h"

#define EVENTS_AT_ONCE 64

static pthread_t thread;
static bool running, stopping;
static bool again; /* the turns are to be taken once more */
static int epfd = -1;
static int64_t asleep_until; /* when the thread wakes by itself; 0 while it is awake */
static struct netwatch **watches;
static size_t nwatches;
static TAILQ_HEAD(, netturn) turns = TAILQ_HEAD_INITIALIZER(turns);

static void kicked(struct netwatch *, uint32_t events);
static struct netwatch kick = {.fd = -1, .ready = kicked};

int64_t
netloop_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
netloop_now_ms(void)
{
	return netloop_now_us() / 1000;
}

static void
kicked(struct netwatch *w, uint32_t events)
{
	eventfd_t n;

	(void)events;
	eventfd_read(w->fd, &n);
}

/* --- watches --- */

static int
make_room(size_t fd)
{
	size_t n = nwatches == 0 ? 64 : nwatches;
	struct netwatch **more;

	while (n <= fd)
		n *= 2;
	if (n == nwatches)
		return 0;
	more = realloc(watches, n * sizeof *more);
	if (more == NULL)
		return ENOMEM;
	for (size_t i = nwatches; i < n; i++)
		more[i] = NULL;
	watches = more;
	nwatches = n;
	return 0;
}

int
netloop_watch(struct netwatch *w, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.fd = w->fd};
	int error = make_room((size_t)w->fd);

	if (error != 0)
		return error;
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, w->fd, &ev) != 0)
		return errno;
	watches[w->fd] = w;
	return 0;
}

void
netloop_rewatch(const struct netwatch *w, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.fd = w->fd};

	epoll_ctl(epfd, EPOLL_CTL_MOD, w->fd, &ev);
}

void
netloop_unwatch(struct netwatch *w)
{
	epoll_ctl(epfd, EPOLL_CTL_DEL, w->fd, NULL);
	if ((size_t)w->fd < nwatches)
		watches[w->fd] = NULL;
}

static void
handle(const struct epoll_event *ev)
{
	struct netwatch *w = (size_t)ev->data.fd < nwatches ? watches[ev->data.fd] : NULL;

	if (w != NULL)
		w->ready(w, ev->events);
}

/* --- turns --- */

void
netloop_add_turn(struct netturn *t)
{
	TAILQ_INSERT_TAIL(&turns, t, all);
}

void
netloop_add_first_turn(struct netturn *t)
{
	TAILQ_INSERT_HEAD(&turns, t, all);
}

void
netloop_remove_turn(struct netturn *t)
{
	TAILQ_REMOVE(&turns, t, all);
}

static int
take_turns(void)
{
	struct netturn *t;
	int soonest = -1, ms;

	again = false;
	TAILQ_FOREACH (t, &turns, all) {
		ms = t->fn(t);
		if (ms >= 0 && (soonest < 0 || ms < soonest))
			soonest = ms;
	}
	return again ? 0 : soonest;
}

void
netloop_again(void)
{
	again = true;
}

void
netloop_turn(void)
{
	int ms;

	if (!running)
		return;
	ms = take_turns();
	if (ms >= 0 && netloop_now_ms() + ms < asleep_until)
		eventfd_write(kick.fd, 1);
}

/* --- the thread --- */

static void *
run(void *arg)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int ms, n;

	(void)arg;
	giant_lock();
	while (!stopping) {
		ms = take_turns();
		asleep_until = ms < 0 ? INT64_MAX : netloop_now_ms() + ms;
		giant_unlock();
		n = epoll_wait(epfd, events, EVENTS_AT_ONCE, ms);
		giant_lock();
		asleep_until = 0;
		for (int i = 0; i < n; i++)
			handle(&events[i]);
	}
	giant_unlock();
	return NULL;
}

/* It takes no signals: those are for the program around the kernel. */
static int
start_thread(void)
{
	sigset_t all, saved;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	error = pthread_create(&thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	return error;
}

int
netloop_start(void)
{
	int error;

	if (running)
		return 0;
	epfd = epoll_create1(EPOLL_CLOEXEC);
	kick.fd = epfd < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = kick.fd < 0 ? errno : netloop_watch(&kick, EPOLLIN);
	if (error == 0)
		error = start_thread();
	running = error == 0;
	if (!running) {
		close(kick.fd);
		close(epfd);
	}
	return error;
}

void
netloop_fini(void)
{
	if (!running)
		return;
	giant_lock();
	stopping = true;
	giant_unlock();
	eventfd_write(kick.fd, 1);
	pthread_join(thread, NULL);
	running = false;
}
