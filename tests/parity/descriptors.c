/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors of processes that close, limit, steal and hand on as many as they can. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "parity.h"

static void
put(const char *path, const char *text, mode_t mode)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));

	MUST(write(fd, text, strlen(text)));
	MUST(close(fd));
}

static void
say_child(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0));
	SAY("child: exit %d signal %d", WEXITSTATUS(status),
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void
say_content(const char *path)
{
	char text[100] = "";
	int fd = MUST(open(path, O_RDONLY));

	MUST(read(fd, text, sizeof text - 1));
	SAY("%s: %s", path, text);
	MUST(close(fd));
}

TEST(range_flags)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	for (int to = 20; to < 30; to++)
		MUST(dup2(fd, to));
	TRY(close_range(20, 24, 0));
	TRY(close_range(25, 27, CLOSE_RANGE_CLOEXEC));
	TRY(close_range(28, 28, CLOSE_RANGE_UNSHARE));
	TRY(close_range(9, 3, 0));
	TRY(close_range(3, 9, 0x80));
	for (int to = 20; to < 30; to++)
		SAY("%d: %d", to, fcntl(to, F_GETFD));
	TRY(close_range(3, ~0u, CLOSE_RANGE_CLOEXEC));
	TRY(access("f", F_OK));
	TRY(close_range(3, ~0u, CLOSE_RANGE_UNSHARE));
	TRY(access("f", F_OK));
	TRY(open("f", O_RDONLY));
}

static void *
unsharing(void *arg)
{
	(void)arg;
	TRY(close_range(3, ~0u, CLOSE_RANGE_UNSHARE));
	TRY(access("f", F_OK));
	TRY(fcntl(20, F_GETFD));
	return NULL;
}

TEST(unshared_by_a_thread)
{
	pthread_t t;

	put("f", "x", 0644);
	MUST(dup2(0, 20));
	pthread_create(&t, NULL, unsharing, NULL);
	pthread_join(t, NULL);
	TRY(fcntl(20, F_GETFD));
	TRY(access("f", F_OK));
	TRY(mkdir("d", 0755));
}

TEST(few_descriptors)
{
	struct rlimit r = {64, 64};
	DIR *dir;
	int n = 0;

	put("f", "x", 0644);
	MUST(setrlimit(RLIMIT_NOFILE, &r));
	TRY(access("f", F_OK));
	while (n < 40 && open("f", O_RDONLY) >= 0)
		n++;
	SAY("opened %d", n);
	if (MUST(fork()) == 0) {
		TRY(mkdir("d", 0755));
		execl("/bin/sh", "sh", "-c", "echo y >g; ls >list; cat list >>g", NULL);
		_exit(1);
	}
	MUST(wait(NULL));
	say_content("g");
	dir = opendir(".");
	SAY("directory %d", dir != NULL);
	while (n < 100 && open("f", O_RDONLY) >= 0)
		n++;
	TRY(open("f", O_RDONLY));
	TRY(open("new", O_WRONLY | O_CREAT, 0644));
	TRY(openat(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY));
	TRY(dup(0));
	TRY(access("f", F_OK));
	TRY(unlink("f"));
	TRY(close(10));
	TRY(open("g", O_RDONLY));
}

TEST(limited_before_the_first_call)
{
	struct rlimit r = {16, 16};

	if (MUST(fork()) == 0) {
		MUST(setrlimit(RLIMIT_NOFILE, &r));
		execl("/bin/sh", "sh", "-c", "echo y >g; exec 9<g; cat <&9", NULL);
		_exit(1);
	}
	MUST(wait(NULL));
	say_content("g");
}

TEST(many_descriptors)
{
	struct rlimit r;
	int bad = 0, fd;

	put("f", "text", 0644);
	MUST(getrlimit(RLIMIT_NOFILE, &r));
	r.rlim_cur = 100000;
	if (r.rlim_max < r.rlim_cur)
		r.rlim_max = r.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &r) != 0) {
		SAY("no more than that");
		return;
	}
	for (int i = 0; i < 3000; i++)
		bad += open("f", O_RDONLY) < 0;
	SAY("failed %d", bad);
	fd = MUST(open("f", O_RDWR));
	TRY(dup2(fd, 99999));
	TRY(fcntl(fd, F_DUPFD, 90000));
	TRY(fcntl(fd, F_DUPFD_CLOEXEC, 99999));
	TRY(write(99999, "T", 1));
	TRY(fork() == 0 ? (execl("/bin/sh", "sh", "-c", "cat /proc/self/fd/90000 >g", NULL), -1)
			: 0);
	MUST(wait(NULL));
	say_content("g");
}

TEST(stolen)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), pidfd, got, ready[2];
	struct stat a, b;
	char c;
	pid_t pid;

	MUST(write(fd, "stolen", 6));
	MUST(pipe(ready));
	pid = MUST(fork());
	if (pid == 0) {
		MUST(dup2(fd, 17));
		MUST(write(ready[1], "x", 1));
		pause();
	}
	MUST(read(ready[0], &c, 1));
	MUST(close(fd));
	pidfd = MUST(syscall(SYS_pidfd_open, pid, 0));
	got = MUST(syscall(SYS_pidfd_getfd, pidfd, 17, 0));
	MUST(kill(pid, SIGKILL));
	MUST(waitpid(pid, NULL, 0));
	TRY(lseek(got, 0, SEEK_CUR));
	MUST(fstat(got, &a));
	MUST(stat("f", &b));
	SAY("the same %d", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	TRY(fchmod(got, 0600));
	MUST(stat("f", &b));
	SAY("mode %o", b.st_mode & 07777);
	TRY(syscall(SYS_pidfd_getfd, pidfd, 17, 0));
}

/* Open files do not need the environment, nor the library. */
TEST(emptied_environment)
{
	char *argv[] = {(char *)"cat", NULL}, *envp[] = {NULL};
	int in, out = MUST(open("out", O_RDWR | O_CREAT, 0644));
	pid_t pid;

	put("in", "through", 0644);
	in = MUST(open("in", O_RDONLY));
	pid = MUST(fork());
	if (pid == 0) {
		MUST(dup2(in, 0));
		MUST(dup2(out, 1));
		execve("/bin/cat", argv, envp);
		_exit(1);
	}
	say_child(pid);
	say_content("out");
}

/* Between fork and exec everything is closed and moved about. */
TEST(closed_before_exec)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	pid_t pid = MUST(fork());

	if (pid == 0) {
		for (int to = 5; to < 1100; to++)
			dup2(fd, to);
		closefrom(3);
		MUST(open("g", O_WRONLY | O_CREAT, 0644));
		execl("/bin/sh", "sh", "-c", "echo three >&3; mkdir d; cd d; cat ../g >h; exit 9",
		    NULL);
		_exit(1);
	}
	say_child(pid);
	say_content("g");
	say_content("d/h");
}

TEST(shared_offsets)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT | O_APPEND, 0644)), flags;
	pid_t pid = MUST(fork());

	if (pid == 0) {
		MUST(write(fd, "child ", 6));
		MUST(fcntl(fd, F_SETFL, O_NONBLOCK));
		_exit(0);
	}
	say_child(pid);
	TRY(lseek(fd, 0, SEEK_CUR));
	flags = MUST(fcntl(fd, F_GETFL));
	SAY("flags %o", flags & (O_APPEND | O_NONBLOCK | O_ACCMODE));
	MUST(lseek(fd, 2, SEEK_SET));
	TRY(fcntl(dup(fd), F_SETFL, O_APPEND));
	MUST(write(fd, "parent", 6));
	say_content("f");
}

/* What is not open for the program is not, whatever it asks. */
TEST(not_there)
{
	struct stat st;
	int odd = 0;

	put("f", "x", 0644);
	TRY(access("f", F_OK));
	for (int fd = 100; fd < 1100; fd++)
		odd += fstat(fd, &st) == 0 || fcntl(fd, F_GETFL) >= 0 || dup(fd) >= 0 ||
		       close(fd) == 0;
	SAY("open %d", odd);
}

static int
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (dir == NULL)
		return -1;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

TEST(listed)
{
	char path[64];

	put("f", "x", 0644);
	TRY(access("f", F_OK));
	closefrom(3);
	TRY(count_entries("/proc/self/fd"));
	TRY(count_entries("/dev/fd"));
	TRY(count_entries("/proc/self/fdinfo"));
	snprintf(path, sizeof path, "/proc/%d/task/%d/fd", getpid(), getpid());
	TRY(count_entries(path));
	MUST(mkdir("d", 0755));
	for (int i = 900; i < 1100; i++) {
		sprintf(path, "d/%d", i);
		put(path, "", 0644);
	}
	TRY(count_entries("d"));
	TRY(system("ls /proc/self/fd | wc -l >count"));
	say_content("count");
}

int
main(void)
{
	return parity_main();
}
