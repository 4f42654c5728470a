/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections waiting for room in a listener's queue.
 *
 * The host does not tell when a queue has room, so a thread tries all waiting sockets every few
 * milliseconds.  It exists only while there are any.  A socket is a program's own, with its tag:
 * the end of the wait is written there (SOCKTAG_RETRYING cleared, pending error set), and setting
 * the buffer size wakes who polls for it.  The thread has a lock of its own and never takes the
 * giant lock.
 */
#include "net/retry.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "socket/sockopt.h"
#include "socket/socktag.h"

#define PERIOD_NS   2000000L
#define PATIENCE_S  127 /* as long as Linux repeats its SYN */
#define WAITING_MAX 4096

struct waiting {
	LIST_ENTRY(waiting) all;
	int fd;
	struct sockhost to;
	time_t until;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(, waiting) all = LIST_HEAD_INITIALIZER(all);
static unsigned count;
static bool running, stopping;
static pthread_t thread;

static time_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* connect(2) that returns at once, also on a socket that the program made blocking. */
static int
try_connect(const struct waiting *w)
{
	static const struct timeval at_once = {.tv_usec = 1};
	struct timeval kept;
	socklen_t len = sizeof kept;
	int error;

	if (sockhost_is_nonblock(w->fd))
		return sockhost_connect(w->fd, &w->to.un, w->to.len);
	error = sockhost_getopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &kept, &len);
	if (error == 0)
		error = sockhost_setopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &at_once, sizeof at_once);
	if (error != 0)
		return error;
	error = sockhost_connect(w->fd, &w->to.un, w->to.len);
	sockhost_setopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &kept, sizeof kept);
	return error;
}

static void
finish(struct waiting *w, int error)
{
	struct socktag t;

	if (socktag_get(w->fd, &t)) {
		if (error == ENOENT)
			error = ECONNREFUSED;
		t.error = error == EISCONN ? 0 : (uint8_t)error;
		t.flags &= ~SOCKTAG_RETRYING;
		socktag_set(w->fd, &t);
		sockopt_raise_buffers(w->fd, &t);
	}
	close(w->fd);
	LIST_REMOVE(w, all);
	count--;
	free(w);
}

/* True: it is over, w is gone. */
static bool
try_one(struct waiting *w)
{
	int error = try_connect(w);

	if (error != EAGAIN && error != EINTR)
		finish(w, error);
	else if (stopping || now() > w->until)
		finish(w, ETIMEDOUT);
	else
		return false;
	return true;
}

static void
try_all(void)
{
	struct waiting *w, *next;

	for (w = LIST_FIRST(&all); w != NULL; w = next) {
		next = LIST_NEXT(w, all);
		(void)try_one(w);
	}
}

static void *
run(void *arg)
{
	const struct timespec period = {.tv_nsec = PERIOD_NS};

	(void)arg;
	for (;;) {
		nanosleep(&period, NULL);
		pthread_mutex_lock(&lock);
		try_all();
		if (LIST_EMPTY(&all)) {
			if (!stopping)
				pthread_detach(pthread_self());
			running = false;
			pthread_mutex_unlock(&lock);
			return NULL;
		}
		pthread_mutex_unlock(&lock);
	}
}

static int
add(int fd, const struct sockhost *to)
{
	struct waiting *w;

	if (stopping || count >= WAITING_MAX)
		return EAGAIN;
	w = calloc(1, sizeof *w);
	if (w == NULL)
		return ENOMEM;
	w->fd = fd;
	w->to = *to;
	w->until = now() + PATIENCE_S;
	LIST_INSERT_HEAD(&all, w, all);
	count++;
	if (try_one(w) || running)
		return 0;
	if (pthread_create(&thread, NULL, run, NULL) != 0)
		finish(w, ETIMEDOUT);
	else
		running = true;
	return 0;
}

int
retry_add(int fd, const struct sockhost *to)
{
	int error;

	pthread_mutex_lock(&lock);
	error = add(fd, to);
	pthread_mutex_unlock(&lock);
	return error;
}

void
retry_fini(void)
{
	bool wait;

	pthread_mutex_lock(&lock);
	stopping = true;
	wait = running;
	pthread_mutex_unlock(&lock);
	if (wait)
		pthread_join(thread, NULL);
}
