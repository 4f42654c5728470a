/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of some megabytes, read in every way there is.  In a FUSE file system that is by parts:
 * the name that is read is a second one of the file, of which the kernel has nothing yet.
 */
#include <aio.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "parity.h"

#define SIZE (3u << 20)

static unsigned char pattern[SIZE], got[SIZE];

static void
make_pattern(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1664525 + 1013904223;
		pattern[i] = (unsigned char)(x >> 24);
	}
}

/* The file, open for reading under a name of its own. */
static int
large(void)
{
	int fd = MUST(open("f", O_CREAT | O_WRONLY, 0644));

	make_pattern();
	for (size_t done = 0; done < SIZE;)
		done += (size_t)MUST(write(fd, pattern + done, SIZE - done));
	MUST(close(fd));
	MUST(link("f", "g"));
	return MUST(open("g", O_RDONLY));
}

static void
compare(const char *how, const void *bytes, size_t offset, size_t len)
{
	SAY("%s: %s", how, memcmp(bytes, pattern + offset, len) == 0 ? "right" : "wrong");
}

TEST(reads)
{
	int fd = large();
	struct iovec iov[] = {{got, 100000}, {got + 100000, 300000}};

	TRY(pread(fd, got, 10, SIZE - 10));
	compare("pread", got, SIZE - 10, 10);
	TRY(pread64(fd, got, 300000, 1000000));
	compare("pread64", got, 1000000, 300000);
	TRY(read(fd, got, 5000));
	compare("read", got, 0, 5000);
	TRY(lseek(fd, 2000000, SEEK_SET));
	TRY(readv(fd, iov, 2));
	compare("readv", got, 2000000, 400000);
	TRY(preadv(fd, iov, 2, 500000));
	compare("preadv", got, 500000, 400000);
	TRY(preadv2(fd, iov, 2, -1, 0));
	compare("preadv2", got, 2400000, 400000);
	TRY(pread(fd, got, 10, SIZE));
	TRY(pread(fd, got, 10, -1));
	TRY(lseek64(fd, 0, SEEK_END));
	TRY(read(fd, got, 1));
}

TEST(bad_pointers)
{
	int fd = large(), out = MUST(open("out", O_CREAT | O_RDWR, 0644)), pipes[2];
	const struct iovec *volatile bad = (struct iovec *)8;
	volatile int less = -1;

	MUST(pipe(pipes));
	TRY(readv(fd, bad, 2));
	TRY(preadv(fd, bad, 2, 0));
	TRY(readv(fd, bad, less));
	TRY(copy_file_range(fd, (off_t *)8, out, NULL, 4, 0));
	TRY(sendfile(out, fd, (off_t *)8, 4));
	TRY(splice(fd, (off_t *)8, pipes[1], NULL, 4, 0));
}

TEST(in_order)
{
	int fd = large();
	size_t done = 0;
	ssize_t n;

	while ((n = read(fd, got + done, 65536)) > 0)
		done += (size_t)n;
	SAY("%zu", done);
	compare("all", got, 0, SIZE);
}

TEST(copies)
{
	int fd = dup(large()), out = MUST(open("out", O_CREAT | O_RDWR, 0644)), pipes[2];
	off_t offset = 1234567;

	TRY(sendfile(out, fd, &offset, 200000));
	TRY(copy_file_range(fd, &offset, out, NULL, 300000, 0));
	TRY(pread(out, got, 500000, 0));
	compare("copied", got, 1234567, 500000);
	MUST(pipe(pipes));
	offset = 2500000;
	TRY(splice(fd, &offset, pipes[1], NULL, 4096, 0));
	TRY(read(pipes[0], got, 4096));
	compare("spliced", got, 2500000, 4096);
}

TEST(mapped)
{
	int fd = large();
	unsigned char *p = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	unsigned char *part = mmap64(NULL, 65536, PROT_READ, MAP_SHARED, fd, 1 << 20);

	if (p == MAP_FAILED || part == MAP_FAILED)
		err(1, "mmap");
	compare("mmap", p, 0, SIZE);
	compare("part", part, 1 << 20, 65536);
	TRY(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 1) == MAP_FAILED ? -1 : 0);
	TRY(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED ? -1 : 0);
	TRY(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
}

TEST(holes)
{
	int fd = large();

	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(lseek(fd, 0, SEEK_HOLE));
	TRY(lseek(fd, SIZE, SEEK_DATA));
	TRY(lseek(fd, 5, SEEK_SET));
	TRY(lseek(fd, -1, SEEK_SET));
	TRY(lseek(99, 0, SEEK_SET));
}

TEST(streams)
{
	FILE *f = fdopen(large(), "r");

	TRY(fseek(f, 1500000, SEEK_SET));
	TRY(fread(got, 1, 100000, f));
	compare("fdopen", got, 1500000, 100000);
	fclose(f);
	MUST(link("f", "h"));
	f = fopen("h", "r");
	TRY(fread(got, 1, SIZE, f));
	compare("fopen", got, 0, SIZE);
	SAY("%s", fdopen(99, "r") == NULL ? strerror(errno) : "open");
}

TEST(asynchronous)
{
	int fd = large();
	struct aiocb a = {
	    .aio_fildes = fd, .aio_buf = got, .aio_nbytes = 70000, .aio_offset = 1700000};
	struct aiocb b = {.aio_fildes = fd,
	    .aio_buf = got + 100000,
	    .aio_nbytes = 70000,
	    .aio_offset = 700000,
	    .aio_lio_opcode = LIO_READ};
	struct aiocb *const one[] = {&a}, *const list[] = {&b, NULL};

	TRY(aio_read(&a));
	TRY(aio_suspend((const struct aiocb *const *)one, 1, NULL));
	TRY(aio_return(&a));
	compare("aio_read", got, 1700000, 70000);
	TRY(lio_listio(LIO_WAIT, list, 2, NULL));
	TRY(aio_return(&b));
	compare("lio_listio", got + 100000, 700000, 70000);
}

static void
run_od(int fd, bool spawned)
{
	char od[] = "od", none[] = "-An", hex[] = "-tx1", skip[] = "-j2000000", count[] = "-N8";
	char *argv[] = {od, none, hex, skip, count, NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (spawned) {
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_adddup2(&actions, fd, 0);
		MUST(posix_spawnp(&pid, "od", &actions, NULL, argv, environ) == 0 ? 0 : -1);
	} else if ((pid = MUST(fork())) == 0) {
		dup2(fd, 0);
		execvp("od", argv);
		_exit(127);
	}
	MUST(waitpid(pid, NULL, 0));
}

TEST(other_programs)
{
	int fd = large();

	MUST(link("f", "h"));
	run_od(fd, false);
	run_od(MUST(open("h", O_RDONLY | O_CLOEXEC)), true);
}

/* What the child of vfork does to its descriptor is not done to its parent's. */
TEST(vforked)
{
	int fd = large(), null = MUST(open("/dev/null", O_RDONLY));
	pid_t pid = MUST(vfork());

	if (pid == 0) {
		dup2(null, fd);
		_exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
	TRY(pread(fd, got, 1000, 2000000));
	compare("pread", got, 2000000, 1000);
}

TEST(passed_on)
{
	int fd = large(), ends[2], byte = 0;
	struct iovec iov = {&byte, 1};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof fd)];
	} control = {.header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	TRY(sendmsg(ends[0], &m, 0));
	TRY(recvmsg(ends[1], &m, 0));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	TRY(pread(fd, got, 1000, 2900000));
	compare("passed", got, 2900000, 1000);
}

TEST(changed)
{
	int fd = large(), out;

	TRY(pread(fd, got, 1000, 2000000));
	out = MUST(open("g", O_WRONLY));
	memset(got, 'x', 1000);
	memcpy(pattern + 1000000, got, 1000);
	TRY(pwrite(out, got, 1000, 1000000));
	TRY(pread(fd, got, 3000, 999000));
	compare("written", got, 999000, 3000);
	MUST(close(out));
	TRY(truncate("g", 1500000));
	TRY(pread(fd, got, SIZE, 0));
	compare("shortened", got, 0, 1500000);
	TRY(truncate("g", 2000000));
	TRY(pread(fd, got, SIZE, 0));
	memset(pattern + 1500000, 0, 500000);
	compare("lengthened", got, 0, 2000000);
	out = MUST(open("g", O_WRONLY | O_TRUNC));
	TRY(pread(fd, got, SIZE, 0));
}

int
main(void)
{
	return parity_main();
}
