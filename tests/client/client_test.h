/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test of librumpclient: a program of its own, run by tests/bats/510-client.bats with a server in
 * RUMP_SERVER.  Each sub-command is one test; it prints one line and exits with 0, or says what is
 * wrong and exits with 1.
 */
#ifndef TESTS_CLIENT_TEST_H
#define TESTS_CLIENT_TEST_H

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rump/rump_syscalls.h>
#include <rump/rumpclient.h>

#define CLIENT_HOSTNAME "rump" /* of a kernel that nobody renamed */

/* Ends the program unless the condition holds; shows errno, which may be of an earlier call. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			err(1, "%s:%d: %s", __FILE__, __LINE__, #condition);                       \
	} while (0)

struct client_test {
	const char *name;
	void (*run)(void);
};

/* Runs the test that the first argument names; returns what main does. */
static inline int
client_test_main(int argc, char **argv, const struct client_test *tests)
{
	for (; tests->name != NULL; tests++) {
		if (argc == 2 && strcmp(argv[1], tests->name) == 0) {
			tests->run();
			return 0;
		}
	}
	fprintf(stderr, "%s: no such test\n", argc > 1 ? argv[1] : argv[0]);
	return 100;
}

/* Ends the program if it hangs: after RUMP_TIMEOUT seconds (sanitizers are slow), or 20. */
static inline void
client_test_limit(void)
{
	const char *seconds = getenv("RUMP_TIMEOUT");

	alarm(seconds == NULL ? 20 : (unsigned)atoi(seconds));
}

/* Does the kernel answer, rightly?  Async-signal-safe. */
static inline int
client_test_calls(pid_t self)
{
	struct utsname u;

	return rump_sys_getpid() == self && rump_sys_uname(&u) == 0 &&
	       strcmp(u.nodename, CLIENT_HOSTNAME) == 0;
}

/* The child ended by exit(0). */
static inline void
client_test_reap(pid_t child)
{
	int status;

	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
}

#endif
