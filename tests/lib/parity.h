/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A parity program: run twice by tests/parity/run, once on the host and once under rumphijack, and
 * both must print the same lines.  So the host kernel itself says what is right.
 *
 *	TEST(rename_over_open_file)
 *	{
 *		int fd = FD(open("a", O_CREAT | O_RDWR, 0644));      a: open("a", ...) = fd
 *
 *		TRY(rename("missing", "b"));                         a: rename(...) = -1 ENOENT
 *		SAY("size %jd", (intmax_t)size_of(fd));
 *	}
 *
 *	int main(void) { return parity_main(); }
 *
 * Each test runs in a child process of its own, in a fresh empty directory below PARITY_DIR, which
 * is its current directory.  PARITY_TEST=NAME runs that one alone.  Print nothing that two runs on
 * one kernel would print differently: numbers of inodes and processes, times, the directory's own
 * path.
 */
#ifndef TESTS_PARITY_H
#define TESTS_PARITY_H

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct parity_test {
	const char *name;
	void (*run)(void);
	struct parity_test *next;
};

static struct parity_test *parity_first, **parity_last = &parity_first;
static const char *parity_name = "?";

#define TEST(test)                                                                                 \
	static void test_##test(void);                                                             \
	__attribute__((constructor)) static void add_##test(void)                                  \
	{                                                                                          \
		static struct parity_test t = {#test, test_##test, NULL};                          \
                                                                                                   \
		*parity_last = &t;                                                                 \
		parity_last = &t.next;                                                             \
	}                                                                                          \
	static void test_##test(void)

/* One line: the test's name and what it saw.  Unbuffered, so that children's lines stay in order.
 */
__attribute__((format(printf, 1, 2))) static inline void
parity_say(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int head, n;

	head = snprintf(line, sizeof line, "%s: ", parity_name);
	va_start(ap, fmt);
	n = head + vsnprintf(line + head, sizeof line - (size_t)head - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof line - 2)
		n = (int)sizeof line - 2;
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(111);
}

#define SAY(...) parity_say(__VA_ARGS__)

/* Says "-1 ENOENT" for a failure, the value or (for descriptors and pointers) a word otherwise. */
static inline intmax_t
parity_result(const char *call, intmax_t value, const char *word)
{
	int error = errno;

	if (value == -1)
		parity_say("%s = -1 %s", call, strerrorname_np(error));
	else if (word != NULL)
		parity_say("%s = %s", call, word);
	else
		parity_say("%s = %jd", call, value);
	errno = error;
	return value;
}

/* TRY: a call whose number is worth comparing.  FD: one whose number is not.  Both give it back. */
#define TRY(call) (errno = 0, parity_result(#call, (intmax_t)(call), NULL))
#define FD(call)  ((int)(errno = 0, parity_result(#call, (intmax_t)(call), "fd")))

static inline intmax_t
parity_must(const char *call, intmax_t value)
{
	if (value == -1) {
		parity_say("%s failed: %s", call, strerrorname_np(errno));
		_exit(1);
	}
	return value;
}

/* Preparation that cannot fail in a sound run: ends the test with a line if it does. */
#define MUST(call) parity_must(#call, (intmax_t)(call))

/* Waits for a child, and says how it ended. */
static inline void
say_end(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0));
	if (WIFEXITED(status))
		SAY("child: exit %d", WEXITSTATUS(status));
	else
		SAY("child: signal %d", WTERMSIG(status));
}

/* A hijacked program looks names up by itself after some calls. */
static inline void
parity_warm_up(void)
{
	struct stat st;

	for (int i = 0; i < 20; i++)
		stat(".", &st);
}

static inline void
parity_child(const struct parity_test *t, const char *dir)
{
	if (mkdir(t->name, 0755) != 0 || chdir(t->name) != 0)
		err(111, "%s/%s", dir, t->name);
	if (getenv("PARITY_WARM") != NULL)
		parity_warm_up();
	alarm(30); /* a test that hangs ends with a line about SIGALRM */
	t->run();
	exit(0);
}

static inline void
parity_run(const struct parity_test *t, const char *dir)
{
	int status;
	pid_t pid;

	parity_name = t->name;
	pid = fork();
	if (pid == -1)
		err(111, "fork");
	if (pid == 0)
		parity_child(t, dir);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		parity_say("killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	else
		parity_say("exit %d", WEXITSTATUS(status));
}

static inline int
parity_main(void)
{
	const char *dir = getenv("PARITY_DIR"), *only = getenv("PARITY_TEST");

	umask(022);
	setvbuf(stdout, NULL, _IONBF, 0);
	if (dir == NULL || chdir(dir) != 0)
		err(100, "PARITY_DIR=%s", dir == NULL ? "" : dir);
	for (const struct parity_test *t = parity_first; t != NULL; t = t->next)
		if (only == NULL || strcmp(only, t->name) == 0)
			parity_run(t, dir);
	return 0;
}

#endif
