/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of both worlds: by system call, or into the rump kernel's function. */
#include <errno.h>
#include <sys/syscall.h>

#include "syscall/sys_proto.h"
#include "world.h"

#define CWD          ((uint64_t)AT_FDCWD)
#define FD(fd)       ((uint64_t)(int64_t)(fd))
#define ADDR(p)      ((uaddr_t)(uintptr_t)(p))
#define P(s)         ((struct upath){ADDR(s)})
#define PTR(p)       ((struct uptr){ADDR(p), 0})
#define IN(p, size)  ((struct uin){ADDR(p), (p) == NULL ? 0 : (size)})
#define OUT(p, size) ((struct uout){ADDR(p), (p) == NULL ? 0 : (size)})

static long
host(long r)
{
	return r == -1 ? -errno : r;
}

/* The name, the parameters, what the host does and what the rump kernel does. */
#define CALL(name, params, host_args, rump_call)                                                   \
	long w_##name params                                                                       \
	{                                                                                          \
		int64_t r = 0;                                                                     \
		int error;                                                                         \
                                                                                                   \
		if (w->host)                                                                       \
			return host(syscall host_args);                                            \
		error = rump_call;                                                                 \
		return error != 0 ? -error : (long)r;                                              \
	}

/* clang-format off */
CALL(open, (struct world *w, const char *path, int flags, mode_t mode),
    (SYS_openat, AT_FDCWD, path, flags, mode),
    sys_openat(&w->l, CWD, P(path), flags, mode, &r))
CALL(openat, (struct world *w, int dir, const char *path, int flags, mode_t mode),
    (SYS_openat, dir, path, flags, mode),
    sys_openat(&w->l, FD(dir), P(path), flags, mode, &r))
CALL(close, (struct world *w, int fd),
    (SYS_close, fd),
    sys_close(&w->l, FD(fd)))
CALL(read, (struct world *w, int fd, void *buf, size_t len),
    (SYS_read, fd, buf, len),
    sys_read(&w->l, FD(fd), OUT(buf, len), len, &r))
CALL(write, (struct world *w, int fd, const void *buf, size_t len),
    (SYS_write, fd, buf, len),
    sys_write(&w->l, FD(fd), IN(buf, len), len, &r))
CALL(pread, (struct world *w, int fd, void *buf, size_t len, off_t offset),
    (SYS_pread64, fd, buf, len, offset),
    sys_pread64(&w->l, FD(fd), OUT(buf, len), len, offset, &r))
CALL(pwrite, (struct world *w, int fd, const void *buf, size_t len, off_t offset),
    (SYS_pwrite64, fd, buf, len, offset),
    sys_pwrite64(&w->l, FD(fd), IN(buf, len), len, offset, &r))
CALL(readv, (struct world *w, int fd, const struct iovec *iov, int n),
    (SYS_readv, fd, iov, n),
    sys_readv(&w->l, FD(fd), PTR(iov), n, &r))
CALL(writev, (struct world *w, int fd, const struct iovec *iov, int n),
    (SYS_writev, fd, iov, n),
    sys_writev(&w->l, FD(fd), PTR(iov), n, &r))
CALL(lseek, (struct world *w, int fd, off_t offset, int whence),
    (SYS_lseek, fd, offset, whence),
    sys_lseek(&w->l, FD(fd), offset, whence, &r))
CALL(dup, (struct world *w, int fd),
    (SYS_dup, fd),
    sys_dup(&w->l, FD(fd), &r))
CALL(dup3, (struct world *w, int from, int to, int flags),
    (SYS_dup3, from, to, flags),
    sys_dup3(&w->l, FD(from), FD(to), flags, &r))
CALL(fcntl, (struct world *w, int fd, int cmd, long arg),
    (SYS_fcntl, fd, cmd, arg),
    sys_fcntl(&w->l, FD(fd), cmd, PTR(arg), &r))
CALL(ioctl, (struct world *w, int fd, unsigned long request, void *arg),
    (SYS_ioctl, fd, request, arg),
    sys_ioctl(&w->l, FD(fd), request, PTR(arg), &r))
CALL(flock, (struct world *w, int fd, int operation),
    (SYS_flock, fd, operation),
    sys_flock(&w->l, FD(fd), operation))
CALL(fsync, (struct world *w, int fd),
    (SYS_fsync, fd),
    sys_fsync(&w->l, FD(fd)))
CALL(ftruncate, (struct world *w, int fd, off_t length),
    (SYS_ftruncate, fd, length),
    sys_ftruncate(&w->l, FD(fd), length))
CALL(fallocate, (struct world *w, int fd, int mode, off_t offset, off_t len),
    (SYS_fallocate, fd, mode, offset, len),
    sys_fallocate(&w->l, FD(fd), mode, offset, len))
CALL(pipe, (struct world *w, int fds[2], int flags),
    (SYS_pipe2, fds, flags),
    sys_pipe2(&w->l, OUT(fds, 2 * sizeof *fds), flags))
CALL(mkdir, (struct world *w, const char *path, mode_t mode),
    (SYS_mkdirat, AT_FDCWD, path, mode),
    sys_mkdirat(&w->l, CWD, P(path), mode))
CALL(mknod, (struct world *w, const char *path, mode_t mode, dev_t dev),
    (SYS_mknodat, AT_FDCWD, path, mode, dev),
    sys_mknodat(&w->l, CWD, P(path), mode, dev))
CALL(unlink, (struct world *w, const char *path),
    (SYS_unlinkat, AT_FDCWD, path, 0),
    sys_unlinkat(&w->l, CWD, P(path), 0))
CALL(rmdir, (struct world *w, const char *path),
    (SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR),
    sys_unlinkat(&w->l, CWD, P(path), AT_REMOVEDIR))
CALL(rename, (struct world *w, const char *from, const char *to, unsigned flags),
    (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags),
    sys_renameat2(&w->l, CWD, P(from), CWD, P(to), flags))
CALL(link, (struct world *w, const char *from, const char *to, int flags),
    (SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, flags),
    sys_linkat(&w->l, CWD, P(from), CWD, P(to), flags))
CALL(linkat, (struct world *w, int dir, const char *from, const char *to, int flags),
    (SYS_linkat, dir, from, AT_FDCWD, to, flags),
    sys_linkat(&w->l, FD(dir), P(from), CWD, P(to), flags))
CALL(symlink, (struct world *w, const char *target, const char *path),
    (SYS_symlinkat, target, AT_FDCWD, path),
    sys_symlinkat(&w->l, P(target), CWD, P(path)))
CALL(readlink, (struct world *w, const char *path, char *buf, size_t size),
    (SYS_readlinkat, AT_FDCWD, path, buf, size),
    sys_readlinkat(&w->l, CWD, P(path), OUT(buf, size), size, &r))
CALL(chmod, (struct world *w, const char *path, mode_t mode),
    (SYS_fchmodat, AT_FDCWD, path, mode),
    sys_fchmodat(&w->l, CWD, P(path), mode, 0))
CALL(fchmod, (struct world *w, int fd, mode_t mode),
    (SYS_fchmod, fd, mode),
    sys_fchmod(&w->l, FD(fd), mode))
CALL(chown, (struct world *w, const char *path, uid_t uid, gid_t gid),
    (SYS_fchownat, AT_FDCWD, path, uid, gid, 0),
    sys_fchownat(&w->l, CWD, P(path), uid, gid, 0))
CALL(lchown, (struct world *w, const char *path, uid_t uid, gid_t gid),
    (SYS_fchownat, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW),
    sys_fchownat(&w->l, CWD, P(path), uid, gid, AT_SYMLINK_NOFOLLOW))
CALL(fchown, (struct world *w, int fd, uid_t uid, gid_t gid),
    (SYS_fchown, fd, uid, gid),
    sys_fchown(&w->l, FD(fd), uid, gid))
CALL(truncate, (struct world *w, const char *path, off_t length),
    (SYS_truncate, path, length),
    sys_truncate(&w->l, P(path), length))
CALL(utimens, (struct world *w, const char *path, const struct timespec times[2], int flags),
    (SYS_utimensat, AT_FDCWD, path, times, flags),
    sys_utimensat(&w->l, CWD, P(path), IN(times, 2 * sizeof *times), flags))
CALL(futimens, (struct world *w, int fd, const struct timespec times[2]),
    (SYS_utimensat, fd, NULL, times, 0),
    sys_utimensat(&w->l, FD(fd), P(NULL), IN(times, 2 * sizeof *times), 0))
CALL(access, (struct world *w, const char *path, int mode, int flags),
    (SYS_faccessat2, AT_FDCWD, path, mode, flags),
    sys_faccessat2(&w->l, CWD, P(path), mode, flags))
CALL(chdir, (struct world *w, const char *path),
    (SYS_chdir, path),
    sys_chdir(&w->l, P(path)))
CALL(fchdir, (struct world *w, int fd),
    (SYS_fchdir, fd),
    sys_fchdir(&w->l, FD(fd)))
CALL(getcwd, (struct world *w, char *buf, size_t size),
    (SYS_getcwd, buf, size),
    sys_getcwd(&w->l, OUT(buf, size), size, &r))
CALL(umask, (struct world *w, mode_t mask),
    (SYS_umask, mask),
    sys_umask(&w->l, mask, &r))
CALL(stat, (struct world *w, const char *path, struct stat *st),
    (SYS_newfstatat, AT_FDCWD, path, st, 0),
    sys_newfstatat(&w->l, CWD, P(path), OUT(st, sizeof *st), 0))
CALL(lstat, (struct world *w, const char *path, struct stat *st),
    (SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW),
    sys_newfstatat(&w->l, CWD, P(path), OUT(st, sizeof *st), AT_SYMLINK_NOFOLLOW))
CALL(fstat, (struct world *w, int fd, struct stat *st),
    (SYS_fstat, fd, st),
    sys_fstat(&w->l, FD(fd), OUT(st, sizeof *st)))
CALL(fstatat, (struct world *w, int dir, const char *path, struct stat *st, int flags),
    (SYS_newfstatat, dir, path, st, flags),
    sys_newfstatat(&w->l, FD(dir), P(path), OUT(st, sizeof *st), flags))
CALL(statfs, (struct world *w, const char *path, struct statfs *st),
    (SYS_statfs, path, st),
    sys_statfs(&w->l, P(path), OUT(st, sizeof *st)))
CALL(statx, (struct world *w, const char *path, int flags, unsigned mask, struct statx *x),
    (SYS_statx, AT_FDCWD, path, flags, mask, x),
    sys_statx(&w->l, CWD, P(path), flags, mask, OUT(x, sizeof *x)))
CALL(getdents, (struct world *w, int fd, void *buf, size_t len),
    (SYS_getdents64, fd, buf, len),
    sys_getdents64(&w->l, FD(fd), OUT(buf, len), len, &r))
CALL(getxattr, (struct world *w, const char *path, const char *name, void *value, size_t size),
    (SYS_getxattr, path, name, value, size),
    sys_getxattr(&w->l, P(path), P(name), OUT(value, size), size, &r))
CALL(setxattr, (struct world *w, const char *path, const char *name, const void *value, size_t size, int flags),
    (SYS_setxattr, path, name, value, size, flags),
    sys_setxattr(&w->l, P(path), P(name), IN(value, size), size, flags))
CALL(lsetxattr, (struct world *w, const char *path, const char *name, const void *value, size_t size, int flags),
    (SYS_lsetxattr, path, name, value, size, flags),
    sys_lsetxattr(&w->l, P(path), P(name), IN(value, size), size, flags))
CALL(listxattr, (struct world *w, const char *path, char *list, size_t size),
    (SYS_listxattr, path, list, size),
    sys_listxattr(&w->l, P(path), OUT(list, size), size, &r))
CALL(removexattr, (struct world *w, const char *path, const char *name),
    (SYS_removexattr, path, name),
    sys_removexattr(&w->l, P(path), P(name)))
