/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host has no counterpart of: host descriptors given out, handles, files that were removed
 * but are open, redirects, programs run from.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "dcache/object.h"
#include "syscall/sys_proto.h"
#include "vfs/handle.h"
#include "vfs/hoststore.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"
#include "world.h"

#define CWD ((uint64_t)AT_FDCWD)

static uint64_t
handle_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_not_equal(hoststore_object(&st), 0);
	return hoststore_object(&st) | RUMP_HANDLE;
}

static int
stat_handle(struct world *w, uint64_t handle, struct stat *st)
{
	return sys_fstat(&w->l, handle, (struct uout){(uaddr_t)(uintptr_t)st, sizeof *st});
}

static void
test_file_is_the_object(void **state)
{
	struct world *w = *state;
	struct stat st, other;
	char buf[8];
	int fd, fd2;

	assert_int_equal(world_deleg_open(w, CWD, "f", O_CREAT | O_RDWR, &fd), 0);
	assert_int_equal(write(fd, "hello", 5), 5);
	assert_int_equal(w_stat(w, "f", &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(stat_handle(w, handle_of(fd), &other), 0);
	assert_int_equal(st.st_ino, other.st_ino);
	assert_int_equal(world_deleg_open(w, CWD, "f", O_RDONLY, &fd2), 0);
	assert_int_equal(read(fd2, buf, sizeof buf), 5);
	assert_int_equal(write(fd2, "x", 1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(stat_handle(w, handle_of(fd2), &other), 0);
	assert_int_equal(st.st_ino, other.st_ino);
	assert_int_equal(sys_fchmod(&w->l, handle_of(fd), 0751), 0);
	assert_int_equal(fstat(fd, &other), 0);
	assert_int_equal(other.st_mode & ~(mode_t)OBJECT_STORED_MODE, S_IFREG | 0751);
	/* Born without an object: the number does not change when it gets one. */
	assert_int_equal(w_mknod(w, "late", S_IFREG | 0644, 0), 0);
	assert_int_equal(w_stat(w, "late", &st), 0);
	close(fd2);
	assert_int_equal(world_deleg_open(w, CWD, "late", O_RDWR, &fd2), 0);
	assert_int_equal(w_stat(w, "late", &other), 0);
	assert_int_equal(st.st_ino, other.st_ino);
	assert_int_equal(st.st_ctim.tv_nsec, other.st_ctim.tv_nsec);
	assert_int_equal(stat_handle(w, handle_of(fd2), &other), 0);
	assert_int_equal(st.st_ino, other.st_ino);
	close(fd);
	close(fd2);
}

static void
test_unlinked_lives_until_closed(void **state)
{
	struct world *w = *state;
	struct stat st;
	uint64_t handle;
	void *map;
	int fd;

	assert_int_equal(world_deleg_open(w, CWD, "f", O_CREAT | O_RDWR, &fd), 0);
	handle = handle_of(fd);
	assert_int_equal(ftruncate(fd, 4096), 0);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	assert_int_equal(w_unlink(w, "f"), 0);
	assert_int_equal(stat_handle(w, handle, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_size, 4096);
	close(fd);
	assert_int_equal(stat_handle(w, handle, &st), 0); /* mapped */
	munmap(map, 4096);
	assert_int_equal(stat_handle(w, handle, &st), 0); /* found, and gone after */
	assert_int_equal(stat_handle(w, handle, &st), EBADF);
	/* Closed before the unlink: gone at once. */
	assert_int_equal(world_deleg_open(w, CWD, "f", O_CREAT | O_RDWR, &fd), 0);
	handle = handle_of(fd);
	close(fd);
	assert_int_equal(w_unlink(w, "f"), 0);
	assert_int_equal(stat_handle(w, handle, &st), EBADF);
	/* Many: the sweep finds those that were closed. */
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(world_deleg_open(w, CWD, "f", O_CREAT | O_EXCL | O_RDWR, &fd), 0);
		assert_int_equal(w_unlink(w, "f"), 0);
		close(fd);
	}
}

static void
test_removed_dir_chain(void **state)
{
	struct world *w = *state;
	struct stat st;
	int fd;

	for (int i = 0; i < 20000; i++) {
		assert_int_equal(w_mkdir(w, "d", 0755), 0);
		assert_int_equal(w_chdir(w, "d"), 0);
	}
	assert_int_equal(world_deleg_open(w, CWD, ".", O_RDONLY | O_DIRECTORY, &fd), 0);
	for (int i = 0; i < 20000; i++) {
		assert_int_equal(w_chdir(w, ".."), 0);
		assert_int_equal(w_rmdir(w, "d"), 0);
	}
	assert_int_equal(stat_handle(w, handle_of(fd), &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(sys_fchdir(&w->l, handle_of(fd)), 0);
	assert_int_equal(w_chdir(w, "/"), 0);
	close(fd);
	assert_int_equal(world_deleg_open(w, CWD, "/tmp", O_RDONLY, &fd), 0);
	close(fd);
}

static void
test_directory_handle(void **state)
{
	struct world *w = *state;
	uint64_t cookie = 0, dir;
	char buf[64];
	int64_t n;
	int fd, file, seen = 0;

	assert_int_equal(w_mkdir(w, "d", 0755), 0);
	assert_int_equal(world_deleg_open(w, CWD, "d", O_RDONLY | O_DIRECTORY, &fd), 0);
	dir = handle_of(fd);
	assert_int_equal(world_deleg_open(w, dir, "one", O_CREAT | O_RDWR, &file), 0);
	close(file);
	assert_int_equal(sys_mkdirat(&w->l, dir, world_path("two"), 0755), 0);
	do {
		assert_int_equal(
		    sys_deleg_getdents(&w->l, dir, (struct uout){(uaddr_t)(uintptr_t)buf, 32}, 32,
			(struct uinout){(uaddr_t)(uintptr_t)&cookie, 8}, &n),
		    0);
		seen += n != 0;
	} while (n != 0);
	assert_int_equal(seen, 4);
	assert_int_equal(sys_deleg_getdents(&w->l, handle_of(fd) + 12345,
			     (struct uout){(uaddr_t)(uintptr_t)buf, 32}, 32,
			     (struct uinout){(uaddr_t)(uintptr_t)&cookie, 8}, &n),
	    EBADF);
	close(fd);
}

static void
test_redirect(void **state)
{
	struct world *w = *state;
	struct stat st;
	char longer[PATH_MAX];
	int fd;

	assert_int_equal(w_symlink(w, "/etc/motd", "abs"), 0);
	assert_int_equal(w_symlink(w, "abs", "twice"), 0);
	assert_int_equal(w_symlink(w, "/tmp", "t"), 0);
	assert_int_equal(w_stat(w, "t/base", &st), 0);
	w->l.proc->abslinks = true;
	assert_int_equal(w_stat(w, "twice", &st), -EREDIRECT);
	assert_string_equal(w->l.redirect, "0/etc/motd");
	assert_int_equal(w_lstat(w, "twice", &st), 0);
	assert_int_equal(w_stat(w, "t//a/../b/", &st), -EREDIRECT);
	assert_string_equal(w->l.redirect, "0/tmp//a/../b/");
	assert_int_equal(world_deleg_open(w, CWD, "twice", O_CREAT | O_RDWR, &fd), EREDIRECT);
	assert_int_equal(world_deleg_open(w, CWD, "twice", O_CREAT | O_EXCL | O_RDWR, &fd), EEXIST);
	assert_int_equal(w_rename(w, "abs", "t/x", 0), -EREDIRECT);
	assert_string_equal(w->l.redirect, "1/tmp/x");
	memset(longer, 'x', sizeof longer);
	memcpy(longer, "t/", 2);
	longer[PATH_MAX - 1] = '\0';
	assert_int_equal(w_stat(w, longer, &st), -ENAMETOOLONG);
}

static void
test_start(void **state)
{
	struct world *w = *state;
	struct stat st;
	char buf[4];
	long fd;

	assert_int_equal(w_stat(w, "/tmp", &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 01777);
	assert_int_equal(w_stat(w, "/", &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(w_stat(w, "/../../..", &st), 0);
	fd = w_open(w, "/dev/urandom", O_RDONLY, 0);
	assert_int_equal(w_read(w, (int)fd, buf, 4), 4);
	assert_int_equal(w_close(w, (int)fd), 0);
	assert_int_equal(w_chdir(w, "/"), 0);
	assert_int_equal(w_getcwd(w, buf, sizeof buf), 2);
	assert_string_equal(buf, "/");
}

/* A program can be run from its file, and not while somebody writes it. */
static void
test_exec(void **state)
{
	struct world *w = *state;
	char buf[4096], name[] = "prog";
	int fd, from = open("/bin/true", O_RDONLY), status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(world_deleg_open(w, CWD, "prog", O_CREAT | O_WRONLY, &fd), 0);
	while ((n = read(from, buf, sizeof buf)) > 0)
		assert_int_equal(write(fd, buf, (size_t)n), n);
	close(from);
	close(fd);
	assert_int_equal(w_chmod(w, "prog", 0755), 0);
	assert_int_equal(world_deleg_open(w, CWD, "prog", O_RDONLY | O_CLOEXEC, &fd), 0);
	pid = fork();
	if (pid == 0) {
		fexecve(fd, (char *[]){name, NULL}, (char *[]){NULL});
		_exit(100 + errno);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_start),
	    TEST(test_file_is_the_object),
	    TEST(test_unlinked_lives_until_closed),
	    TEST(test_removed_dir_chain),
	    TEST(test_directory_handle),
	    TEST(test_redirect),
	    TEST(test_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
