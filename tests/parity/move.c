/* SPDX-License-Identifier: BSD-2-Clause */
/* Moving data by descriptor: preadv and its like, copy_file_range, sendfile. */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "parity.h"

static char bytes[8192];
static const struct iovec iov[] = {{bytes, 3}, {bytes + 100, 5}};

static int
make(const char *name, const char *text)
{
	int fd = MUST(open(name, O_CREAT | O_RDWR, 0644));

	MUST(write(fd, text, strlen(text)));
	MUST(lseek(fd, 0, SEEK_SET));
	return fd;
}

TEST(positions)
{
	int fd = make("f", "0123456789");

	TRY(preadv(fd, iov, 2, 4));
	TRY(preadv2(fd, iov, 2, 8, 0));
	TRY(preadv64v2(fd, iov, 1, -1, 0));
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(preadv2(fd, iov, 1, 0, 0x8000));
	TRY(preadv(fd, iov, 1, -1));
	TRY(pwritev(fd, iov, 2, 20));
	TRY(pwritev2(fd, iov, 2, -1, RWF_APPEND));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(readahead(fd, 0, 10));
}

TEST(copy)
{
	int from = make("a", "some text to copy"), to = make("b", "");
	off_t in = 5, out = 2;

	TRY(copy_file_range(from, &in, to, &out, 4, 0));
	SAY("in %jd out %jd", (intmax_t)in, (intmax_t)out);
	TRY(copy_file_range(from, NULL, to, NULL, 100, 0));
	TRY(copy_file_range(from, NULL, to, NULL, 100, 0));
	TRY(copy_file_range(from, NULL, to, NULL, 100, 1));
	in = 0, out = 3;
	TRY(copy_file_range(from, &in, from, &out, 10, 0));
	TRY(sendfile(to, from, NULL, 10));
	in = 2;
	TRY(sendfile(to, from, &in, 1000));
	SAY("in %jd", (intmax_t)in);
	TRY(lseek(to, 0, SEEK_END));
}

TEST(directories)
{
	int dir = MUST(open(".", O_RDONLY)), fd = make("f", "x"), path = MUST(open("f", O_PATH));
	int n;

	TRY(preadv(dir, iov, 1, 0));
	TRY(preadv2(dir, iov, 1, 0, 0));
	TRY(copy_file_range(dir, NULL, fd, NULL, 1, 0));
	TRY(copy_file_range(fd, NULL, dir, NULL, 1, 0));
	TRY(copy_file_range(dir, NULL, path, NULL, 1, 0));
	TRY(copy_file_range(dir, NULL, 99, NULL, 1, 0));
	TRY(sendfile(fd, dir, NULL, 1));
	TRY(readahead(dir, 0, 1));
	TRY(ioctl(dir, FIONREAD, &n));
}

TEST(bad_pointers)
{
	int from = make("a", "some text to copy"), to = make("b", ""), pipes[2];
	const struct iovec *volatile bad = (struct iovec *)8;

	MUST(pipe(pipes));
	TRY(preadv(from, bad, 2, 0));
	TRY(copy_file_range(from, (off_t *)8, to, NULL, 4, 0));
	TRY(copy_file_range(from, NULL, to, (off_t *)8, 4, 0));
	TRY(sendfile(to, from, (off_t *)8, 4));
	TRY(splice(from, (off_t *)8, pipes[1], NULL, 4, 0));
}

/* What was opened with O_PATH is only a place. */
TEST(places)
{
	struct timespec ts[2] = {{1, 0}, {2, 0}};
	int fd;

	MUST(close(make("f", "text")));
	fd = MUST(open("f", O_PATH));
	TRY(preadv(fd, iov, 1, 0));
	TRY(fchmod(fd, 0600));
	TRY(fchown(fd, 0, 0));
	TRY(fsync(fd));
	TRY(fdatasync(fd));
	TRY(futimens(fd, ts));
	TRY(ftruncate(fd, 0));
	TRY(fchownat(fd, "", 0, 0, AT_EMPTY_PATH));
	TRY(lseek(fd, 0, SEEK_SET));
}

/* A file-size limit is the process's own. */
TEST(size_limit)
{
	struct rlimit limit = {1000, 1000};
	int fd = make("f", "text");

	signal(SIGXFSZ, SIG_IGN);
	MUST(setrlimit(RLIMIT_FSIZE, &limit));
	TRY(truncate("f", 1000));
	TRY(truncate("f", 1001));
	TRY(truncate("f", 10));
	TRY(ftruncate(fd, 1001));
	TRY(pwrite(fd, bytes, 8000, 0));
	TRY(pwrite(fd, bytes, 8000, 1000));
	TRY(posix_fallocate(fd, 0, 5000));
	TRY(truncate("missing", 5000));
	TRY(truncate(".", 5000));
	signal(SIGXFSZ, SIG_DFL);
	TRY(truncate("f", 1001));
	SAY("still here");
}

int
main(void)
{
	return parity_main();
}
