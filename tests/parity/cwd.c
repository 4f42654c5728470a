/* SPDX-License-Identifier: BSD-2-Clause */
/* The current directory, which is in one kernel or the other. */
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>

#include "parity.h"

static char top[PATH_MAX];

static void
say_where(void)
{
	char buf[PATH_MAX];

	if (getcwd(buf, sizeof buf) == NULL)
		SAY("nowhere: %s", strerrorname_np(errno));
	else if (strncmp(buf, top, strlen(top)) == 0)
		SAY("in TOP%s", buf + strlen(top));
	else
		SAY("in %s", buf);
}

static void
start(void)
{
	MUST(getcwd(top, sizeof top) == NULL ? -1 : 0);
	MUST(mkdir("a", 0755));
	MUST(mkdir("a/b", 0755));
}

TEST(moving)
{
	start();
	TRY(chdir("a"));
	say_where();
	TRY(chdir("b"));
	say_where();
	TRY(chdir(".."));
	say_where();
	TRY(chdir("missing"));
	say_where();
	TRY(chdir("/etc"));
	say_where();
	TRY(access("passwd", F_OK));
	TRY(chdir(top));
	say_where();
	TRY(access("a/b", F_OK));
	TRY(chdir("/"));
	say_where();
	TRY(chdir(""));
}

TEST(by_descriptor)
{
	int here, etc;

	start();
	here = MUST(open(".", O_RDONLY));
	etc = MUST(open("/etc", O_RDONLY));
	TRY(fchdir(etc));
	say_where();
	TRY(fchdir(here));
	say_where();
	TRY(chdir("a/b"));
	TRY(fchdir(here));
	say_where();
	TRY(fchdir(99));
}

TEST(buffers)
{
	char buf[PATH_MAX], *p;

	start();
	SAY("too small %d %s", getcwd(buf, 2) != NULL, strerrorname_np(errno));
	SAY("zero %d %s", getcwd(buf, 0) != NULL, strerrorname_np(errno));
	p = getcwd(NULL, 0);
	SAY("allocated %d", p != NULL && strcmp(p, top) == 0);
	p = getcwd(NULL, 2);
	SAY("allocated too small %d %s", p != NULL, strerrorname_np(errno));
	p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SAY("nowhere %d %s", getcwd(p, 4096) != NULL, strerrorname_np(errno));
	p = get_current_dir_name();
	SAY("name %d", p != NULL && strcmp(p, top) == 0);
}

TEST(removed)
{
	start();
	MUST(chdir("a/b"));
	TRY(rmdir("../b"));
	say_where();
	TRY(access(".", F_OK));
	FD(open("x", O_CREAT | O_RDWR, 0644));
	TRY(mkdir("x", 0755));
	TRY(chdir(".."));
}

TEST(through_links)
{
	start();
	MUST(symlink("a/b", "s"));
	MUST(symlink("/etc", "out"));
	TRY(chdir("s"));
	say_where();
	TRY(chdir("../.."));
	TRY(chdir("out"));
	say_where();
}

TEST(children)
{
	int status;

	start();
	MUST(chdir("a"));
	if (MUST(fork()) == 0) {
		say_where();
		MUST(chdir("b"));
		say_where();
		_exit(0);
	}
	MUST(wait(&status));
	say_where();
	TRY(system("test \"$(basename \"$(pwd)\")\" = a && test -d b"));
	if (MUST(fork()) == 0) {
		execlp("sh", "sh", "-c", "cd b; exec test \"$(basename \"$(pwd)\")\" = b", NULL);
		_exit(1);
	}
	MUST(wait(&status));
	SAY("%d", status);
}

int
main(void)
{
	return parity_main();
}
