/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many processes with many threads each in one kernel, which come and go.
 *
 *	stress usr1	each round ends one by SIGUSR1, in whose handler it exits with 0
 *	stress kill	each round ends one by SIGKILL, in the middle of its calls
 *
 * Each thread checks that every answer is its own process's.  No two that live have one pid.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#include "client_test.h"

enum { CLIENTS = 32, THREADS = 8, ROUNDS = 60 };

/* What a client says to the parent when all its threads have had answers. */
struct hello {
	pid_t host, rump;
};

static struct hello clients[CLIENTS];
static int hellos[2];
static pid_t self;
static atomic_int working;

static void
on_usr1(int sig)
{
	(void)sig;
	_exit(0);
}

static void *
work(void *arg)
{
	(void)arg;
	for (unsigned int i = 0;; i++) {
		if (!client_test_calls(self))
			_exit(2);
		if (i == 0 && atomic_fetch_add(&working, 1) == THREADS - 1) {
			struct hello h = {getpid(), self};

			if (write(hellos[1], &h, sizeof h) != (ssize_t)sizeof h)
				_exit(3);
		}
	}
	return NULL;
}

static void
client(pid_t parent)
{
	pthread_t t;

	CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	CHECK(getppid() == parent);
	CHECK(rumpclient_init() == 0);
	self = rump_sys_getpid();
	CHECK(self > 1);
	for (int i = 1; i < THREADS; i++)
		CHECK(pthread_create(&t, NULL, work, NULL) == 0);
	work(NULL);
}

static void
start(void)
{
	pid_t parent = getpid(), child = fork();

	CHECK(child >= 0);
	if (child == 0)
		client(parent);
}

/* The next client that is at work takes the place. */
static void
admit(struct hello *place)
{
	struct hello h;

	CHECK(read(hellos[0], &h, sizeof h) == (ssize_t)sizeof h);
	for (int i = 0; i < CLIENTS; i++)
		CHECK(clients[i].rump != h.rump);
	*place = h;
}

static void
end(struct hello *h, int sig)
{
	int status;

	CHECK(kill(h->host, sig) == 0);
	CHECK(waitpid(h->host, &status, 0) == h->host);
	CHECK(status == (sig == SIGUSR1 ? 0 : sig));
	h->rump = 0;
}

static void
stress(int sig)
{
	CHECK(pipe(hellos) == 0);
	CHECK(signal(SIGUSR1, on_usr1) != SIG_ERR);
	client_test_limit();
	for (int i = 0; i < CLIENTS; i++)
		start();
	for (int i = 0; i < CLIENTS; i++)
		admit(&clients[i]);
	for (int round = 0; round < ROUNDS; round++) {
		end(&clients[round % CLIENTS], sig);
		start();
		admit(&clients[round % CLIENTS]);
	}
	for (int i = 0; i < CLIENTS; i++)
		end(&clients[i], sig);
	printf("%d clients\n", CLIENTS + ROUNDS);
}

static void
stress_usr1(void)
{
	stress(SIGUSR1);
}

static void
stress_kill(void)
{
	stress(SIGKILL);
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {
	    {"usr1", stress_usr1}, {"kill", stress_kill}, {NULL, NULL}};

	return client_test_main(argc, argv, tests);
}
