/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are programs: what may be done to one that runs, and what may run that is written. */
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "parity.h"

static void
copy(const char *from, const char *to)
{
	int in = MUST(open(from, O_RDONLY));
	int out = MUST(open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755));

	while (sendfile(out, in, NULL, 1 << 20) > 0)
		;
	close(in);
	close(out);
}

/* Runs ./prog, a cat: it has begun once it has passed on a byte.  Ends when `*in` is closed. */
static pid_t
start(int *in)
{
	int to[2], from[2];
	char c;
	pid_t pid;

	MUST(pipe2(to, O_CLOEXEC));
	MUST(pipe2(from, O_CLOEXEC));
	pid = MUST(fork());
	if (pid == 0) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		execl("./prog", "prog", (char *)NULL);
		_exit(100);
	}
	close(to[0]);
	close(from[1]);
	MUST(write(to[1], "x", 1));
	MUST(read(from[0], &c, 1));
	close(from[0]);
	*in = to[1];
	return pid;
}

static void
end(pid_t pid, int in)
{
	int status;

	close(in);
	MUST(waitpid(pid, &status, 0));
	SAY("ended with %d", status);
}

static int
opened(int flags)
{
	int fd = open("prog", flags, 0755);

	return fd == -1 ? -1 : close(fd);
}

static void
try_all(void)
{
	TRY(opened(O_RDONLY));
	TRY(opened(O_WRONLY));
	TRY(opened(O_RDWR));
	TRY(opened(O_RDONLY | O_TRUNC));
	TRY(opened(O_WRONLY | O_APPEND | O_CREAT));
	TRY(opened(O_PATH));
	TRY(truncate("prog", 10));
	TRY(access("prog", W_OK));
	TRY(chmod("prog", 0711));
	TRY(utimensat(AT_FDCWD, "prog", NULL, 0));
}

TEST(running)
{
	int in;
	pid_t pid;

	copy("/bin/cat", "prog");
	try_all();
	copy("/bin/cat", "prog");
	pid = start(&in);
	try_all();
	TRY(rename("prog", "prog2"));
	TRY(link("prog2", "prog"));
	TRY(opened(O_WRONLY));
	TRY(unlink("prog2"));
	end(pid, in);
	TRY(opened(O_RDWR));
	pid = start(&in);
	TRY(unlink("prog"));
	TRY(opened(O_WRONLY));
	end(pid, in);
}

static int
run(void)
{
	char *const argv[] = {(char[]){"prog"}, (char[]){"/dev/null"}, NULL};
	pid_t pid;
	int status, error = posix_spawn(&pid, "./prog", NULL, NULL, argv, environ);

	if (error != 0) {
		errno = error;
		return -1;
	}
	waitpid(pid, &status, 0);
	return status;
}

TEST(being_written)
{
	int fd, other;
	void *p;

	copy("/bin/cat", "prog");
	TRY(run());
	fd = MUST(open("prog", O_RDWR));
	TRY(run());
	other = MUST(open("prog", O_RDONLY));
	close(fd);
	TRY(run());
	fd = MUST(open("prog", O_RDWR));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	TRY(run());
	munmap(p, 4096);
	TRY(run());
	close(other);
}

/* As a compiler would, again and again: nothing is in the way of a program just written. */
TEST(just_written)
{
	int wrong = 0;

	for (int i = 0; i < 20; i++) {
		unlink("prog");
		copy("/bin/true", "prog");
		wrong += run() != 0;
	}
	SAY("%d wrong", wrong);
}

TEST(with_arguments_nowhere)
{
	char *bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *args[] = {bad, NULL}, *none[] = {NULL};

	copy("/bin/true", "prog");
	TRY(execve("prog", (char **)bad, none));
	TRY(execve("prog", args, none));
	TRY(execve("prog", none, (char **)bad));
	TRY(execve("prog", none, args));
	TRY(execve("/bin/true", none, args));
	TRY(execve("missing", (char **)bad, (char **)bad));
}

TEST(of_all_kinds)
{
	copy("/bin/cat", "prog");
	TRY(chmod("prog", 0644));
	TRY(run());
	TRY(chmod("prog", 04755));
	TRY(run());
	TRY(truncate("prog", 0));
	TRY(run());
	TRY(truncate("prog", 100));
	TRY(run());
	copy("/bin/cat", "prog");
	TRY(truncate("prog", 5000));
	TRY(run() != 0);
	TRY(unlink("prog"));
	TRY(mkdir("prog", 0755));
	TRY(run());
	TRY(rmdir("prog"));
	TRY(mkfifo("prog", 0755));
	TRY(run());
}

int
main(void)
{
	return parity_main();
}
