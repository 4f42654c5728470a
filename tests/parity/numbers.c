/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by number: syscall(2) reaches the same kernel as the function of that name. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <utime.h>

#include "parity.h"

#define CALL(name, ...) TRY(syscall(SYS_##name, __VA_ARGS__))
#define OPEN(name, ...) FD(syscall(SYS_##name, __VA_ARGS__))

TEST(files)
{
	struct iovec iov = {(char[]){"abc"}, 3};
	char buf[8];
	int fd = OPEN(creat, "f", 0640);

	CALL(write, fd, "one", 3);
	CALL(writev, fd, &iov, 1);
	CALL(fsync, fd);
	CALL(fdatasync, fd);
	CALL(syncfs, fd);
	CALL(fchmod, fd, 0600);
	CALL(fchown, fd, -1, -1);
	CALL(close, fd);
	fd = OPEN(open, "f", O_RDONLY);
	CALL(read, fd, buf, 2);
	CALL(pread64, fd, buf, 8, 1);
	iov.iov_len = 2;
	CALL(readv, fd, &iov, 1);
	CALL(dup3, fd, 50, O_CLOEXEC);
	CALL(dup2, fd, 51);
	CALL(fcntl, 50, F_GETFD, 0);
	CALL(ioctl, fd, 0x541b, buf);
	CALL(close_range, 50, 51, 0);
	CALL(close, 50);
}

TEST(names)
{
	char buf[16] = "";

	CALL(mkdir, "d", 0755);
	CALL(mkdirat, AT_FDCWD, "d/e", 0755);
	CALL(mknod, "d/f", S_IFREG | 0644, 0);
	CALL(mknodat, AT_FDCWD, "d/p", S_IFIFO | 0644, 0);
	CALL(link, "d/f", "d/g");
	CALL(linkat, AT_FDCWD, "d/f", AT_FDCWD, "d/h", 0);
	CALL(symlink, "f", "d/s");
	CALL(symlinkat, "g", AT_FDCWD, "d/t");
	CALL(readlink, "d/s", buf, sizeof buf);
	CALL(readlinkat, AT_FDCWD, "d/t", buf + 1, sizeof buf - 1);
	SAY("%s", buf);
	CALL(rename, "d/f", "d/f2");
	CALL(renameat, AT_FDCWD, "d/g", AT_FDCWD, "d/g2");
	CALL(renameat2, AT_FDCWD, "d/h", AT_FDCWD, "d/g2", 1);
	CALL(unlink, "d/h");
	CALL(unlinkat, AT_FDCWD, "d/p", 0);
	CALL(rmdir, "d/e");
	CALL(rmdir, "d");
	CALL(access, "d/f2", R_OK);
	CALL(faccessat, AT_FDCWD, "d/f2", X_OK);
	CALL(umask, 077);
	CALL(umask, 022);
}

TEST(attributes)
{
	struct utimbuf times = {1, 2};
	struct timeval tv[2] = {{3, 4}, {5, 6}};
	struct timespec ts[2] = {{7, 8}, {9, 10}};
	struct stat st;
	struct statx stx;
	struct statfs fs;
	char buf[8];
	int fd = OPEN(open, "f", O_CREAT | O_RDWR, 0644);

	CALL(truncate, "f", 100);
	CALL(chmod, "f", 0600);
	CALL(fchmodat, AT_FDCWD, "f", 0644);
	CALL(chown, "f", -1, -1);
	CALL(lchown, "f", -1, -1);
	CALL(fchownat, AT_FDCWD, "f", -1, -1, 0);
	CALL(utime, "f", &times);
	CALL(stat, "f", &st);
	SAY("%jd", (intmax_t)st.st_mtime);
	CALL(utimes, "f", tv);
	CALL(lstat, "f", &st);
	SAY("%jd", (intmax_t)st.st_mtime);
	CALL(futimesat, AT_FDCWD, "f", tv);
	CALL(utimensat, AT_FDCWD, "f", ts, 0);
	CALL(newfstatat, AT_FDCWD, "f", &st, 0);
	SAY("%jd", (intmax_t)st.st_mtime);
	CALL(fstat, fd, &st);
	SAY("%jd", (intmax_t)st.st_size);
	CALL(statx, AT_FDCWD, "f", 0, STATX_BASIC_STATS, &stx);
	SAY("%o", stx.stx_mode);
	CALL(statfs, "f", &fs);
	CALL(fstatfs, fd, &fs);
	CALL(setxattr, "f", "user.a", "1", 1, 0);
	CALL(lsetxattr, "f", "user.b", "1", 1, 0);
	CALL(fsetxattr, fd, "user.c", "1", 1, 0);
	CALL(getxattr, "f", "user.c", buf, 8);
	CALL(lgetxattr, "f", "user.b", buf, 8);
	CALL(fgetxattr, fd, "user.a", buf, 8);
	CALL(listxattr, "f", NULL, 0);
	CALL(llistxattr, "f", NULL, 0);
	CALL(flistxattr, fd, NULL, 0);
	CALL(removexattr, "f", "user.a");
	CALL(lremovexattr, "f", "user.b");
	CALL(fremovexattr, fd, "user.c");
	CALL(flistxattr, fd, NULL, 0);
}

TEST(directories)
{
	char buf[1024];
	int fd, watch = FD(inotify_init1(0));

	CALL(mkdir, "d", 0755);
	fd = OPEN(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
	CALL(getdents64, fd, buf, sizeof buf);
	CALL(getdents64, fd, buf, sizeof buf);
	CALL(inotify_add_watch, watch, "d", IN_CREATE);
	CALL(fchdir, fd);
	MUST(syscall(SYS_getcwd, buf, sizeof buf));
	SAY("%s", strrchr(buf, '/'));
	CALL(chdir, "..");
	CALL(getcwd, buf, 1);
}

TEST(openat2)
{
	struct open_how how = {.flags = O_CREAT | O_RDWR, .mode = 0644};

	OPEN(openat2, AT_FDCWD, "f", &how, sizeof how);
	how.flags = O_RDONLY;
	CALL(openat2, AT_FDCWD, "f", &how, sizeof how);
	how.mode = 0;
	OPEN(openat2, AT_FDCWD, "f", &how, sizeof how);
	CALL(openat2, AT_FDCWD, "missing", &how, sizeof how);
	how.flags = (uint64_t)1 << 40;
	CALL(openat2, AT_FDCWD, "f", &how, sizeof how);
}

int
main(void)
{
	return parity_main();
}
