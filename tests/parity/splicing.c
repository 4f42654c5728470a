/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that move without passing the program: splice, tee, vmsplice, sendfile, copy_file_range;
 * and mappings that are written back. */
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "parity.h"

static int
file_with(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_RDWR | O_TRUNC, 0644);

	MUST(fd);
	MUST(write(fd, text, strlen(text)));
	MUST(lseek(fd, 0, SEEK_SET));
	return fd;
}

static void
say_contents(int fd)
{
	char buf[256];
	ssize_t n = pread(fd, buf, sizeof buf - 1, 0);

	buf[n < 0 ? 0 : n] = '\0';
	SAY("%zd bytes: %s, position %jd", n, buf, (intmax_t)lseek(fd, 0, SEEK_CUR));
}

static off_t *
at(off_t offset)
{
	static off_t offsets[4];
	static unsigned next;

	next = (next + 1) % 4;
	offsets[next] = offset;
	return &offsets[next];
}

TEST(splice)
{
	int file = file_with("a", "hello world"), to = file_with("b", ""), p[2], q[2];
	char text[] = "user";
	int append = open("b", O_WRONLY | O_APPEND), reading = open("b", O_RDONLY);

	MUST(pipe(p));
	MUST(pipe(q));
	TRY(splice(file, NULL, p[1], NULL, 5, 0));
	say_contents(file);
	TRY(splice(file, at(6), p[1], NULL, 100, 0));
	TRY(tee(p[0], q[1], 100, 0));
	TRY(splice(p[0], NULL, to, at(3), 100, SPLICE_F_MOVE));
	say_contents(to);
	TRY(splice(q[0], NULL, to, NULL, 4, 0));
	say_contents(to);
	TRY(splice(q[0], NULL, append, NULL, 4, 0));
	TRY(splice(q[0], NULL, reading, NULL, 4, 0));
	TRY(splice(file, NULL, to, NULL, 4, 0));
	TRY(splice(q[0], at(0), to, NULL, 4, 0));
	TRY(splice(q[0], NULL, q[1], NULL, 4, 0));
	TRY(splice(p[0], NULL, q[1], NULL, 4, SPLICE_F_NONBLOCK));
	TRY(tee(p[0], q[1], 4, SPLICE_F_NONBLOCK));
	TRY(tee(file, q[1], 4, 0));
	TRY(tee(q[0], q[1], 4, 0));
	TRY(vmsplice(p[1], &(struct iovec){text, 4}, 1, 0));
	TRY(vmsplice(file, &(struct iovec){text, 4}, 1, 0));
	TRY(splice(p[0], NULL, to, NULL, 100, 0));
	say_contents(to);
	MUST(mkfifo("fifo", 0600));
	file = open("fifo", O_RDWR);
	TRY(splice(q[0], NULL, file, NULL, 2, 0));
	TRY(splice(file, NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
}

TEST(sendfile)
{
	int from = file_with("a", "hello world"), to = file_with("b", ""),
	    dir = open(".", O_RDONLY);
	int append = open("b", O_WRONLY | O_APPEND), reading = open("b", O_RDONLY);
	off_t offset = 6;

	TRY(sendfile(to, from, NULL, 5));
	TRY(sendfile(to, from, &offset, 100));
	SAY("offset %jd", (intmax_t)offset);
	say_contents(from);
	say_contents(to);
	TRY(sendfile(to, from, at(-1), 5));
	TRY(sendfile(to, from, at(100), 5));
	TRY(sendfile(append, from, at(0), 5));
	TRY(sendfile(reading, from, at(0), 5));
	TRY(sendfile(to, append, NULL, 5));
	TRY(sendfile(to, dir, NULL, 5));
	TRY(sendfile(dir, from, NULL, 5));
}

TEST(copy_file_range)
{
	int from = file_with("a", "hello world"), to = file_with("b", ""),
	    dir = open(".", O_RDONLY);
	int append = open("b", O_WRONLY | O_APPEND), reading = open("b", O_RDONLY), p[2];

	TRY(copy_file_range(from, NULL, to, NULL, 5, 0));
	TRY(copy_file_range(from, at(6), to, at(10), 100, 0));
	say_contents(from);
	TRY(copy_file_range(from, at(100), to, NULL, 100, 0));
	TRY(copy_file_range(from, at(2), from, at(4), 5, 0));
	TRY(copy_file_range(from, at(0), from, at(8), 2, 0));
	say_contents(from);
	TRY(copy_file_range(from, NULL, to, NULL, 5, 1));
	TRY(copy_file_range(from, at(0), append, NULL, 5, 0));
	TRY(copy_file_range(from, at(0), reading, NULL, 5, 0));
	TRY(copy_file_range(append, NULL, to, NULL, 5, 0));
	TRY(copy_file_range(dir, NULL, to, NULL, 5, 0));
	TRY(copy_file_range(from, at(0), dir, NULL, 5, 0));
	MUST(pipe(p));
	TRY(copy_file_range(from, at(0), p[1], NULL, 5, 0));
	MUST(mkfifo("fifo", 0600));
	TRY(copy_file_range(open("fifo", O_RDWR), NULL, to, NULL, 5, 0));
}

TEST(mapping)
{
	int fd = file_with("a", "hello"), pipes[2];
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	p[0] = 'J';
	TRY(msync(p, 4096, MS_SYNC));
	say_contents(fd);
	TRY(msync(p, 4096, MS_ASYNC));
	TRY(msync(p, 4096, MS_SYNC | MS_ASYNC));
	TRY(msync(p, 4096, 99));
	TRY(msync(p + 1, 4096, MS_SYNC));
	TRY(pwrite(fd, "K", 1, 0));
	SAY("%.5s", p);
	TRY(madvise(p, 4096, MADV_REMOVE));
	SAY("%d", p[0]);
	TRY(mremap(p, 8192, 16384, MREMAP_MAYMOVE) != MAP_FAILED);
	TRY(sync_file_range(fd, 0, 4096, 7));
	TRY(sync_file_range(fd, -1, 4096, 7));
	TRY(sync_file_range(fd, 0, 4096, 99));
	TRY(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	TRY(posix_fadvise(fd, 0, 0, 99));
	TRY(readahead(fd, 0, 4096));
	MUST(pipe(pipes));
	TRY(sync_file_range(pipes[0], 0, 1, 7));
	TRY(posix_fadvise(pipes[0], 0, 0, 0));
	TRY(readahead(pipes[0], 0, 1));
}

/* A queue that nobody reads from: the last event says that there were more. */
TEST(inotify_overflow)
{
	char buf[65536];
	int in = inotify_init1(IN_NONBLOCK), max = 0, n = 0, last = 0;
	ssize_t len;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");

	MUST(fscanf(f, "%d", &max) == 1 ? 0 : -1);
	MUST(mkdir("d", 0755));
	TRY(inotify_add_watch(in, "d", IN_CREATE | IN_DELETE));
	for (int i = 0; i < max / 2 + 2; i++) {
		if (mknod("d/f", S_IFREG | 0644, 0) != 0 || unlink("d/f") != 0)
			SAY("%d: %s", i, strerrorname_np(errno));
	}
	while ((len = read(in, buf, sizeof buf)) > 0) {
		for (ssize_t pos = 0; pos < len; n++) {
			const struct inotify_event *e = (void *)(buf + pos);

			last = (int)e->mask;
			pos += (ssize_t)(sizeof *e + e->len);
		}
	}
	SAY("%d more than the limit, overflow %d", n - max, last == IN_Q_OVERFLOW);
}

int
main(void)
{
	return parity_main();
}
