/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes: see lane.h for the idea.  What their threads do is in worker.c.
 */
#include "lane.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channel.h"
#include "server.h"

#define IDLE_MAX 4 /* threads beyond these end with their call */

static struct lane *lanes;
static unsigned nlanes;

bool
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

bool
lane_park(struct lane *lane, struct worker *w)
{
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

struct worker *
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
	for (unsigned i = 0; i < nlanes; i++)
		lane_stop(&lanes[i]);
	return workers_await_end();
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
