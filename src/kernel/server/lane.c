/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes and their threads: see lane.h for the idea.
 *
 * A worker is in one of three places: it leads (lane_lead), it is on its lane's idle list asleep on
 * its semaphore, or it runs a call whose wait made it give leadership away; from there it goes to
 * the idle list or, if that is full, ends.  Events are level-triggered, so what a leader has not
 * dealt with when it leaves comes again to its successor.
 */
#include "lane.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "channel.h"
#include "prefork.h"
#include "server.h"

#define EVENTS_AT_ONCE 16
#define IDLE_MAX       4
#define WORKER_STACK   (512u << 10)
#define STOP_TIMEOUT_S 2

static struct lane *lanes;
static unsigned nlanes;

static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t threads_none = PTHREAD_COND_INITIALIZER;
static unsigned nthreads;

/* --- workers --- */

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

static void
worker_free(struct worker *w)
{
	call_fini(&w->call);
	sem_destroy(&w->wake);
	free(w->in);
	free(w);
}

/* The next channel with input at hand, if any; false if the lane stops. */
static bool
lane_next(struct lane *lane, struct channel **ret)
{
	struct channel *ch;
	bool go_on;

	pthread_mutex_lock(&lane->lock);
	go_on = !lane->stopping;
	ch = TAILQ_FIRST(&lane->ready);
	if (ch != NULL) {
		TAILQ_REMOVE(&lane->ready, ch, ready_link);
		ch->is_ready = false;
	}
	pthread_mutex_unlock(&lane->lock);
	*ret = ch;
	return go_on;
}

/* The first lane also looks after what has a time-out. */
static int
lane_timeout(struct lane *lane)
{
	return lane->number == 0 ? prefork_expire() : -1;
}

static void
lane_lead(struct worker *w)
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

/* Onto the idle list; false if the thread shall end instead. */
static bool
worker_park(struct worker *w)
{
	struct lane *lane = w->lane;
	bool stay;

	pthread_mutex_lock(&lane->lock);
	stay = !lane->stopping && lane->nidle < IDLE_MAX;
	if (stay) {
		SLIST_INSERT_HEAD(&lane->idle, w, idle_link);
		lane->nidle++;
	}
	pthread_mutex_unlock(&lane->lock);
	return stay;
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;

	do {
		while (sem_wait(&w->wake) != 0)
			continue;
		lane_lead(w);
	} while (worker_park(w));
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

/* A thread that sleeps on its semaphore. */
static struct worker *
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

static struct worker *
lane_take_idle(struct lane *lane)
{
	struct worker *w;

	pthread_mutex_lock(&lane->lock);
	w = SLIST_FIRST(&lane->idle);
	if (w != NULL) {
		SLIST_REMOVE_HEAD(&lane->idle, idle_link);
		lane->nidle--;
	}
	pthread_mutex_unlock(&lane->lock);
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
		server_warn("no thread for a call that must wait");
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

/* --- lanes --- */

static void
lane_kick(struct lane *lane)
{
	eventfd_write(lane->kickfd, 1);
}

static void
lane_kicked(struct worker *w, struct source *source, uint32_t events)
{
	eventfd_t count;

	(void)source, (void)events;
	eventfd_read(w->lane->kickfd, &count);
}

int
lane_watch(struct lane *lane, int fd, struct source *source, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = source};

	return epoll_ctl(lane->epfd, EPOLL_CTL_ADD, fd, &ev) == 0 ? 0 : errno;
}

void
lane_ready(struct lane *lane, struct channel *ch)
{
	pthread_mutex_lock(&lane->lock);
	if (!ch->is_ready) {
		TAILQ_INSERT_TAIL(&lane->ready, ch, ready_link);
		ch->is_ready = true;
	}
	pthread_mutex_unlock(&lane->lock);
}

void
lane_join(struct lane *lane, struct channel *ch)
{
	lane_ready(lane, ch);
	lane_kick(lane);
}

void
lane_forget(struct lane *lane, struct channel *ch)
{
	pthread_mutex_lock(&lane->lock);
	if (ch->is_ready)
		TAILQ_REMOVE(&lane->ready, ch, ready_link);
	ch->is_ready = false;
	pthread_mutex_unlock(&lane->lock);
}

static int
lane_init(struct lane *lane, unsigned number, int cpu)
{
	lane->number = number;
	lane->cpu = cpu;
	lane->kick.ready = lane_kicked;
	pthread_mutex_init(&lane->lock, NULL);
	SLIST_INIT(&lane->idle);
	TAILQ_INIT(&lane->ready);
	lane->epfd = epoll_create1(EPOLL_CLOEXEC);
	lane->kickfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (lane->epfd < 0 || lane->kickfd < 0)
		return server_fail(errno, "cannot make a lane: %m");
	return lane_watch(lane, lane->kickfd, &lane->kick, EPOLLIN);
}

int
lanes_init(void)
{
	cpu_set_t cpus;
	int error = 0;

	if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) {
		CPU_ZERO(&cpus);
		CPU_SET(0, &cpus);
	}
	lanes = calloc((size_t)CPU_COUNT(&cpus), sizeof *lanes);
	if (lanes == NULL)
		return server_fail(ENOMEM, "out of memory");
	for (int cpu = 0; cpu < CPU_SETSIZE && error == 0; cpu++) {
		if (CPU_ISSET((size_t)cpu, &cpus)) {
			error = lane_init(&lanes[nlanes], nlanes, cpu);
			nlanes++;
		}
	}
	return error;
}

int
lanes_start(void)
{
	struct worker *w;

	for (unsigned i = 0; i < nlanes; i++) {
		w = worker_new(&lanes[i]);
		if (w == NULL)
			return server_fail(EAGAIN, "cannot start the kernel's threads");
		lane_promote(w);
	}
	return 0;
}

static void
lane_stop(struct lane *lane)
{
	struct worker *w;

	pthread_mutex_lock(&lane->lock);
	lane->stopping = true;
	pthread_mutex_unlock(&lane->lock);
	lane_kick(lane);
	while ((w = lane_take_idle(lane)) != NULL)
		sem_post(&w->wake);
}

bool
lanes_stop(void)
{
	struct timespec deadline;
	bool stopped;
	int error = 0;

	for (unsigned i = 0; i < nlanes; i++)
		lane_stop(&lanes[i]);
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += STOP_TIMEOUT_S;
	pthread_mutex_lock(&threads_lock);
	while (nthreads > 0 && error == 0)
		error = pthread_cond_timedwait(&threads_none, &threads_lock, &deadline);
	stopped = nthreads == 0;
	pthread_mutex_unlock(&threads_lock);
	return stopped;
}

void
lanes_fini(void)
{
	for (unsigned i = 0; i < nlanes; i++) {
		close(lanes[i].epfd);
		close(lanes[i].kickfd);
		pthread_mutex_destroy(&lanes[i].lock);
	}
	free(lanes);
	lanes = NULL;
	nlanes = 0;
}

unsigned
lanes_count(void)
{
	return nlanes;
}

struct lane *
lane_first(void)
{
	return &lanes[0];
}

struct lane *
lane_of_cpu(unsigned cpu)
{
	for (unsigned i = 0; i < nlanes; i++) {
		if ((unsigned)lanes[i].cpu == cpu)
			return &lanes[i];
	}
	return &lanes[cpu % nlanes];
}
