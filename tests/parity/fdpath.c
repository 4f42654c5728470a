/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths that lead through a descriptor: /dev/fd/N, /proc/self/fd/N, /dev/stdin. */
#include <fcntl.h>
#include <limits.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "parity.h"

static char cwd[PATH_MAX];

/* The path of fd's link with the rest, in memory of its own. */
static const char *
by(const char *dir, int fd, const char *rest)
{
	char *path;

	return asprintf(&path, "%s/%d%s", dir, fd, rest) < 0 ? "" : path;
}

static const char *
link_of(int fd)
{
	return by("/proc/self/fd", fd, "");
}

/* A file with content, open for reading and writing. */
static int
make(const char *name)
{
	int fd = (int)MUST(open(name, O_CREAT | O_RDWR | O_TRUNC, 0644));

	MUST(write(fd, "content", 7));
	MUST(lseek(fd, 2, SEEK_SET));
	return fd;
}

/* What the link shows, without the test's own directory. */
static void
say_link(const char *what, int fd)
{
	char text[PATH_MAX];
	ssize_t n = readlink(link_of(fd), text, sizeof text - 1);
	size_t dir = strlen(cwd);

	text[n < 0 ? 0 : n] = '\0';
	SAY("%s: %zd %s", what, n - (ssize_t)dir, strncmp(text, cwd, dir) == 0 ? text + dir : text);
}

static void
start(void)
{
	if (getcwd(cwd, sizeof cwd) == NULL)
		_exit(1);
}

TEST(shows_the_name)
{
	char short_text[4] = "";
	int fd, dir;

	start();
	fd = make("a");
	MUST(mkdir("d", 0755));
	dir = (int)MUST(open("d", O_RDONLY));
	say_link("file", fd);
	say_link("directory", dir);
	say_link("dup", (int)MUST(dup(fd)));
	say_link("O_PATH", (int)MUST(open("d", O_PATH)));
	MUST(link("a", "b"));
	say_link("linked", fd);
	MUST(rename("a", "d/c"));
	say_link("moved", fd);
	MUST(rename("d", "e"));
	say_link("directory moved", fd);
	say_link("itself", dir);
	TRY(readlink(link_of(fd), short_text, 3));
	SAY("cut: %.1s", short_text);
	TRY(syscall(SYS_readlink, link_of(fd), short_text, 2));
}

static void
say_deleted(const char *what, int fd)
{
	char text[PATH_MAX];
	ssize_t n = MUST(readlink(link_of(fd), text, sizeof text - 1));

	text[n] = '\0';
	SAY("%s: %s", what, strstr(text, " (deleted)") != NULL ? "deleted" : text);
}

TEST(shows_that_it_has_none)
{
	int fd = make("a");

	MUST(unlink("a"));
	say_deleted("unlinked", fd);
	say_deleted("nameless", (int)MUST(open(".", O_TMPFILE | O_RDWR, 0600)));
	MUST(mkdir("d", 0755));
	fd = (int)MUST(open("d", O_RDONLY));
	MUST(rmdir("d"));
	say_deleted("directory", fd);
}

TEST(opens_anew)
{
	char buf[16] = "";
	int fd, other;

	fd = make("a");
	other = FD(open(link_of(fd), O_RDONLY));
	TRY(read(other, buf, sizeof buf));
	SAY("%s", buf);
	TRY(write(other, "x", 1));
	other = FD(open(by("/dev/fd", fd, ""), O_WRONLY | O_CREAT | O_APPEND, 0600));
	TRY(write(other, "more", 4));
	TRY(open(link_of(fd), O_RDWR | O_CREAT | O_EXCL, 0600));
	TRY(open(link_of(fd), O_RDONLY | O_NOFOLLOW));
	TRY(open(link_of(fd), O_RDONLY | O_DIRECTORY));
	TRY(open(by("/dev/fd", fd, "/"), O_RDONLY));
	TRY(open(by("/dev/fd", fd, "/x"), O_RDONLY));
	TRY(open(link_of(99), O_RDONLY));
	MUST(unlink("a"));
	other = FD(open(link_of(fd), O_RDWR | O_TRUNC));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(pwrite(other, "new", 3, 0));
	TRY(pread(fd, buf, sizeof buf, 0));
}

TEST(standard_streams)
{
	char buf[16] = "";
	int fd = make("a");

	MUST(dup2(fd, STDIN_FILENO));
	fd = FD(open("/dev/stdin", O_RDONLY));
	TRY(read(fd, buf, sizeof buf));
	SAY("%s", buf);
	FILE *f = fopen("/dev/stdin", "r");
	SAY("fopen %c", f == NULL ? '?' : fgetc(f));
	TRY(truncate("/dev/stdin", 3));
	TRY(lseek(fd, 0, SEEK_END));
}

TEST(attributes)
{
	struct stat st;
	struct statvfs fs;
	char value[8];
	int fd = make("a");
	const char *path = link_of(fd);
	struct timespec times[2] = {{1000, 0}, {2000, 0}};

	TRY(stat(path, &st));
	SAY("%o %jd", st.st_mode, (intmax_t)st.st_size);
	TRY(lstat(path, &st));
	SAY("%o", st.st_mode & S_IFMT);
	TRY(fstatat(-1, path, &st, 0));
	TRY(chmod(path, 0640));
	TRY(truncate(path, 5));
	TRY(utimensat(AT_FDCWD, path, times, 0));
	TRY(stat("a", &st));
	SAY("%o %jd %jd", st.st_mode, (intmax_t)st.st_size, (intmax_t)st.st_mtime);
	TRY(access(path, R_OK));
	TRY(statvfs(path, &fs));
	TRY(setxattr(path, "user.x", "1", 1, 0));
	TRY(getxattr("a", "user.x", value, sizeof value));
	TRY(lgetxattr(path, "user.x", value, sizeof value));
	TRY(unlink(path));
	TRY(rmdir(path));
	TRY(mkdir(path, 0755));
	TRY(symlink("x", path));
	TRY(rename(path, "b"));
}

TEST(gives_a_name)
{
	struct stat st;
	int fd = FD(open(".", O_TMPFILE | O_RDWR, 0600));

	TRY(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	TRY(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	TRY(link(link_of(fd), "other"));
	TRY(fstat(fd, &st));
	SAY("links %ju", (uintmax_t)st.st_nlink);
}

TEST(leads_on_from_a_directory)
{
	char here[PATH_MAX];
	struct stat st;
	int dir;

	start();
	MUST(mkdir("d", 0755));
	MUST(mkdir("d/sub", 0755));
	close(make("d/f"));
	dir = (int)MUST(open("d", O_RDONLY | O_DIRECTORY));
	TRY(stat(by("/dev/fd", dir, "/f"), &st));
	TRY(stat(by("/proc/self/fd", dir, "//sub/../f"), &st));
	TRY(lstat(by("/proc/self/fd", dir, "/"), &st));
	SAY("%o", st.st_mode & S_IFMT);
	TRY(stat(by("/proc/thread-self/fd", dir, "/missing"), &st));
	TRY(stat(by("//proc/./self//fd", dir, "/f"), &st));
	TRY(truncate(by("/dev/fd", dir, "/f"), 1));
	TRY(rename(by("/dev/fd", dir, "/f"), by("/dev/fd", dir, "/sub/g")));
	TRY(symlink("g", by("/dev/fd", dir, "/sub/l")));
	TRY(mkdir(by("/dev/fd", dir, "/"), 0755));
	TRY(chdir(by("/dev/fd", dir, "/sub")));
	SAY("%s", getcwd(here, sizeof here) == NULL ? "?" : here + strlen(cwd));
	TRY(open("../../d/sub/l", O_RDONLY) < 0);
	TRY(chdir(by("/dev/fd", dir, "")));
	SAY("%s", getcwd(here, sizeof here) == NULL ? "?" : here + strlen(cwd));
	SAY("%s", realpath(by("/dev/fd", dir, "/sub/l"), here) == NULL ? "?" : here + strlen(cwd));
}

TEST(current_directory)
{
	char text[PATH_MAX];
	struct stat st;
	ssize_t n;

	start();
	MUST(mkdir("d", 0755));
	MUST(chdir("d"));
	close(make("f"));
	n = readlink("/proc/self/cwd", text, sizeof text - 1);
	text[n < 0 ? 0 : n] = '\0';
	SAY("%s", strncmp(text, cwd, strlen(cwd)) == 0 ? text + strlen(cwd) : text);
	TRY(stat("/proc/self/cwd/f", &st));
	TRY(stat("/proc/self/cwd/../d/f", &st));
	TRY(stat("/proc/self/cwd", &st));
	SAY("%o", st.st_mode & S_IFMT);
	TRY(lstat("/proc/self/cwd", &st));
	SAY("%o", st.st_mode & S_IFMT);
	TRY(open("/proc/self/cwd/missing", O_RDONLY));
	SAY("%s", realpath("/proc/self/cwd/f", text) == NULL ? "?" : text + strlen(cwd));
	TRY(unlink("/proc/self/cwd/f"));
}

int
main(void)
{
	return parity_main();
}
