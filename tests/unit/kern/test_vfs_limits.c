/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host has no counterpart of: waiting, owners of locks, sockets, mounts, and limits. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "vfs/tmpfs/tmpfs.h"
#include "world.h"

#define CWD ((uint64_t)AT_FDCWD)

/* Files that nobody has open give their descriptors back, with contents, when those run out. */
static void
test_descriptors_run_out(void **state)
{
	struct world *w = *state;
	struct rlimit old, few;
	char name[16], text[16];
	struct stat st, st0;
	int fds[300], n = 0, error = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 200;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	w_make_file(w, "first", "precious");
	assert_int_equal(w_chmod(w, "first", 04711), 0);
	assert_int_equal(w_stat(w, "first", &st0), 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "f%d", i);
		w_make_file(w, name, name);
	}
	assert_int_equal(w_stat(w, "first", &st), 0);
	assert_int_equal(st.st_ino, st0.st_ino);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(st.st_mode, st0.st_mode);
	assert_memory_equal(&st.st_mtim, &st0.st_mtim, sizeof st.st_mtim);
	assert_memory_equal(&st.st_ctim, &st0.st_ctim, sizeof st.st_ctim);
	for (int i = 0; i < 1000; i += 37) {
		long fd, got;

		snprintf(name, sizeof name, "f%d", i);
		fd = w_open(w, name, O_RDONLY, 0);
		assert_true(fd >= 0);
		got = w_read(w, (int)fd, text, sizeof text);
		assert_int_equal(got, strlen(name));
		assert_memory_equal(text, name, (size_t)got);
		w_close(w, (int)fd);
	}
	/* All in use: a clean error, and afterwards all is well. */
	while (n < 300 && error == 0) {
		snprintf(name, sizeof name, "f%d", n);
		error = world_deleg_open(w, CWD, name, O_RDONLY, &fds[n]);
		n += error == 0;
	}
	assert_int_equal(error, ENFILE);
	assert_int_equal(w_try_open(w, "new", O_CREAT | O_RDWR, 0644), -ENFILE);
	assert_int_equal(w_mkdir(w, "still", 0755), 0);
	while (n > 0)
		close(fds[--n]);
	assert_int_equal(w_try_open(w, "new", O_CREAT | O_RDWR, 0644), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void
test_fifo_waits(void **state)
{
	struct world *w = *state;
	uint64_t one = 1;
	int fd, r;

	assert_int_equal(w_mknod(w, "p", S_IFIFO | 0644, 0), 0);
	w->l.interrupt_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(write(w->l.interrupt_fd, &one, sizeof one), sizeof one);
	assert_int_equal(world_deleg_open(w, CWD, "p", O_RDONLY, &fd), EINTR);
	assert_int_equal(world_deleg_open(w, CWD, "p", O_WRONLY, &fd), EINTR);
	assert_int_equal(world_deleg_open(w, CWD, "p", O_RDONLY | O_NONBLOCK, &r), 0);
	assert_int_equal(world_deleg_open(w, CWD, "p", O_WRONLY, &fd), 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fcntl(r, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	close(fd);
	close(r);
	close(w->l.interrupt_fd);
	w->l.interrupt_fd = -1;
}

static void *
open_reader(void *arg)
{
	struct world w = *(struct world *)arg;
	int fd;

	pthread_mutex_lock(&world_giant);
	assert_int_equal(world_deleg_open(&w, CWD, "p", O_RDONLY, &fd), 0);
	pthread_mutex_unlock(&world_giant);
	return (void *)(intptr_t)fd;
}

/* A reader and a writer that come one after the other meet. */
static void
test_fifo_meets(void **state)
{
	struct world *w = *state;
	pthread_t reader;
	void *result;
	char buf[8];
	int fd;

	assert_int_equal(w_mknod(w, "p", S_IFIFO | 0644, 0), 0);
	for (int round = 0; round < 50; round++) {
		assert_int_equal(pthread_create(&reader, NULL, open_reader, w), 0);
		assert_int_equal(world_deleg_open(w, CWD, "p", O_WRONLY, &fd), 0);
		assert_int_equal(write(fd, "hello", 5), 5);
		close(fd);
		pthread_mutex_unlock(&world_giant);
		assert_int_equal(pthread_join(reader, &result), 0);
		pthread_mutex_lock(&world_giant);
		fd = (int)(intptr_t)result;
		assert_int_equal(read(fd, buf, sizeof buf), 5);
		assert_int_equal(read(fd, buf, sizeof buf), 0);
		close(fd);
	}
}

/* Record locks: between processes of the kernel, and against a program's own on the memfd. */
static void
test_lock_owners(void **state)
{
	struct world *w = *state, other = *w;
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10};
	long fd = w_open(w, "f", O_CREAT | O_RDWR, 0644), fd2;

	assert_int_equal(proc_new(proc_init_p, false, &other.l.proc), 0);
	assert_int_equal(w_fcntl(w, (int)fd, F_SETLK, (long)&fl), 0);
	fd2 = w_open(&other, "/tmp/base/f", O_RDWR, 0);
	assert_true(fd2 >= 0);
	assert_int_equal(w_fcntl(&other, (int)fd2, F_SETLK, (long)&fl), -EAGAIN);
	fl = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET};
	assert_int_equal(w_fcntl(&other, (int)fd2, F_GETLK, (long)&fl), 0);
	assert_int_equal(fl.l_type, F_WRLCK);
	assert_int_equal(fl.l_start, 5);
	assert_int_equal(fl.l_pid, w->l.proc->pid);
	/* Closing any descriptor of the file loses the process's locks. */
	assert_int_equal(w_close(w, (int)w_dup(w, (int)fd)), 0);
	fl = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	assert_int_equal(w_fcntl(&other, (int)fd2, F_SETLK, (long)&fl), 0);
	fl.l_type = F_WRLCK;
	assert_int_equal(w_fcntl(w, (int)fd, F_SETLK, (long)&fl), -EAGAIN);
	/* So does the process's end. */
	proc_exit(other.l.proc);
	assert_int_equal(w_fcntl(w, (int)fd, F_SETLK, (long)&fl), 0);
	assert_int_equal(w_close(w, (int)fd), 0);
}

static int reclaimed;

static void
reclaim(void *data)
{
	assert_ptr_equal(data, &reclaimed);
	reclaimed++;
}

static void
test_sockets(void **state)
{
	struct world *w = *state;
	struct vnode *vn, *again;

	reclaimed = 0;
	assert_int_equal(vfs_mksocket(&w->l, "s", 0777, &reclaimed, reclaim, &vn), 0);
	assert_int_equal(vfs_mksocket(&w->l, "s", 0777, &reclaimed, reclaim, &again), EADDRINUSE);
	assert_int_equal(vfs_lookup(&w->l, CWD, "s", 0, &again), 0);
	assert_ptr_equal(vn, again);
	assert_ptr_equal(vnode_socket(again), &reclaimed);
	vnode_unref(again);
	assert_int_equal(w_unlink(w, "s"), 0);
	assert_int_equal(reclaimed, 0);
	vnode_unref(vn);
	assert_int_equal(reclaimed, 1);
}

/* A second file system on a directory. */
static void
test_mounts(void **state)
{
	struct world *w = *state;
	struct stat below, on, st;
	struct vnode *dir;
	struct mount *mp;
	struct statx x;
	char buf[64];

	assert_int_equal(w_mkdir(w, "mnt", 0755), 0);
	assert_int_equal(w_mkdir(w, "mnt/hidden", 0755), 0);
	assert_int_equal(w_stat(w, "mnt", &below), 0);
	assert_int_equal(vfs_lookup(&w->l, CWD, "mnt", 0, &dir), 0);
	assert_int_equal(vfs_mount(&w->l, "none", "mnt", "tmpfs", 0, ""), 0);
	mp = dir->covered_by;
	vnode_unref(dir);
	assert_int_equal(w_stat(w, "mnt", &on), 0);
	assert_int_not_equal(below.st_ino, on.st_ino);
	assert_int_equal(w_stat(w, "mnt/hidden", &st), -ENOENT);
	w_make_file(w, "mnt/f", "x");
	w_make_file(w, "f", "x");
	assert_int_equal(w_link(w, "f", "mnt/g", 0), -EXDEV);
	assert_int_equal(w_rename(w, "mnt/f", "g", 0), -EXDEV);
	assert_int_equal(w_rmdir(w, "mnt"), -EBUSY);
	assert_int_equal(w_rename(w, "mnt", "mnt2", 0), -EBUSY);
	assert_int_equal(w_stat(w, "mnt/../f", &st), 0);
	assert_int_equal(w_statx(w, "mnt", 0, STATX_ALL, &x), 0);
	assert_true((x.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
	assert_int_equal(w_mkdir(w, "mnt/d", 0755), 0);
	assert_int_equal(w_chdir(w, "mnt/d"), 0);
	assert_int_equal(w_getcwd(w, buf, sizeof buf), strlen("/tmp/base/mnt/d") + 1);
	assert_string_equal(buf, "/tmp/base/mnt/d");
	assert_int_equal(w_chdir(w, "../.."), 0);
	assert_int_equal(w_getcwd(w, buf, sizeof buf), strlen("/tmp/base") + 1);
	mp->flags |= MS_RDONLY;
	assert_int_equal(w_try_open(w, "mnt/f", O_RDWR, 0), -EROFS);
	assert_int_equal(w_try_open(w, "mnt/f", O_RDONLY, 0), 0);
	assert_int_equal(w_mkdir(w, "mnt/e", 0755), -EROFS);
	assert_int_equal(w_unlink(w, "mnt/f"), -EROFS);
	assert_int_equal(w_chmod(w, "mnt/f", 0600), -EROFS);
	assert_int_equal(w_utimens(w, "mnt/f", NULL, 0), -EROFS);
	assert_int_equal(w_setxattr(w, "mnt/f", "user.a", "", 0, 0), -EROFS);
}

/* A full file system says so, and goes on. */
static void
test_full(void **state)
{
	struct world *w = *state;
	struct tmpfs *fs = (struct tmpfs *)vfs_root()->mount;
	static char value[4096];
	char name[16];
	struct statfs st;
	int n = 0;

	fs->limits.nodes_max = fs->nodes + 10;
	do
		snprintf(name, sizeof name, "d%d", n++);
	while (w_mkdir(w, name, 0755) == 0);
	assert_int_equal(n, 11);
	assert_int_equal(w_mkdir(w, name, 0755), -ENOSPC);
	assert_int_equal(w_try_open(w, "new", O_CREAT | O_RDWR, 0644), -ENOSPC);
	assert_int_equal(w_symlink(w, "x", "new"), -ENOSPC);
	assert_int_equal(w_statfs(w, ".", &st), 0);
	assert_int_equal(st.f_ffree, 0);
	assert_int_equal(w_rename(w, "d0", "e0", 0), 0);
	assert_int_equal(w_rmdir(w, "d1"), 0);
	w_make_file(w, "f", "x");
	assert_int_equal(w_rmdir(w, "d2"), 0);
	assert_int_equal(w_link(w, "f", "l0", 0), 0);
	assert_int_equal(w_link(w, "f", "l1", 0), 0);
	assert_int_equal(w_link(w, "f", "l2", 0), -ENOSPC); /* names count as well */
	n = 0;
	do
		snprintf(name, sizeof name, "user.%d", n++);
	while (w_setxattr(w, "f", name, value, sizeof value, 0) == 0);
	assert_true(n > 1 && n < 100);
	assert_int_equal(w_setxattr(w, "f", name, value, sizeof value, 0), -ENOSPC);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_descriptors_run_out),
	    TEST(test_fifo_waits),
	    TEST(test_fifo_meets),
	    TEST(test_lock_owners),
	    TEST(test_sockets),
	    TEST(test_mounts),
	    TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
