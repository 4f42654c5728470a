/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of the kernel that belong to no lane, and work without the giant lock. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "server.h"

void
kern_release(void)
{
	giant_unlock();
}

void
kern_reacquire(void)
{
	giant_lock();
}

struct start {
	void (*main)(void *);
	void *arg;
};

static void *
run(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	giant_lock();
	start.main(start.arg);
	giant_unlock();
	return NULL;
}

int
kthread_start(void (*main)(void *), void *arg)
{
	CLEANUP_FREE struct start *start = malloc(sizeof *start);
	sigset_t all, saved;
	pthread_t thread;
	int error;

	if (start == NULL)
		return ENOMEM;
	*start = (struct start){main, arg};
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	error = pthread_create(&thread, NULL, run, start);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (error == 0) {
		(void)take_ptr(&start);
		pthread_detach(thread);
	}
	return error;
}
