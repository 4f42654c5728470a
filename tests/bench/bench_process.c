/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes by plain POSIX calls: the same program runs on the host and hijacked.
 *
 *	PREFIX=dir bench_process fork | exec | spawn | shell | script
 *
 * Prints microseconds for one.  The current directory is PREFIX, and has been looked at: hijacked,
 * the program is a process of the rump kernel.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
await(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(111, "a child failed");
}

static void
fork_once(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	await(pid);
}

static void
exec_once(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	await(pid);
}

static void
spawn(const char *program, const char *option, const char *argument)
{
	char *argv[] = {
	    (char *)(size_t)program, (char *)(size_t)option, (char *)(size_t)argument, NULL};
	pid_t pid;

	if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0)
		err(111, "%s", program);
	await(pid);
}

static void
spawn_once(void)
{
	spawn("/bin/true", NULL, NULL);
}

static void
shell_once(void)
{
	spawn("/bin/sh", "-c", ":");
}

/* 500 commands, each a process of its own, with output to a file. */
static void
script_once(void)
{
	spawn("/bin/sh", "-c",
	    "i=0; while [ $i -lt 500 ]; do /bin/echo $i; i=$((i + 1)); done >script.out");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*once)(void);
		int rounds;
	} benches[] = {
	    {"fork", fork_once, 1000},
	    {"exec", exec_once, 200},
	    {"spawn", spawn_once, 200},
	    {"shell", shell_once, 200},
	    {"script", script_once, 1},
	};
	const char *prefix = getenv("PREFIX");
	struct stat st;

	if (chdir(prefix == NULL ? "/dev/shm" : prefix) != 0 || stat(".", &st) != 0)
		err(111, "%s", prefix);
	for (size_t i = 0; argc == 2 && i < sizeof benches / sizeof benches[0]; i++) {
		double start = now_us();

		if (strcmp(argv[1], benches[i].name) != 0)
			continue;
		for (int n = 0; n < benches[i].rounds; n++)
			benches[i].once();
		printf("%.3f\n", (now_us() - start) / benches[i].rounds);
		return 0;
	}
	errx(100, "usage: bench_process fork | exec | spawn | shell | script");
}
