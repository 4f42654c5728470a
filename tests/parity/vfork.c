/* SPDX-License-Identifier: BSD-2-Clause */
/* vfork, and clone like it: the memory is one, all else is the child's. */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "parity.h"

static void
say_cwd(void)
{
	char path[PATH_MAX];

	SAY("in %s", strrchr(getcwd(path, sizeof path), '/'));
}

/* How a program learns that exec failed. */
TEST(variable)
{
	volatile int failed = 0;
	struct stat st;
	pid_t pid = vfork();

	if (pid == 0) {
		execlp("no-such-program", "no", NULL);
		failed = errno;
		_exit(111);
	}
	SAY("failed %d", failed);
	say_end(pid);
	TRY(mkdir("d", 0755));
	TRY(stat("d", &st));
}

static volatile int results[9];

static void
change_all(int fd)
{
	struct stat st;

	results[0] = chdir("d");
	results[1] = stat("inside", &st);
	results[2] = mkdir("made", 0777);
	results[3] = close(fd);
	results[4] = fstat(fd, &st);
	results[5] = dup2(1, fd) == fd;
	umask(077);
	results[6] = mkdir("narrow", 0777) == 0 && stat("narrow", &st) == 0 ? (int)st.st_mode : -1;
	results[7] = open("new", O_CREAT | O_RDWR, 0666);
	results[8] = (int)write(results[7], "text", 4);
}

TEST(changes_are_the_childs)
{
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	struct stat st;
	pid_t pid;

	MUST(mkdir("d", 0755));
	MUST(mkdir("d/inside", 0755));
	pid = vfork();
	if (pid == 0) {
		change_all(fd);
		_exit(3);
	}
	say_end(pid);
	for (int i = 0; i < 7; i++)
		SAY("%d: %d", i, results[i]);
	SAY("wrote %d to a new file: %d", results[8], results[7] >= 0);
	say_cwd();
	TRY(write(fd, "mine", 4));
	TRY(fstat(fd, &st));
	TRY(access("d/made", F_OK));
	MUST(mkdir("wide", 0777));
	MUST(stat("wide", &st));
	SAY("mode %o", st.st_mode);
	MUST(stat("d/new", &st));
	SAY("size %d mode %o", (int)st.st_size, st.st_mode);
	TRY(close(fd));
}

TEST(exec_in_another_directory)
{
	pid_t pid;

	MUST(mkdir("d", 0755));
	pid = vfork();
	if (pid == 0) {
		if (chdir("d") == 0)
			execl("/bin/sh", "sh", "-c", "echo made >f; cd ..; test -f d/f", NULL);
		_exit(1);
	}
	say_end(pid);
	say_cwd();
	TRY(access("d/f", F_OK));
}

TEST(killed_in_a_call)
{
	struct stat st;

	for (int i = 0; i < 3; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			(void)stat("/nothing", &st);
			(void)mkdir("d", 0755);
			raise(SIGKILL);
		}
		say_end(pid);
		TRY(rmdir("d"));
	}
}

static _Atomic bool over;

static void *
call_on(void *arg)
{
	char name[20];
	long bad = 0;

	snprintf(name, sizeof name, "dir%d", *(int *)arg);
	while (!over)
		bad += mkdir(name, 0755) != 0 || rmdir(name) != 0;
	return (void *)bad;
}

static void *
vfork_on(void *arg)
{
	char name[20];
	int status;
	volatile long bad = 0;

	snprintf(name, sizeof name, "child%d", *(int *)arg);
	for (int i = 0; i < 20; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			if (mkdir(name, 0755) != 0 || chdir(name) != 0)
				_exit(1);
			execl("/bin/sh", "sh", "-c", "cd .. && rmdir \"$0\"", name, NULL);
			_exit(2);
		}
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
	}
	return (void *)bad;
}

TEST(other_threads_go_on)
{
	int number[6] = {0, 1, 2, 3, 4, 5};
	pthread_t thread[6];
	void *bad;

	over = false;
	for (int i = 0; i < 6; i++)
		MUST(-pthread_create(&thread[i], NULL, i < 3 ? vfork_on : call_on, &number[i]));
	for (int i = 0; i < 6; i++) {
		MUST(-pthread_join(thread[i], &bad));
		SAY("thread %d: %ld failed", i, (long)bad);
		over = i >= 2;
	}
}

TEST(children_of_children)
{
	volatile int inner = -1;
	pid_t pid = vfork(), other;
	int status;

	if (pid == 0) {
		(void)mkdir("outer", 0755);
		other = vfork();
		if (other == 0)
			_exit(chdir("outer") == 0 && mkdir("inner", 0755) == 0 ? 7 : 1);
		inner = waitpid(other, &status, 0) == other ? WEXITSTATUS(status) : -2;
		other = fork();
		if (other == 0)
			_exit(rmdir("outer/inner"));
		if (waitpid(other, &status, 0) != other || status != 0)
			_exit(1);
		_exit(mkdir("after", 0755));
	}
	say_end(pid);
	SAY("inner %d", inner);
	TRY(rmdir("after"));
	TRY(rmdir("outer"));
}

static int
count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int
count_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	int n = 0, c;

	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

TEST(leaves_nothing)
{
	volatile int fds = 0, maps = 0;
	int status;
	struct stat st;

	MUST(mkdir("d", 0755));
	for (int i = 0; i < 60; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			(void)stat("d", &st);
			if (i % 3 != 0)
				execl("/bin/true", "true", NULL);
			_exit(0);
		}
		MUST(waitpid(pid, &status, 0));
		if (i == 10) {
			fds = count_open();
			maps = count_maps();
		}
	}
	SAY("descriptors %d", count_open() - fds);
	SAY("more maps: %d", count_maps() > maps + 2);
}

static char stack[256 << 10] __attribute__((aligned(16)));

static int
child_main(void *arg)
{
	*(int *)arg = chdir("d") == 0 ? mkdir("x", 0755) : -1;
	execl("/bin/sh", "sh", "-c", "exit $(ls | wc -l)", NULL);
	return 9;
}

TEST(clone_like_vfork)
{
	int made = 5;
	pid_t pid;

	MUST(mkdir("d", 0755));
	pid = clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &made);
	SAY("made %d", made);
	say_end(pid);
	say_cwd();
	TRY(access("d/x", F_OK));
}

static int
shares_files(void *arg)
{
	struct stat st;

	*(int *)arg = open("f", O_CREAT | O_RDWR, 0644);
	return stat("f", &st) == 0 ? *(int *)arg : 1;
}

TEST(clone_with_shared_descriptors)
{
	int fd = 5, status;
	struct stat st;
	pid_t pid;

	TRY(mkdir("d", 0755));
	pid = MUST(clone(shares_files, stack + sizeof stack, CLONE_FILES | SIGCHLD, &fd));
	MUST(waitpid(pid, &status, 0));
	SAY("ended %d, ours stayed %d", WIFEXITED(status), fd);
	TRY(stat("d", &st));
	TRY(rmdir("d"));
	fd = WEXITSTATUS(status);
	SAY("writes %zd", write(fd, "text", 4));
	MUST(stat("f", &st));
	SAY("size %d", (int)st.st_size);
	TRY(close(fd));
}

int
main(void)
{
	return parity_main();
}
