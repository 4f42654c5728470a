/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's descriptors never take the numbers 0, 1 and 2, also if they are free.
 *
 *	lowfds init	closed before rumpclient_init
 *	lowfds threads	many channels
 *	lowfds fork	in a forked child
 *	lowfds retry	after a reconnect
 */
#include <fcntl.h>
#include <pthread.h>

#include "client_test.h"

enum { THREADS = 8, SPARE = 100 }; /* SPARE: the number where standard error and output go on */

static pid_t self;

/* Like CHECK: standard error is closed. */
static void
check_closed(int line)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			continue;
		dprintf(SPARE, "line %d: descriptor %d is open\n", line, fd);
		_exit(1);
	}
}

static void
must(int line, int good)
{
	if (good)
		return;
	dprintf(SPARE, "line %d: %m\n", line);
	_exit(1);
}

#define MUST(condition) must(__LINE__, condition)

static void
init(void)
{
	CHECK(dup2(1, SPARE) == SPARE);
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	MUST(rumpclient_init() == 0);
	check_closed(__LINE__);
	self = rump_sys_getpid();
	MUST(client_test_calls(self));
	check_closed(__LINE__);
}

static void *
work(void *arg)
{
	for (int i = 0; i < 200; i++)
		MUST(client_test_calls(self));
	return arg;
}

static void
low_threads(void)
{
	pthread_t t[THREADS];

	init();
	for (int i = 0; i < THREADS; i++)
		MUST(pthread_create(&t[i], NULL, work, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		MUST(pthread_join(t[i], NULL) == 0);
	check_closed(__LINE__);
}

static void
low_fork(void)
{
	pid_t child;
	int status;

	init();
	child = rumpclient_fork();
	MUST(child >= 0);
	if (child == 0) {
		check_closed(__LINE__);
		MUST(rump_sys_getppid() == self);
		check_closed(__LINE__);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0) == child && status == 0);
	check_closed(__LINE__);
}

static void
low_retry(void)
{
	init();
	rumpclient_setconnretry(RUMPCLIENT_RETRYCONN_INFTIME);
	for (int i = 0; i < 20; i++) {
		MUST(close_range(3, SPARE - 1, 0) == 0);
		MUST(close_range(SPARE + 1, ~0U, 0) == 0);
		MUST(rump_sys_getpid() > 1);
		check_closed(__LINE__);
	}
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {{"init", init}, {"threads", low_threads},
	    {"fork", low_fork}, {"retry", low_retry}, {NULL, NULL}};
	int status;

	client_test_limit();
	status = client_test_main(argc, argv, tests);
	if (status == 0)
		dprintf(SPARE, "still closed\n");
	return status;
}
