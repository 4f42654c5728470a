/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of lanes.
 *
 * A worker is in one of three places: it leads (lead), it is on its lane's idle list asleep on its
 * semaphore, or it runs a call whose wait made it give leadership away; from there it goes to the
 * idle list or, if that is full, ends.  Events are level-triggered, so what a leader has not dealt
 * with when it leaves comes again to its successor.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

#include "channel.h"
#include "prefork.h"
#include "server.h"

#define EVENTS_AT_ONCE 16
#define WORKER_STACK   (512u << 10)
#define STOP_TIMEOUT_S 2

static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t threads_none = PTHREAD_COND_INITIALIZER;
static unsigned nthreads;

static bool
threads_add(void)
{
	bool ok;

	pthread_mutex_lock(&threads_lock);
	ok = nthreads < SERVER_THREADS_MAX;
	if (ok)
		nthreads++;
	pthread_mutex_unlock(&threads_lock);
	return ok;
}

static void
threads_remove(void)
{
	pthread_mutex_lock(&threads_lock);
	if (--nthreads == 0)
		pthread_cond_signal(&threads_none);
	pthread_mutex_unlock(&threads_lock);
}

bool
workers_await_end(void)
{
	struct timespec deadline;
	bool ended;
	int error = 0;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += STOP_TIMEOUT_S;
	pthread_mutex_lock(&threads_lock);
	while (nthreads > 0 && error == 0)
		error = pthread_cond_timedwait(&threads_none, &threads_lock, &deadline);
	ended = nthreads == 0;
	pthread_mutex_unlock(&threads_lock);
	return ended;
}

static void
worker_free(struct worker *w)
{
	call_fini(&w->call);
	sem_destroy(&w->wake);
	free(w->in);
	free(w);
}

/* The first lane also looks after what has a time-out. */
static int
lane_timeout(struct lane *lane)
{
	return lane->number == 0 ? prefork_expire() : -1;
}

static void
lead(struct worker *w)
{
	struct lane *lane = w->lane;
	struct epoll_event events[EVENTS_AT_ONCE];
	struct channel *ch;
	struct source *source;
	int n;

	while (w->leading && lane_next(lane, &ch)) {
		if (ch != NULL) {
			channel_look(w, ch);
			continue;
		}
		n = epoll_wait(lane->epfd, events, EVENTS_AT_ONCE, lane_timeout(lane));
		for (int i = 0; i < n && w->leading; i++) {
			source = events[i].data.ptr;
			source->ready(w, source, events[i].events);
		}
	}
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;

	do {
		while (sem_wait(&w->wake) != 0)
			continue;
		lead(w);
	} while (lane_park(w->lane, w));
	worker_free(w);
	threads_remove();
	return NULL;
}

/* Workers take no signals: those are for the program around the kernel. */
static int
worker_start(struct worker *w)
{
	pthread_attr_t attr;
	pthread_t thread;
	cpu_set_t cpus;
	sigset_t all, saved;
	int error;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)w->lane->cpu, &cpus);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	pthread_attr_setaffinity_np(&attr, sizeof cpus, &cpus);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	error = pthread_create(&thread, &attr, worker_main, w);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

struct worker *
worker_new(struct lane *lane)
{
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->lane = lane;
	w->in = malloc(WORKER_IN_SIZE);
	if (w->in == NULL || call_init(&w->call) != 0) {
		free(w->in);
		free(w);
		return NULL;
	}
	sem_init(&w->wake, 0, 0);
	if (!threads_add()) {
		worker_free(w);
		return NULL;
	}
	if (worker_start(w) != 0) {
		threads_remove();
		worker_free(w);
		return NULL;
	}
	return w;
}

int
lane_prepare_successor(struct worker *w, struct worker **ret)
{
	struct worker *next;

	*ret = NULL;
	if (!w->leading)
		return 0;
	if (w->rest_len > 0) {
		if (channel_put_aside(w->channel, w->rest, w->rest_len) != 0)
			return ENOMEM;
		w->rest_len = 0;
		lane_ready(w->lane, w->channel);
	}
	next = lane_take_idle(w->lane);
	if (next == NULL)
		next = worker_new(w->lane);
	if (next == NULL) {
		server_note("no thread for a call that must wait");
		return EAGAIN;
	}
	w->leading = false;
	*ret = next;
	return 0;
}

void
lane_promote(struct worker *successor)
{
	if (successor == NULL)
		return;
	successor->leading = true;
	sem_post(&successor->wake);
}
