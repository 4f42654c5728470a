/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of an open FIFO is said of the FIFO; directories' descriptors where a file's would
 * do something. */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <utime.h>

#include "parity.h"

static void
say_of(const char *what, const struct stat *st)
{
	SAY("%s: mode %o, owner %u:%u, %ju links", what, st->st_mode, st->st_uid, st->st_gid,
	    (uintmax_t)st->st_nlink);
}

static void
say(const char *path, int fd)
{
	struct stat st, open;

	MUST(fstat(fd, &open));
	say_of("open", &open);
	if (TRY(stat(path, &st)) == 0) {
		say_of(path, &st);
		SAY("same %d", st.st_ino == open.st_ino && st.st_dev == open.st_dev);
	}
}

TEST(fifo_attributes)
{
	struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
	struct statfs fs;
	struct stat st;
	int fd;

	MUST(mkfifo("p", 0640));
	fd = FD(open("p", O_RDWR));
	say("p", fd);
	TRY(fchmod(fd, 0604));
	TRY(chown("p", 12, 34));
	say("p", fd);
	TRY(fchown(fd, 0, 7));
	TRY(futimens(fd, times));
	MUST(stat("p", &st));
	SAY("modified %jd", (intmax_t)st.st_mtime);
	TRY(fstatfs(fd, &fs));
	SAY("type %jx", (uintmax_t)fs.f_type);
	TRY(fsetxattr(fd, "user.one", "v", 1, 0));
	TRY(fsync(fd));
	TRY(ftruncate(fd, 0));
	TRY(fchdir(fd));
	TRY(write(fd, "abc", 3));
	say("p", fd);
	TRY(link("p", "q"));
	say("q", fd);
	TRY(unlink("p"));
	TRY(unlink("q"));
	say("q", fd);
}

TEST(fifo_shared_by_name)
{
	char buf[8] = "";
	int in, out;

	MUST(mkfifo("p", 0600));
	in = FD(open("p", O_RDONLY | O_NONBLOCK));
	TRY(rename("p", "q"));
	MUST(mkfifo("p", 0600));
	TRY(open("p", O_WRONLY | O_NONBLOCK));
	out = FD(open("q", O_WRONLY | O_NONBLOCK | O_APPEND));
	TRY(write(out, "x", 1));
	TRY(read(in, buf, sizeof buf));
	TRY(open("p", O_RDWR | O_DIRECT));
	TRY(fcntl(out, F_GETFL));
	TRY(dup2(in, 9));
	TRY(system("stat -L -c '%a %h %F' /dev/fd/9 | sed 's/^/fifo_shared_by_name: /'"));
}

/* Where a regular file would give something. */
TEST(directory)
{
	FILE *stream;
	int fd, path;

	MUST(mkdir("d", 0755));
	fd = FD(open("d", O_RDONLY));
	path = FD(open("d", O_PATH));
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(lseek(fd, 0, SEEK_HOLE));
	TRY(lseek(fd, 0, 99));
	TRY(syscall(SYS_lseek, fd, 0, SEEK_END));
	TRY(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	SAY("%s", strerrorname_np(errno));
	TRY(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, path, 0) == MAP_FAILED);
	SAY("%s", strerrorname_np(errno));
	TRY(ioctl(fd, FIONREAD, &path));
	TRY(ioctl(FD(open("d", O_PATH)), FIONREAD, &path));
	stream = fopen("d", "r");
	TRY(stream != NULL);
	errno = 0;
	TRY(fgetc(stream));
	SAY("%s, %d", strerrorname_np(errno), ferror(stream) != 0);
	TRY(fclose(stream));
	TRY(fopen("d", "r+") == NULL);
	SAY("%s", strerrorname_np(errno));
}

TEST(times_without_path)
{
	static void *nowhere;
	struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
	int fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	const char *volatile none = NULL;

	nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(utimensat(fd, none, times, 0));
	TRY(syscall(SYS_utimensat, fd, NULL, times, 0));
	TRY(syscall(SYS_utimensat, fd, NULL, times, AT_SYMLINK_NOFOLLOW));
	TRY(syscall(SYS_utimensat, -1, NULL, times, 0));
	TRY(syscall(SYS_utime, "f", nowhere));
	TRY(syscall(SYS_utimes, "f", nowhere));
	TRY(syscall(SYS_futimesat, AT_FDCWD, "f", nowhere));
	TRY(syscall(SYS_utime, nowhere, NULL));
}

TEST(capabilities)
{
	/* VFS_CAP_REVISION_2, effective, CAP_CHOWN. */
	static const unsigned caps[5] = {0x02000001, 1};
	char buf[64];

	FD(open("f", O_CREAT | O_RDWR, 0755));
	TRY(setxattr("f", "security.capability", "x", 1, 0));
	TRY(setxattr("f", "security.capability", caps, sizeof caps - 4, 0));
	TRY(setxattr("f", "security.capability", caps, sizeof caps, 0));
	TRY(getxattr("f", "security.capability", buf, sizeof buf));
	TRY(removexattr("f", "security.capability"));
}

/* Runs "s" of `argv`; returns once it runs, or with the errno of exec. */
static int
start(pid_t *ret_pid)
{
	int fds[2], error = 0;

	MUST(pipe2(fds, O_CLOEXEC));
	*ret_pid = fork();
	if (*ret_pid == 0) {
		execl("./s", "s", "100", NULL);
		error = errno;
		write(fds[1], &error, sizeof error);
		_exit(0);
	}
	close(fds[1]);
	read(fds[0], &error, sizeof error);
	close(fds[0]);
	return error;
}

/* A program that runs cannot be written to, one that is written to cannot be run. */
TEST(running)
{
	pid_t pid;
	int fd, status;

	MUST(system("cp /bin/sleep s && chmod 755 s"));
	SAY("%d", start(&pid));
	TRY(open("s", O_WRONLY));
	TRY(open("s", O_RDWR | O_TRUNC));
	TRY(truncate("s", 0));
	FD(open("s", O_RDONLY));
	TRY(chmod("s", 0700));
	TRY(rename("s", "t"));
	TRY(open("t", O_WRONLY | O_APPEND));
	TRY(unlink("t"));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	MUST(system("cp /bin/sleep s && chmod 755 s"));
	fd = FD(open("s", O_WRONLY));
	SAY("%s", strerrorname_np(start(&pid)));
	waitpid(pid, &status, 0);
	TRY(close(fd));
	SAY("%d", start(&pid));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	FD(open("s", O_WRONLY));
}

int
main(void)
{
	return parity_main();
}
