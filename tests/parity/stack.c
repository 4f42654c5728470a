/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads with the smallest stack that there is make calls, on paths of both worlds. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parity.h"

static void
in_thread(void *(*work)(void *))
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	TRY(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN));
	if (pthread_create(&t, &attr, work, NULL) != 0)
		SAY("no thread");
	else
		TRY(pthread_join(t, NULL));
}

static void *
work_on_files(void *arg)
{
	struct stat st;
	DIR *d;
	int fd;

	TRY(mkdir("d", 0755));
	fd = MUST(open("d/f", O_CREAT | O_RDWR, 0644));
	TRY(write(fd, "text", 4));
	TRY(fstat(fd, &st));
	close(fd);
	TRY(stat("d/f", &st));
	TRY(access("d/missing", F_OK));
	TRY(chmod("d/f", 0600));
	TRY(symlink("f", "d/l"));
	TRY(lstat("d/l", &st));
	TRY(chdir("d"));
	TRY(unlink("l"));
	TRY(unlink("f"));
	TRY(chdir(".."));
	d = opendir("d");
	while (readdir(d) != NULL)
		continue;
	TRY(closedir(d));
	TRY(rmdir("d"));
	return arg;
}

static void *
work_on_host(void *arg)
{
	struct stat st;

	TRY(stat("/etc/passwd", &st));
	TRY(access("/etc/passwd", R_OK));
	TRY(stat("/missing", &st));
	TRY(close(MUST(open("/etc/passwd", O_RDONLY))));
	return arg;
}

static void *
work_on_links(void *arg)
{
	struct stat st;

	TRY(stat("absolute", &st));
	TRY(close(MUST(open("absolute", O_RDONLY))));
	return arg;
}

static void *
fork_and_wait(void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(access("missing", F_OK) == 0);
	say_end(pid);
	return arg;
}

static void *
become_true(void *arg)
{
	char *argv[] = {(char *)(uintptr_t) "true", NULL};

	execv("/bin/true", argv);
	SAY("%s", strerrorname_np(errno));
	return arg;
}

TEST(another_program)
{
	pid_t pid = fork();

	if (pid == 0) {
		in_thread(become_true);
		_exit(1);
	}
	say_end(pid);
}

TEST(files)
{
	in_thread(work_on_files);
}

TEST(files_of_the_host)
{
	in_thread(work_on_host);
}

TEST(links_to_the_other_world)
{
	MUST(symlink("/etc/passwd", "absolute"));
	in_thread(work_on_links);
	in_thread(work_on_links);
}

TEST(children)
{
	in_thread(fork_and_wait);
}

int
main(void)
{
	return parity_main();
}
