/* SPDX-License-Identifier: BSD-2-Clause */
/* open in all its modes, and reading and writing what it gives. */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "parity.h"

static void
put(const char *path, const char *text)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));

	MUST(write(fd, text, strlen(text)));
	MUST(close(fd));
}

static void
say_content(const char *path)
{
	char buf[256];
	int fd = MUST(open(path, O_RDONLY));
	ssize_t n = MUST(read(fd, buf, sizeof buf - 1));

	buf[n] = '\0';
	SAY("%s holds \"%s\"", path, buf);
	MUST(close(fd));
}

static off_t
size_of(const char *path)
{
	struct stat st;

	MUST(stat(path, &st));
	return st.st_size;
}

TEST(open_errors)
{
	const char *volatile nowhere = NULL;

	put("f", "x");
	MUST(mkdir("d", 0755));
	MUST(symlink("loop", "loop"));
	MUST(symlink("f", "link"));
	MUST(symlink("nowhere", "dangling"));
	FD(open("missing", O_RDONLY));
	FD(open("", O_RDONLY));
	FD(open("f/x", O_RDONLY));
	FD(open("missing/x", O_CREAT | O_WRONLY, 0644));
	FD(open("f", O_CREAT | O_EXCL | O_WRONLY, 0644));
	FD(open("f", O_RDONLY | O_DIRECTORY));
	FD(open("d", O_WRONLY));
	FD(open("d", O_RDWR));
	FD(open("d", O_RDONLY | O_CREAT, 0644));
	FD(open("loop", O_RDONLY));
	FD(open("link", O_RDONLY | O_NOFOLLOW));
	FD(open("link", O_CREAT | O_EXCL | O_WRONLY, 0644));
	FD(open("f/", O_RDONLY));
	FD(open("new/", O_CREAT | O_WRONLY, 0644));
	FD(open("dangling", O_RDONLY));
	FD(open("dangling", O_CREAT | O_WRONLY, 0644));
	SAY("made %d", access("nowhere", F_OK));
	FD(open(nowhere, O_RDONLY));
	FD(openat(99, "f", O_RDONLY));
	FD(openat(AT_FDCWD, "d", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
}

TEST(open_long_names)
{
	char name[300], path[5000];

	memset(name, 'n', sizeof name);
	name[255] = '\0';
	SAY("255: %s", open(name, O_CREAT | O_WRONLY, 0644) >= 0 ? "fd" : strerrorname_np(errno));
	name[255] = 'n';
	name[256] = '\0';
	SAY("256: %s", open(name, O_CREAT | O_WRONLY, 0644) >= 0 ? "fd" : strerrorname_np(errno));
	memset(path, '/', sizeof path);
	path[sizeof path - 1] = '\0';
	SAY("5000: %s", open(path + 1, O_RDONLY) >= 0 ? "fd" : strerrorname_np(errno));
}

TEST(open_flags)
{
	int fd;

	put("f", "0123456789");
	fd = MUST(open("f", O_RDONLY));
	TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	TRY(write(fd, "x", 1));
	MUST(close(fd));
	fd = MUST(open("f", O_WRONLY | O_APPEND | O_CLOEXEC));
	TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	TRY(read(fd, &fd, 0));
	TRY(write(fd, "AB", 2));
	TRY(lseek(fd, 0, SEEK_CUR));
	MUST(close(fd));
	say_content("f");
	fd = MUST(open("f", O_RDWR | O_TRUNC));
	TRY(size_of("f"));
	TRY(write(fd, "new", 3));
	say_content("f");
	TRY(close(fd));
	TRY(close(fd));
}

TEST(lowest_number)
{
	int a = MUST(open("a", O_CREAT | O_RDWR, 0644));
	int b = MUST(open("b", O_CREAT | O_RDWR, 0644));

	SAY("next is next: %d", b == a + 1);
	MUST(close(a));
	SAY("hole is filled: %d", open("c", O_CREAT | O_RDWR, 0644) == a);
}

TEST(offsets)
{
	char buf[16];
	int fd, copy;

	put("f", "0123456789");
	fd = MUST(open("f", O_RDWR));
	copy = MUST(dup(fd));
	TRY(lseek(fd, 3, SEEK_SET));
	TRY(read(copy, buf, 2));
	SAY("%.2s", buf);
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(lseek(fd, -1, SEEK_END));
	TRY(lseek(fd, -11, SEEK_END));
	TRY(lseek(fd, 100, SEEK_SET));
	TRY(read(fd, buf, 1));
	TRY(write(fd, "x", 1));
	TRY(size_of("f"));
	TRY(pread(fd, buf, 4, 8));
	SAY("%.2s then %d %d", buf, buf[2], buf[3]);
	TRY(pwrite(fd, "yy", 2, 0));
	TRY(pread(fd, buf, 4, -1));
	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(lseek(fd, 0, 77));
}

TEST(vectors)
{
	char a[4], b[8];
	struct iovec out[2] = {{(void *)"hello ", 6}, {(void *)"world", 5}};
	struct iovec in[2] = {{a, 4}, {b, 8}};
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));

	TRY(writev(fd, out, 2));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(readv(fd, in, 2));
	SAY("%.4s|%.7s", a, b);
	TRY(preadv(fd, in, 1, 6));
	TRY(pwritev(fd, out, 1, 6));
	TRY(readv(fd, in, 0));
	say_content("f");
}

TEST(truncation)
{
	int fd;

	put("f", "0123456789");
	TRY(truncate("f", 4));
	say_content("f");
	TRY(truncate("f", 6));
	TRY(size_of("f"));
	TRY(truncate("f", -1));
	TRY(truncate("missing", 0));
	MUST(mkdir("d", 0755));
	TRY(truncate("d", 0));
	fd = MUST(open("f", O_RDWR));
	TRY(ftruncate(fd, 2));
	TRY(size_of("f"));
	TRY(ftruncate(fd, -1));
	TRY(fallocate(fd, 0, 0, 100));
	TRY(size_of("f"));
	TRY(posix_fallocate(fd, 0, 200));
	TRY(size_of("f"));
	MUST(close(fd));
	fd = MUST(open("f", O_RDONLY));
	TRY(ftruncate(fd, 0));
}

TEST(unlinked_but_open)
{
	struct stat st;
	char buf[8];
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));

	MUST(write(fd, "still", 5));
	TRY(unlink("f"));
	MUST(fstat(fd, &st));
	SAY("nlink %ju size %jd", (uintmax_t)st.st_nlink, (intmax_t)st.st_size);
	TRY(pwrite(fd, "x", 1, 654321));
	TRY(fsync(fd));
	TRY(pread(fd, buf, 5, 0));
	SAY("%.5s", buf);
	TRY(fchmod(fd, 0600));
	MUST(fstat(fd, &st));
	SAY("mode %o", st.st_mode);
	put("f", "another");
	TRY(pread(fd, buf, 5, 0));
	say_content("f");
}

TEST(mapped)
{
	char *a, *b;
	int fd;

	put("f", "0123456789");
	fd = MUST(open("f", O_RDWR));
	a = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, 10, PROT_READ, MAP_SHARED, MUST(open("f", O_RDONLY)), 0);
	SAY("mapped %d %d", a != MAP_FAILED, b != MAP_FAILED);
	memcpy(a, "map", 3);
	SAY("other mapping sees %.10s", b);
	say_content("f");
	MUST(pwrite(fd, "W", 1, 9));
	SAY("mapping sees %.10s", a);
}

TEST(locks)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
	int fd, status;

	put("f", "0123456789");
	fd = MUST(open("f", O_RDWR));
	TRY(fcntl(fd, F_SETLK, &lock));
	TRY(flock(fd, LOCK_EX));
	if (MUST(fork()) == 0) {
		struct flock mine = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5};
		int other = MUST(open("f", O_RDWR));

		TRY(fcntl(other, F_SETLK, &mine));
		TRY(fcntl(other, F_GETLK, &mine));
		SAY("held by the parent %d, from %jd", mine.l_pid == getppid(),
		    (intmax_t)mine.l_start);
		TRY(flock(other, LOCK_EX | LOCK_NB));
		TRY(lockf(other, F_TEST, 1));
		_exit(0);
	}
	MUST(wait(&status));
	lock.l_type = F_UNLCK;
	TRY(fcntl(fd, F_SETLK, &lock));
}

TEST(temporary_file)
{
	int fd = FD(open(".", O_TMPFILE | O_RDWR, 0600));
	struct stat st;

	TRY(write(fd, "t", 1));
	MUST(fstat(fd, &st));
	SAY("mode %o nlink %ju", st.st_mode, (uintmax_t)st.st_nlink);
}

TEST(path_descriptor)
{
	char c;
	int fd;

	put("f", "x");
	fd = FD(open("f", O_PATH));
	TRY(read(fd, &c, 1));
	TRY(fchmod(fd, 0600));
	TRY(close(fd));
}

int
main(void)
{
	return parity_main();
}
