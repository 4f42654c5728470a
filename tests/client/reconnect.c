/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With RETRYCONN every call succeeds while the program keeps losing its connections.
 *
 *	reconnect closefrom	a thread closes every descriptor, at random moments for 2 s
 *	reconnect reuse		the same, and other files take the numbers at once
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "client_test.h"

enum { WORKERS = 4, SECONDS = 2 };

static atomic_bool over;
static atomic_int calls[WORKERS];

static void *
work(void *arg)
{
	atomic_int *count = arg;
	struct utsname u;

	while (!over) {
		memset(&u, 0, sizeof u);
		CHECK(rump_sys_uname(&u) == 0);
		CHECK(strcmp(u.nodename, CLIENT_HOSTNAME) == 0);
		/* Each new connection is a new process. */
		CHECK(rump_sys_getpid() > 1);
		++*count;
	}
	return NULL;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
reconnect(bool reuse)
{
	unsigned int seed = 1;
	pthread_t t[WORKERS];
	double end;

	CHECK(rumpclient_init() == 0);
	rumpclient_setconnretry(RUMPCLIENT_RETRYCONN_INFTIME);
	for (int i = 0; i < WORKERS; i++)
		CHECK(pthread_create(&t[i], NULL, work, &calls[i]) == 0);
	end = now() + SECONDS;
	while (now() < end) {
		usleep((useconds_t)rand_r(&seed) % 20000);
		closefrom(3);
		for (int i = 0; reuse && i < WORKERS; i++)
			CHECK(open("/dev/null", O_RDWR) >= 0);
	}
	over = true;
	for (int i = 0; i < WORKERS; i++) {
		CHECK(pthread_join(t[i], NULL) == 0);
		CHECK(calls[i] > 100);
	}
	puts("every call succeeded");
}

static void
reconnect_closefrom(void)
{
	reconnect(false);
}

static void
reconnect_reuse(void)
{
	reconnect(true);
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {
	    {"closefrom", reconnect_closefrom}, {"reuse", reconnect_reuse}, {NULL, NULL}};

	client_test_limit();
	return client_test_main(argc, argv, tests);
}
