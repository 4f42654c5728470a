/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls from signal handlers.
 *
 *	signals sigsafe	a handler makes calls each 10 ms, while the program makes 20,000
 *	signals blocked	the same, while the program waits in a read for the handler's write
 */
#include <signal.h>
#include <sys/time.h>

#include "client_test.h"

static pid_t self;
static int fds[2];
static volatile sig_atomic_t handled, wrong;

static void
on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (!client_test_calls(self))
		wrong++;
	if (++handled == 5 && fds[1] != 0 && rump_sys_write(fds[1], "x", 1) != 1)
		wrong++;
	errno = saved;
}

static void
begin(void)
{
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval each_10ms = {{0, 10000}, {0, 10000}};

	CHECK(rumpclient_init() == 0);
	self = rump_sys_getpid();
	CHECK(self > 1);
	if (fds[1] == -1)
		CHECK(rump_sys_pipe(fds) == 0);
	CHECK(sigaction(SIGALRM, &sa, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &each_10ms, NULL) == 0);
}

static void
sigsafe(void)
{
	begin();
	for (int i = 0; i < 10000; i++)
		CHECK(client_test_calls(self)); /* two each */
	while (handled == 0)
		CHECK(client_test_calls(self));
	CHECK(wrong == 0);
	puts("handled");
}

static void
blocked(void)
{
	ssize_t n;
	char c = 0;

	fds[1] = -1;
	begin();
	do
		n = rump_sys_read(fds[0], &c, 1);
	while (n == -1 && errno == EINTR);
	CHECK(n == 1 && c == 'x');
	CHECK(handled >= 5 && wrong == 0);
	puts("handled");
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {
	    {"sigsafe", sigsafe}, {"blocked", blocked}, {NULL, NULL}};

	return client_test_main(argc, argv, tests);
}
