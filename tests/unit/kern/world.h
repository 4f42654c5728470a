/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two worlds for one scenario: the rump kernel's file system, called directly, and the host's tmpfs
 * (/dev/shm), called by system calls.  A scenario is a function that makes calls and notes results;
 * world_compare() runs it in both and fails where the notes differ.  So the host says what is
 * right.
 *
 * Calls return a result, or a negative errno.  Both worlds begin in an empty directory of mode 0777
 * with umask 022, as root; as_user() and as_root() change the ids that count for files.
 */
#ifndef TESTS_UNIT_KERN_WORLD_H
#define TESTS_UNIT_KERN_WORLD_H

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kern/proc.h"

struct world {
	bool host;
	struct lwp l;
	char *notes;
	size_t notes_len;
	FILE *out;
};

/* Runs the scenario in both worlds. */
void world_compare(void (*scenario)(struct world *));
/* Makes the test test_NAME of a scenario. */
#define SCENARIO(name)                                                                             \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		world_compare(name);                                                               \
	}

/* The rump world alone, with vfs_init() done; and its end, which frees everything. */
void world_rump_begin(struct world *w);
void world_rump_end(struct world *w);

/* Held by a test in the rump world, except while it waits. */
extern pthread_mutex_t world_giant;

/* The same as a test's setup and teardown: *state is the world. */
int world_setup(void **state);
int world_teardown(void **state);
struct upath world_path(const char *s);
/* deleg_open: an errno; the host descriptor in *ret_fd. */
int world_deleg_open(struct world *w, uint64_t dir, const char *path, int flags, int *ret_fd);

/* Notes the value of an expression, with its text. */
#define NOTE(w, expr) world_note((w), #expr, (long)(expr))
void world_note(struct world *w, const char *text, long value);
void world_note_text(struct world *w, const char *what, const char *text);
/* Notes what does not depend on time, place or world of a file's attributes. */
void world_note_stat(struct world *w, const char *path);

void as_user(struct world *w, uid_t uid, gid_t gid);
void as_root(struct world *w);

/* open and close: 0 or a negative errno; a file with contents. */
long w_try_open(struct world *w, const char *path, int flags, mode_t mode);
void w_make_file(struct world *w, const char *path, const char *contents);

long w_open(struct world *w, const char *path, int flags, mode_t mode);
long w_openat(struct world *w, int dir, const char *path, int flags, mode_t mode);
long w_close(struct world *w, int fd);
long w_read(struct world *w, int fd, void *buf, size_t len);
long w_write(struct world *w, int fd, const void *buf, size_t len);
long w_pread(struct world *w, int fd, void *buf, size_t len, off_t offset);
long w_pwrite(struct world *w, int fd, const void *buf, size_t len, off_t offset);
long w_readv(struct world *w, int fd, const struct iovec *iov, int n);
long w_writev(struct world *w, int fd, const struct iovec *iov, int n);
long w_lseek(struct world *w, int fd, off_t offset, int whence);
long w_dup(struct world *w, int fd);
long w_dup3(struct world *w, int from, int to, int flags);
long w_fcntl(struct world *w, int fd, int cmd, long arg);
long w_ioctl(struct world *w, int fd, unsigned long request, void *arg);
long w_flock(struct world *w, int fd, int operation);
long w_fsync(struct world *w, int fd);
long w_ftruncate(struct world *w, int fd, off_t length);
long w_fallocate(struct world *w, int fd, int mode, off_t offset, off_t len);
long w_pipe(struct world *w, int fds[2], int flags);
long w_mkdir(struct world *w, const char *path, mode_t mode);
long w_mknod(struct world *w, const char *path, mode_t mode, dev_t dev);
long w_unlink(struct world *w, const char *path);
long w_rmdir(struct world *w, const char *path);
long w_rename(struct world *w, const char *from, const char *to, unsigned flags);
long w_link(struct world *w, const char *from, const char *to, int flags);
long w_linkat(struct world *w, int dir, const char *from, const char *to, int flags);
long w_symlink(struct world *w, const char *target, const char *path);
long w_readlink(struct world *w, const char *path, char *buf, size_t size);
long w_chmod(struct world *w, const char *path, mode_t mode);
long w_fchmod(struct world *w, int fd, mode_t mode);
long w_chown(struct world *w, const char *path, uid_t uid, gid_t gid);
long w_lchown(struct world *w, const char *path, uid_t uid, gid_t gid);
long w_fchown(struct world *w, int fd, uid_t uid, gid_t gid);
long w_truncate(struct world *w, const char *path, off_t length);
long w_utimens(struct world *w, const char *path, const struct timespec times[2], int flags);
long w_futimens(struct world *w, int fd, const struct timespec times[2]);
long w_access(struct world *w, const char *path, int mode, int flags);
long w_chdir(struct world *w, const char *path);
long w_fchdir(struct world *w, int fd);
long w_getcwd(struct world *w, char *buf, size_t size);
long w_umask(struct world *w, mode_t mask);
long w_stat(struct world *w, const char *path, struct stat *st);
long w_lstat(struct world *w, const char *path, struct stat *st);
long w_fstat(struct world *w, int fd, struct stat *st);
long w_fstatat(struct world *w, int dir, const char *path, struct stat *st, int flags);
long w_statfs(struct world *w, const char *path, struct statfs *st);
long w_statx(struct world *w, const char *path, int flags, unsigned mask, struct statx *x);
long w_getdents(struct world *w, int fd, void *buf, size_t len);
long w_getxattr(struct world *w, const char *path, const char *name, void *value, size_t size);
long w_setxattr(
    struct world *w, const char *path, const char *name, const void *value, size_t size, int flags);
long w_lsetxattr(
    struct world *w, const char *path, const char *name, const void *value, size_t size, int flags);
long w_listxattr(struct world *w, const char *path, char *list, size_t size);
long w_removexattr(struct world *w, const char *path, const char *name);

#endif
