/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of libc that few programs use, and that must lead to the right kernel all the same. */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pty.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/time.h>

#include "parity.h"

static mode_t
mode_of(const char *path)
{
	struct stat st;

	MUST(lstat(path, &st));
	return st.st_mode;
}

static int
make_file(const char *path)
{
	return MUST(open(path, O_CREAT | O_RDWR, 0644));
}

TEST(creat_truncates)
{
	int fd = MUST(creat("f", 0640));

	TRY(write(fd, "text", 4));
	TRY(read(fd, &fd, 0));
	SAY("%o", mode_of("f"));
	MUST(close(MUST(creat64("f", 0600))));
	SAY("%o", mode_of("f"));
	TRY(truncate("f", 3));
	TRY(creat("missing/f", 0600));
}

TEST(nodes_at)
{
	int dir;

	MUST(mkdir("d", 0755));
	dir = MUST(open("d", O_RDONLY | O_DIRECTORY));
	TRY(mkfifoat(dir, "fifo", 0600));
	SAY("%o", mode_of("d/fifo"));
	TRY(mkfifoat(dir, "fifo", 0600));
	TRY(mknodat(dir, "file", S_IFREG | 0604, 0));
	SAY("%o", mode_of("d/file"));
	TRY(symlinkat("file", dir, "link"));
	TRY(symlinkat("", dir, "empty"));
	TRY(renameat(dir, "link", AT_FDCWD, "moved"));
	SAY("%o", mode_of("moved") & S_IFMT);
	TRY(renameat(dir, "link", dir, "again"));
	TRY(lchmod("moved", 0600));
	TRY(lchmod("d", 0700));
	SAY("%o", mode_of("d"));
}

TEST(by_descriptor)
{
	struct statfs sf;
	int fd = make_file("f");

	TRY(fdatasync(fd));
	TRY(fdatasync(-1));
	TRY(syncfs(fd));
	TRY(syncfs(-1));
	TRY(fstatfs(fd, &sf));
	SAY("block size %s", sf.f_bsize > 0 ? "known" : "unknown");
	TRY(fchown(fd, getuid(), getgid()));
	TRY(fchown(fd, (uid_t)-1, (gid_t)-1));
	TRY(fchown(-1, 0, 0));
}

TEST(times_at)
{
	const struct timeval times[2] = {{.tv_sec = 100}, {.tv_sec = 200, .tv_usec = 5}};
	struct stat st;

	MUST(close(make_file("f")));
	TRY(futimesat(AT_FDCWD, "f", times));
	MUST(stat("f", &st));
	SAY("%jd %jd.%09ld", (intmax_t)st.st_atime, (intmax_t)st.st_mtime, st.st_mtim.tv_nsec);
	TRY(futimesat(AT_FDCWD, "missing", times));
	TRY(euidaccess("f", R_OK));
	TRY(euidaccess("missing", F_OK));
}

TEST(temporary_names)
{
	char a[] = "a.XXXXXX.c", b[] = "b.XXXXXX", bad[] = "short";
	int fd = FD(mkstemps(a, 2));

	SAY("%.2s %s %o", a, a + 8, mode_of(a));
	TRY(write(fd, "x", 1));
	fd = FD(mkostemp(b, O_CLOEXEC));
	SAY("%d", fcntl(fd, F_GETFD) & FD_CLOEXEC);
	FD(mkostemps(a, 2, 0));
	FD(mkstemps(bad, 0));
}

TEST(directory_records)
{
	char buf[4096];
	bool dot = false, file = false;
	int fd;

	MUST(close(make_file("file")));
	fd = MUST(open(".", O_RDONLY | O_DIRECTORY));
	for (ssize_t n, at = 0; (n = getdents64(fd, buf, sizeof buf)) > 0; at = 0) {
		for (; at < n; at += ((struct dirent64 *)(buf + at))->d_reclen) {
			const struct dirent64 *d = (const struct dirent64 *)(buf + at);

			dot |= strcmp(d->d_name, ".") == 0 && d->d_type == DT_DIR;
			file |= strcmp(d->d_name, "file") == 0 && d->d_type == DT_REG;
		}
	}
	SAY("dot %d file %d", dot, file);
	TRY(getdents64(fd, buf, 0));
	fd = MUST(open("file", O_RDONLY));
	TRY(getdents64(fd, buf, sizeof buf));
}

TEST(directory_by_readdir_r)
{
	struct dirent entry, *result;
	DIR *dir;
	int n = 0;

	MUST(close(make_file("a")));
	MUST(close(make_file("b")));
	dir = opendir(".");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	while (readdir_r(dir, &entry, &result) == 0 && result != NULL)
#pragma GCC diagnostic pop
		n++;
	SAY("%d entries", n);
	TRY(closedir(dir));
}

static void
in_child(void (*run)(void))
{
	int status;
	pid_t pid = MUST(fork());

	if (pid == 0) {
		run();
		_exit(99);
	}
	MUST(waitpid(pid, &status, 0));
	SAY("status %d", WEXITSTATUS(status));
}

static char *const cat_argv[] = {(char *)"cat", (char *)"text", NULL};

static void
run_execle(void)
{
	char *const envp[] = {(char *)"LC_ALL=C", NULL};

	execle("/bin/cat", "cat", "/dev/null", (char *)NULL, envp);
}

static void
run_execve(void)
{
	execve("/bin/cat", cat_argv, environ);
}

static void
run_execvpe(void)
{
	execvpe("cat", cat_argv, environ);
}

static void
run_execveat(void)
{
	int dir = MUST(open("/bin", O_RDONLY | O_DIRECTORY));

	execveat(dir, "cat", cat_argv, environ, 0);
}

static void
run_missing(void)
{
	TRY(execve("./missing", cat_argv, environ));
	TRY(execvpe("no-such-program", cat_argv, environ));
	TRY(execveat(AT_FDCWD, "text", cat_argv, environ, 0));
}

TEST(exec_family)
{
	int fd = make_file("text");

	MUST(write(fd, "exec_family: text\n", 18));
	in_child(run_execle);
	in_child(run_execve);
	in_child(run_execvpe);
	in_child(run_execveat);
	in_child(run_missing);
}

static void
leave_a_mark(const char *name)
{
	_exit(mkdir(name, 0755) == 0 ? 3 : 1);
}

TEST(other_forks)
{
	int status, terminal;
	pid_t pid = MUST(_Fork());

	if (pid == 0)
		leave_a_mark("by_Fork");
	TRY(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
	pid = MUST(forkpty(&terminal, NULL, NULL, NULL));
	if (pid == 0)
		leave_a_mark("by_forkpty");
	TRY(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
	TRY(access("by_Fork", F_OK));
	TRY(access("by_forkpty", F_OK));
}

static void
run_daemon(void)
{
	int fd;

	if (daemon(1, 1) != 0)
		_exit(1);
	fd = open("daemon", O_CREAT | O_WRONLY, 0644);
	_exit(fd == -1);
}

TEST(daemon_keeps_the_directory)
{
	int fds[2];
	char c;

	MUST(pipe(fds));
	in_child(run_daemon);
	close(fds[1]);
	/* End of file: the daemon, which has the other end, is gone. */
	TRY(read(fds[0], &c, 1));
	TRY(access("daemon", F_OK));
}

static void
change_ids(void)
{
	const gid_t group = 12;

	TRY(initgroups("root", 0));
	TRY(setgroups(1, &group));
	TRY(setresgid(10, 11, 10));
	TRY(setregid(11, 10));
	TRY(setegid(11));
	TRY(setresuid(20, 21, 20));
	TRY(setreuid(21, 20));
	TRY(seteuid(21));
	SAY("%u %u %u %u", getuid(), geteuid(), getgid(), getegid());
	TRY(setuid(0));
	TRY(setgid(0));
	TRY(setgroups(0, NULL));
	_exit(0);
}

TEST(changed_identity)
{
	if (getuid() == 0)
		in_child(change_ids);
}

TEST(watching)
{
	int fd = MUST(inotify_init1(IN_NONBLOCK));

	TRY(inotify_add_watch(fd, "missing", IN_CREATE));
	TRY(inotify_add_watch(-1, ".", IN_CREATE));
}

TEST(old_status_calls)
{
	extern int __fxstat(int, int, struct stat *), __lxstat(int, const char *, struct stat *),
	    __fxstatat(int, int, const char *, struct stat *, int);
	struct stat st;
	int fd = make_file("f");

	MUST(write(fd, "12345", 5));
	MUST(symlink("f", "link"));
	TRY(__fxstat(1, fd, &st));
	SAY("%jd", (intmax_t)st.st_size);
	TRY(__lxstat(1, "link", &st));
	SAY("%jd", (intmax_t)st.st_size);
	TRY(__fxstatat(1, AT_FDCWD, "link", &st, 0));
	SAY("%jd", (intmax_t)st.st_size);
	TRY(__lxstat(1, "missing", &st));
}

int
main(void)
{
	return parity_main();
}
