/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpclient_exec: the process in the kernel stays, its close-on-exec descriptors do not.
 *
 *	exec once		with one thread
 *	exec threads		while 2 x 63 threads wait in reads of two pipes; ten times
 *	exec fails		of a program that is not there: all is as before
 *	exec after ...		the new image: ROUNDS PID, the numbers of the ends of the two pipes
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "client_test.h"

enum { PER_PIPE = 63, ROUNDS = 10, MAGIC = 37 };

extern char **environ;

static const char *program;
static int closed[2], kept[2]; /* the pipes: one with close-on-exec */
static atomic_int begun;

static void *
block(void *arg)
{
	const int *fds = arg;
	char c;

	begun++;
	rump_sys_read(fds[0], &c, 1);
	dprintf(2, "a thread returned into the old image\n");
	_exit(1);
}

/* How many threads there are, and in *asleep how many of them sleep in the host. */
static int
threads(int *asleep)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *d;
	int n = 0;

	CHECK(dir != NULL);
	*asleep = 0;
	while ((d = readdir(dir)) != NULL) {
		char path[300], state = '?';
		FILE *f;

		if (d->d_name[0] == '.')
			continue;
		n++;
		snprintf(path, sizeof path, "/proc/self/task/%s/stat", d->d_name);
		f = fopen(path, "r");
		CHECK(f != NULL);
		CHECK(fscanf(f, "%*d %*s %c", &state) == 1);
		*asleep += state == 'S';
		fclose(f);
	}
	closedir(dir);
	return n;
}

/* Returns when all of them wait: asleep at two looks in a row. */
static void
block_threads(void)
{
	int looks = 0, asleep;
	pthread_t t;

	begun = 0;
	for (int i = 0; i < PER_PIPE; i++) {
		CHECK(pthread_create(&t, NULL, block, closed) == 0);
		CHECK(pthread_create(&t, NULL, block, kept) == 0);
	}
	while (looks < 2) {
		usleep(5000);
		CHECK(threads(&asleep) >= 2 * PER_PIPE + 1);
		looks = begun == 2 * PER_PIPE && asleep >= 2 * PER_PIPE ? looks + 1 : 0;
	}
}

static void
make_pipes(void)
{
	CHECK(rump_sys_pipe2(closed, O_CLOEXEC) == 0);
	CHECK(rump_sys_pipe2(kept, 0) == 0);
}

static _Noreturn void
do_exec(int rounds)
{
	int numbers[] = {rounds, rump_sys_getpid(), closed[0], closed[1], kept[0], kept[1]};
	char text[6][12];
	char *argv[9] = {strdup(program), strdup("after")};

	for (int i = 0; i < 6; i++) {
		snprintf(text[i], sizeof text[i], "%d", numbers[i]);
		argv[i + 2] = text[i];
	}
	rumpclient_exec(program, argv, environ);
	err(1, "rumpclient_exec");
}

static void
check_pipes(void)
{
	char c = MAGIC;

	for (int i = 0; i < 2; i++)
		CHECK(rump_sys_fcntl(closed[i], F_GETFD) == -1 && errno == EBADF);
	CHECK(rump_sys_read(closed[0], &c, 1) == -1 && errno == EBADF);
	CHECK(rump_sys_write(kept[1], &c, 1) == 1);
	c = 0;
	CHECK(rump_sys_read(kept[0], &c, 1) == 1 && c == MAGIC);
	/* No other thread, of the old image, waits for a byte or holds an end. */
	CHECK(rump_sys_close(kept[1]) == 0);
	CHECK(rump_sys_read(kept[0], &c, 1) == 0);
	CHECK(rump_sys_close(kept[0]) == 0);
}

static void
after(char **argv)
{
	int rounds = atoi(argv[0]), asleep;

	CHECK(rumpclient_init() == 0);
	CHECK(getenv("RUMPCLIENT__EXECFD") == NULL);
	CHECK(client_test_calls((pid_t)atoi(argv[1])));
	closed[0] = atoi(argv[2]);
	closed[1] = atoi(argv[3]);
	kept[0] = atoi(argv[4]);
	kept[1] = atoi(argv[5]);
	check_pipes();
	CHECK(threads(&asleep) == 1);
	if (rounds == 0) {
		puts("the same process");
		return;
	}
	make_pipes();
	block_threads();
	do_exec(rounds - 1);
}

static void
exec_once(void)
{
	CHECK(rumpclient_init() == 0);
	make_pipes();
	do_exec(0);
}

static void
exec_threads(void)
{
	CHECK(rumpclient_init() == 0);
	make_pipes();
	block_threads();
	do_exec(ROUNDS - 1);
}

static void
exec_fails(void)
{
	char *argv[] = {strdup("nothing"), NULL};
	pid_t self;
	char c = MAGIC;

	CHECK(rumpclient_init() == 0);
	self = rump_sys_getpid();
	make_pipes();
	CHECK(rumpclient_exec("/nonexistent/nothing", argv, environ) == -1);
	CHECK(errno == ENOENT);
	CHECK(client_test_calls(self));
	CHECK(rump_sys_write(closed[1], &c, 1) == 1);
	CHECK(getenv("RUMPCLIENT__EXECFD") == NULL);
	puts("as before");
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {
	    {"once", exec_once}, {"threads", exec_threads}, {"fails", exec_fails}, {NULL, NULL}};

	program = argv[0];
	client_test_limit(); /* stays over the exec */
	if (argc == 8 && strcmp(argv[1], "after") == 0) {
		after(argv + 2);
		return 0;
	}
	return client_test_main(argc, argv, tests);
}
