/* SPDX-License-Identifier: BSD-2-Clause */
/* Data and descriptors of the classic kind: as on the host. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "world.h"

static long
open_new(struct world *w, const char *path, int flags)
{
	return w_open(w, path, flags | O_CREAT, 0644);
}

static long
sum(const char *buf, size_t len)
{
	long s = 0;

	for (size_t i = 0; i < len; i++)
		s = s * 31 % 1000003 + buf[i];
	return s;
}

static void
sparse(struct world *w)
{
	static char buf[70000];
	int fd = (int)open_new(w, "f", O_RDWR);

	NOTE(w, w_pwrite(w, fd, "end", 3, 65536));
	world_note_stat(w, "f");
	NOTE(w, w_read(w, fd, buf, sizeof buf));
	NOTE(w, sum(buf, 65539));
	NOTE(w, w_read(w, fd, buf, sizeof buf));
	NOTE(w, w_lseek(w, fd, 0, SEEK_HOLE));
	NOTE(w, w_lseek(w, fd, 0, SEEK_DATA));
	NOTE(w, w_lseek(w, fd, -5, SEEK_SET));
	NOTE(w, w_lseek(w, fd, -5, SEEK_END));
	NOTE(w, w_lseek(w, fd, 0, 99));
	NOTE(w, w_ftruncate(w, fd, 37));
	NOTE(w, w_ftruncate(w, fd, -1));
	NOTE(w, w_truncate(w, "f", -1));
	NOTE(w, w_truncate(w, "none", 1));
	NOTE(w, w_truncate(w, ".", 1));
	world_note_stat(w, "f");
	NOTE(w, w_pread(w, fd, buf, 10, 30));
	NOTE(w, w_pread(w, fd, buf, 10, -1));
	NOTE(w, w_pwrite(w, fd, buf, 10, -1));
	NOTE(w, w_fallocate(w, fd, 0, 0, 8192));
	world_note_stat(w, "f");
	NOTE(w, w_fallocate(w, fd, 0, 0, 0));
	NOTE(w, w_fallocate(w, fd, 0, -1, 10));
	NOTE(w, w_fsync(w, fd));
	NOTE(w, w_close(w, fd));
	NOTE(w, w_close(w, fd));
	fd = (int)w_open(w, "f", O_RDONLY, 0);
	NOTE(w, w_write(w, fd, "x", 1));
	NOTE(w, w_ftruncate(w, fd, 0));
	NOTE(w, w_fallocate(w, fd, 0, 0, 1));
	NOTE(w, w_read(w, fd, buf, 0));
	NOTE(w, w_close(w, fd));
	fd = (int)w_open(w, "f", O_WRONLY | O_APPEND, 0);
	NOTE(w, w_read(w, fd, buf, 1));
	NOTE(w, w_write(w, fd, "tail", 4));
	NOTE(w, w_lseek(w, fd, 0, SEEK_CUR));
	NOTE(w, w_close(w, fd));
	world_note_stat(w, "f");
}

/* A megabyte in one call, more than the kernel's buffer; and vectors. */
static void
large(struct world *w)
{
	size_t size = 1 << 20;
	char *out = malloc(size), *in = malloc(size);
	struct iovec iov[4] = {{out, 5}, {NULL, 0}, {out + 5, size / 2}, {out, 1}};
	int fd = (int)open_new(w, "f", O_RDWR);

	for (size_t i = 0; i < size; i++)
		out[i] = (char)(i * 7);
	NOTE(w, w_write(w, fd, out, size));
	NOTE(w, w_pread(w, fd, in, size, 0));
	NOTE(w, memcmp(in, out, size));
	NOTE(w, w_lseek(w, fd, 0, SEEK_SET));
	NOTE(w, w_writev(w, fd, iov, 4));
	NOTE(w, w_writev(w, fd, iov, -1));
	NOTE(w, w_writev(w, fd, iov, 2000));
	NOTE(w, w_writev(w, fd, iov, 0));
	NOTE(w, w_lseek(w, fd, 0, SEEK_SET));
	for (int i = 0; i < 4; i++)
		iov[i].iov_base = iov[i].iov_base == NULL ? NULL : in + 10 * i;
	NOTE(w, w_readv(w, fd, iov, 4));
	NOTE(w, sum(in, 100));
	NOTE(w, w_unlink(w, "f"));
	NOTE(w, w_pwrite(w, fd, "late", 4, 654321));
	NOTE(w, w_pread(w, fd, in, 4, 654321));
	NOTE(w, memcmp(in, "late", 4));
	NOTE(w, w_close(w, fd));
	free(in);
	free(out);
}

static void
descriptors(struct world *w)
{
	char buf[8];
	int n, fd = (int)open_new(w, "f", O_RDWR), other, high;

	NOTE(w, w_write(w, fd, "abcdef", 6));
	other = (int)w_dup(w, fd);
	NOTE(w, w_lseek(w, other, 2, SEEK_SET));
	NOTE(w, w_read(w, fd, buf, 2));
	NOTE(w, buf[0]);
	high = (int)w_fcntl(w, fd, F_DUPFD, 100);
	NOTE(w, high);
	NOTE(w, w_fcntl(w, fd, F_DUPFD_CLOEXEC, 100));
	NOTE(w, w_fcntl(w, 101, F_GETFD, 0));
	NOTE(w, w_fcntl(w, 100, F_GETFD, 0));
	NOTE(w, w_fcntl(w, 100, F_SETFD, FD_CLOEXEC));
	NOTE(w, w_fcntl(w, 100, F_GETFD, 0));
	NOTE(w, w_fcntl(w, 100, F_DUPFD, -1));
	NOTE(w, w_dup3(w, fd, 102, O_CLOEXEC));
	NOTE(w, w_dup3(w, fd, fd, 0));
	NOTE(w, w_dup3(w, fd, 102, O_APPEND));
	NOTE(w, w_dup3(w, 999, 102, 0));
	NOTE(w, w_dup3(w, fd, -1, 0));
	NOTE(w, w_fcntl(w, fd, F_GETFL, 0) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	NOTE(w, w_fcntl(w, fd, F_SETFL, O_APPEND | O_NONBLOCK));
	NOTE(w, w_fcntl(w, other, F_GETFL, 0) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	NOTE(w, w_lseek(w, fd, 0, SEEK_SET));
	NOTE(w, w_write(w, fd, "gh", 2));
	world_note_stat(w, "f");
	NOTE(w, w_lseek(w, fd, 3, SEEK_SET));
	NOTE(w, w_ioctl(w, fd, FIONREAD, &n));
	NOTE(w, n);
	NOTE(w, w_ioctl(w, fd, 0x5401, buf));
	NOTE(w, w_ioctl(w, 999, FIONREAD, &n));
	NOTE(w, w_fcntl(w, fd, 9999, 0));
	NOTE(w, w_fcntl(w, 999, F_GETFD, 0));
	for (int i = 100; i <= 102; i++)
		NOTE(w, w_close(w, i));
	NOTE(w, w_close(w, other));
	NOTE(w, w_close(w, fd));
}

static void
pipes(struct world *w)
{
	struct stat st;
	char buf[16];
	struct iovec iov[2] = {{buf, 3}, {buf + 3, 5}};
	int fds[2], n;

	NOTE(w, w_pipe(w, fds, 0x100));
	NOTE(w, w_pipe(w, fds, O_NONBLOCK));
	NOTE(w, w_read(w, fds[0], buf, sizeof buf));
	NOTE(w, w_write(w, fds[1], "12345678", 8));
	NOTE(w, w_ioctl(w, fds[0], FIONREAD, &n));
	NOTE(w, n);
	NOTE(w, w_readv(w, fds[0], iov, 2));
	NOTE(w, memcmp(buf, "12345678", 8));
	NOTE(w, w_lseek(w, fds[0], 0, SEEK_SET));
	NOTE(w, w_pread(w, fds[0], buf, 1, 0));
	NOTE(w, w_read(w, fds[1], buf, 1));
	NOTE(w, w_write(w, fds[0], buf, 1));
	NOTE(w, w_fsync(w, fds[0]));
	NOTE(w, w_fstat(w, fds[0], &st));
	NOTE(w, st.st_mode);
	NOTE(w, w_close(w, fds[1]));
	NOTE(w, w_read(w, fds[0], buf, 1));
	NOTE(w, w_close(w, fds[0]));
}

static void
fifos(struct world *w)
{
	char buf[8];
	int r, wr, both;

	NOTE(w, w_mknod(w, "p", S_IFIFO | 0644, 0));
	NOTE(w, w_try_open(w, "p", O_WRONLY | O_NONBLOCK, 0));
	r = (int)w_open(w, "p", O_RDONLY | O_NONBLOCK, 0);
	NOTE(w, w_read(w, r, buf, 1));
	wr = (int)w_open(w, "p", O_WRONLY, 0);
	NOTE(w, w_read(w, r, buf, 1));
	NOTE(w, w_write(w, wr, "hello", 5));
	NOTE(w, w_read(w, r, buf, sizeof buf));
	NOTE(w, w_lseek(w, r, 0, SEEK_CUR));
	NOTE(w, w_ftruncate(w, wr, 0));
	NOTE(w, w_close(w, wr));
	NOTE(w, w_read(w, r, buf, 1));
	NOTE(w, w_close(w, r));
	both = (int)w_open(w, "p", O_RDWR, 0);
	NOTE(w, w_write(w, both, "x", 1));
	NOTE(w, w_unlink(w, "p"));
	NOTE(w, w_read(w, both, buf, sizeof buf));
	NOTE(w, w_close(w, both));
}

static void
devices(struct world *w)
{
	char buf[8] = "";
	int fd;

	NOTE(w, w_mknod(w, "zero", S_IFCHR | 0666, makedev(1, 5)));
	NOTE(w, w_mknod(w, "full", S_IFCHR | 0666, makedev(1, 7)));
	NOTE(w, w_mknod(w, "null", S_IFCHR | 0666, makedev(1, 3)));
	fd = (int)w_open(w, "zero", O_RDWR, 0);
	NOTE(w, w_read(w, fd, buf, 8));
	NOTE(w, w_write(w, fd, buf, 8));
	NOTE(w, w_close(w, fd));
	fd = (int)w_open(w, "full", O_RDWR | O_TRUNC, 0);
	NOTE(w, w_write(w, fd, buf, 8));
	NOTE(w, w_close(w, fd));
	fd = (int)w_open(w, "null", O_RDWR | O_APPEND | O_CREAT, 0);
	NOTE(w, w_write(w, fd, buf, 8));
	NOTE(w, w_read(w, fd, buf, 8));
	NOTE(w, w_close(w, fd));
	NOTE(w, w_try_open(w, "null", O_CREAT | O_EXCL, 0));
}

static void
locks(struct world *w)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -2, .l_len = 0};
	int fd = (int)open_new(w, "f", O_RDWR), other = (int)w_open(w, "f", O_RDONLY, 0);

	NOTE(w, w_write(w, fd, "abcdef", 6));
	NOTE(w, w_fcntl(w, fd, F_SETLK, (long)&fl));
	fl = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
	NOTE(w, w_fcntl(w, other, F_GETLK, (long)&fl)); /* one's own: no obstacle */
	NOTE(w, fl.l_type);
	NOTE(w, w_fcntl(w, other, F_SETLK, (long)&fl));
	fl.l_type = F_WRLCK;
	NOTE(w, w_fcntl(w, other, F_SETLK, (long)&fl));
	fl.l_pid = 0;
	NOTE(w, w_fcntl(w, fd, F_OFD_SETLK, (long)&fl));
	fl.l_type = 77;
	NOTE(w, w_fcntl(w, fd, F_SETLK, (long)&fl));
	NOTE(w, w_flock(w, fd, LOCK_EX));
	NOTE(w, w_flock(w, other, LOCK_SH | LOCK_NB));
	NOTE(w, w_flock(w, fd, LOCK_UN));
	NOTE(w, w_flock(w, other, LOCK_SH | LOCK_NB));
	NOTE(w, w_flock(w, other, 99));
	NOTE(w, w_close(w, other));
	NOTE(w, w_close(w, fd));
}

SCENARIO(sparse)
SCENARIO(large)
SCENARIO(descriptors)
SCENARIO(pipes)
SCENARIO(fifos)
SCENARIO(devices)
SCENARIO(locks)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sparse),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_descriptors),
	    cmocka_unit_test(test_pipes),
	    cmocka_unit_test(test_fifos),
	    cmocka_unit_test(test_devices),
	    cmocka_unit_test(test_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
