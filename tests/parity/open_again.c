/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same names opened again and again: a hijacked program's first opens go another way than the
 * later ones, and all must be alike.
 */
#include "parity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is there to see of a descriptor. */
static void
show(int fd)
{
	struct stat st;

	if (fd < 0) {
		TRY(fd);
		return;
	}
	fstat(fd, &st);
	printf("type %o size %ld flags %o cloexec %d position %ld\n", st.st_mode & S_IFMT,
	    S_ISDIR(st.st_mode) ? 0L : (long)st.st_size, fcntl(fd, F_GETFL) & ~O_DIRECTORY,
	    fcntl(fd, F_GETFD), (long)lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static void
make(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	TRY(write(fd, text, strlen(text)));
	close(fd);
}

TEST(all_flags)
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_APPEND,
	    O_RDONLY | O_NONBLOCK, O_RDONLY | O_CLOEXEC, O_RDWR | O_CREAT,
	    O_RDWR | O_CREAT | O_EXCL, O_RDONLY | O_DIRECTORY, O_RDONLY | O_NOFOLLOW,
	    O_WRONLY | O_SYNC, O_RDWR | O_TRUNC, O_RDONLY | O_CREAT | O_TRUNC};

	make("f", "some text");
	TRY(mkdir("d", 0755));
	TRY(symlink("f", "l"));
	TRY(mkfifo("p", 0644));
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
			printf("%d %zu\n", round, i);
			show(open("f", flags[i], 0600));
			show(open("d", flags[i], 0600));
			show(open("l", flags[i], 0600));
			show(open("missing/f", flags[i], 0600));
			show(open("p", flags[i] | O_NONBLOCK, 0600));
			make("f", "some text");
		}
	}
}

TEST(created)
{
	char name[] = "new0";

	make("warm", "");
	for (int i = 0; i < 5; i++, name[3]++) {
		int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0400);

		TRY(write(fd, "abc", 3));
		show(fd);
		show(open(name, O_CREAT | O_EXCL | O_WRONLY, 0400));
		show(open(name, O_RDONLY));
	}
}

TEST(lowest_number)
{
	make("f", "");
	for (int i = 0; i < 6; i++) {
		int a = open("f", O_RDONLY), b = open("f", O_RDONLY), c;

		close(a);
		c = open("f", O_RDONLY);
		printf("%d\n", a == c && b == a + 1);
		close(b);
		close(c);
	}
}

/* Somebody removes and makes the file all the time: it is there, whole, or it is not. */
TEST(while_it_comes_and_goes)
{
	int bad = 0;
	pid_t pid;

	make("f", "text");
	pid = fork();
	if (pid == 0) {
		for (;;) {
			int fd = open("t", O_CREAT | O_WRONLY, 0644);

			if (write(fd, "text", 4) != 4)
				_exit(1);
			close(fd);
			rename("t", "f");
			unlink("f");
		}
	}
	for (int i = 0; i < 2000; i++) {
		char buf[8];
		int fd = open("f", O_RDONLY);

		if (fd >= 0 ? read(fd, buf, sizeof buf) != 4 : errno != ENOENT)
			bad++;
		if (fd >= 0)
			close(fd);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("%d\n", bad);
}

int
main(void)
{
	return parity_main();
}
