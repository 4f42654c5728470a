/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * syscall(2) by number: runtimes make their calls this way (libuv close and statx, glib getdents64,
 * libattr its attributes).  A number that has a hook goes to it, io_uring is not there, so that
 * programs fall back to calls that we see, and the rest is the host's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <utime.h>

#include "base/fault.h"
#include "base/raw.h"
#include "file/call_cwd.h"
#include "file/call_open.h"
#include "hijack.h"
#include "process/call_cred.h"
#include "process/call_fork.h"
#include "process/call_vfork.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452 /* Linux 6.6 */
#endif

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

struct words {
	long w[6];
};

/* Argument n as an integer, as a descriptor-sized one, as a pointer. */
#define N(n) (a->w[n])
#define I(n) ((int)a->w[n])
#define U(n) ((unsigned)a->w[n])
#define P(n) ((void *)(uintptr_t)a->w[n])

static long
host_syscall(long number, const struct words *a)
{
	long ret = raw_syscall6(number, N(0), N(1), N(2), N(3), N(4), N(5));

	return ret < 0 && ret > -4096 ? hijack_fail((int)-ret) : ret;
}

/* NULL is fine, too. */
static bool
is_readable(long addr, size_t len)
{
	return addr == 0 || fault_readable((uint64_t)addr, len) == 0;
}

/* utimensat without a path. */
static long
set_times_of_fd(const struct words *a)
{
	if (I(0) == AT_FDCWD)
		return hijack_fail(EFAULT);
	return I(3) != 0 ? hijack_fail(EINVAL) : hijack_futimens(I(0), P(2));
}

/* The system call gives the length, libc's function the buffer. */
static long
getcwd_length(char *buf, size_t size)
{
	char path[PATH_MAX];
	size_t len;

	if (hijack_getcwd(path, size < sizeof path ? size : sizeof path) == NULL)
		return errno == EINVAL ? hijack_fail(ERANGE) : -1;
	len = strlen(path) + 1;
	return fault_write((uintptr_t)buf, path, len) != 0 ? hijack_fail(EFAULT) : (long)len;
}

/* Records of getdents64 in the form of getdents: the type stands at the end, not before the name.
 */
static long
old_records(char *buf, long len)
{
	const size_t name = offsetof(struct dirent, d_name);

	for (long at = 0; at < len;) {
		struct dirent *entry = (struct dirent *)(void *)(buf + at);
		char type = (char)entry->d_type;
		unsigned short size = entry->d_reclen;

		memmove((char *)entry + name - 1, (char *)entry + name, size - name);
		((char *)entry)[size - 1] = type;
		at += size;
	}
	return len;
}

static long
descriptor_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_read:
		return hijack_read(I(0), P(1), (size_t)N(2));
	case SYS_write:
		return hijack_write(I(0), P(1), (size_t)N(2));
	case SYS_pread64:
		return hijack_pread64(I(0), P(1), (size_t)N(2), N(3));
	case SYS_readv:
		return hijack_readv(I(0), P(1), I(2));
	case SYS_writev:
		return hijack_writev(I(0), P(1), I(2));
	case SYS_preadv: /* the offset is in two halves, of which the first has it all */
		return hijack_preadv(I(0), P(1), I(2), N(3));
	case SYS_preadv2:
		return hijack_preadv2(I(0), P(1), I(2), N(3), I(5));
	case SYS_pwrite64:
		return hijack_pwrite64(I(0), P(1), (size_t)N(2), N(3));
	case SYS_pwritev:
		return hijack_pwritev(I(0), P(1), I(2), N(3));
	case SYS_pwritev2:
		return hijack_pwritev2(I(0), P(1), I(2), N(3), I(5));
	case SYS_fallocate:
		return hijack_fallocate(I(0), I(1), N(2), N(3));
	case SYS_copy_file_range:
		return hijack_copy_file_range(I(0), P(1), I(2), P(3), (size_t)N(4), U(5));
	case SYS_sendfile:
		return hijack_sendfile(I(0), I(1), P(2), (size_t)N(3));
	case SYS_splice:
		return hijack_splice(I(0), P(1), I(2), P(3), (size_t)N(4), U(5));
	case SYS_mmap:
		return (long)hijack_mmap(P(0), (size_t)N(1), I(2), I(3), I(4), N(5));
	case SYS_readahead:
		return hijack_readahead(I(0), N(1), (size_t)N(2));
	case SYS_lseek:
		return hijack_lseek(I(0), N(1), I(2));
	case SYS_close:
		return hijack_close(I(0));
	case SYS_close_range:
		return hijack_close_range(U(0), U(1), U(2));
	case SYS_dup:
		return hijack_dup(I(0));
	case SYS_dup2:
		return hijack_dup2(I(0), I(1));
	case SYS_dup3:
		return hijack_dup3(I(0), I(1), I(2));
	case SYS_fcntl:
		return hijack_fcntl(I(0), I(1), N(2));
	case SYS_ioctl:
		return hijack_ioctl(I(0), (unsigned long)N(1), P(2));
	case SYS_fsync:
		return hijack_fsync(I(0));
	case SYS_fdatasync:
		return hijack_fdatasync(I(0));
	case SYS_syncfs:
		return hijack_syncfs(I(0));
	case SYS_getdents64:
		return hijack_getdents64(I(0), P(1), (size_t)N(2));
	case SYS_getdents:
		return old_records(P(1), hijack_getdents64(I(0), P(1), U(2)));
	case SYS_fstat:
		return hijack_fstat(I(0), P(1));
	case SYS_fstatfs:
		return hijack_fstatfs(I(0), P(1));
	case SYS_fchmod:
		return hijack_fchmod(I(0), (mode_t)U(1));
	case SYS_fchown:
		return hijack_fchown(I(0), U(1), U(2));
	case SYS_fchdir:
		return hijack_fchdir(I(0));
	case SYS_fgetxattr:
		return hijack_fgetxattr(I(0), P(1), P(2), (size_t)N(3));
	case SYS_fsetxattr:
		return hijack_fsetxattr(I(0), P(1), P(2), (size_t)N(3), I(4));
	case SYS_flistxattr:
		return hijack_flistxattr(I(0), P(1), (size_t)N(2));
	case SYS_pidfd_send_signal:
		return hijack_pidfd_send_signal(I(0), I(1), P(2), U(3));
	case SYS_fremovexattr:
		return hijack_fremovexattr(I(0), P(1));
	default:
		return host_syscall(number, a);
	}
}

static long
at_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_openat2:
		return open_how(I(0), P(1), P(2), (size_t)N(3));
	case SYS_openat:
		return hijack_openat(I(0), P(1), I(2), (mode_t)U(3));
	case SYS_newfstatat:
		return hijack_newfstatat(I(0), P(1), P(2), I(3));
	case SYS_statx:
		return hijack_statx(I(0), P(1), I(2), U(3), P(4));
	case SYS_faccessat:
		return hijack_faccessat2(I(0), P(1), I(2), 0);
	case SYS_faccessat2:
		return hijack_faccessat2(I(0), P(1), I(2), I(3));
	case SYS_readlinkat:
		return hijack_readlinkat(I(0), P(1), P(2), (size_t)N(3));
	case SYS_unlinkat:
		return hijack_unlinkat(I(0), P(1), I(2));
	case SYS_renameat:
		return hijack_renameat2(I(0), P(1), I(2), P(3), 0);
	case SYS_renameat2:
		return hijack_renameat2(I(0), P(1), I(2), P(3), U(4));
	case SYS_mkdirat:
		return hijack_mkdirat(I(0), P(1), (mode_t)U(2));
	case SYS_mknodat:
		return hijack_mknodat(I(0), P(1), (mode_t)U(2), (dev_t)N(3));
	case SYS_linkat:
		return hijack_linkat(I(0), P(1), I(2), P(3), I(4));
	case SYS_symlinkat:
		return hijack_symlinkat(P(0), I(1), P(2));
	case SYS_fchmodat:
		return hijack_fchmodat(I(0), P(1), (mode_t)U(2), 0);
	case SYS_fchownat:
		return hijack_fchownat(I(0), P(1), U(2), U(3), I(4));
	case SYS_utimensat:
		return P(1) != NULL ? hijack_utimensat(I(0), P(1), P(2), I(3)) : set_times_of_fd(a);
	case SYS_fchmodat2:
		return hijack_fchmodat(I(0), P(1), (mode_t)U(2), I(3));
	case SYS_futimesat:
		return is_readable(N(2), sizeof(struct timeval[2]))
			   ? hijack_futimesat(I(0), P(1), P(2))
			   : hijack_fail(EFAULT);
	case SYS_execveat:
		return hijack_execveat(I(0), P(1), P(2), P(3), I(4));
	default:
		return descriptor_call(number, a);
	}
}

static long
path_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_open:
		return hijack_openat(AT_FDCWD, P(0), I(1), (mode_t)U(2));
	case SYS_creat:
		return hijack_creat(P(0), (mode_t)U(1));
	case SYS_mknod:
		return hijack_mknod(P(0), (mode_t)U(1), (dev_t)N(2));
	case SYS_lchown:
		return hijack_lchown(P(0), U(1), U(2));
	case SYS_utime:
		return is_readable(N(1), sizeof(struct utimbuf)) ? hijack_utime(P(0), P(1))
								 : hijack_fail(EFAULT);
	case SYS_utimes:
		return is_readable(N(1), sizeof(struct timeval[2])) ? hijack_utimes(P(0), P(1))
								    : hijack_fail(EFAULT);
	case SYS_inotify_add_watch:
		return hijack_inotify_add_watch(I(0), P(1), U(2));
	case SYS_stat:
		return hijack_stat(P(0), P(1));
	case SYS_lstat:
		return hijack_lstat(P(0), P(1));
	case SYS_access:
		return hijack_access(P(0), I(1));
	case SYS_readlink:
		return hijack_readlink(P(0), P(1), (size_t)N(2));
	case SYS_unlink:
		return hijack_unlink(P(0));
	case SYS_rmdir:
		return hijack_rmdir(P(0));
	case SYS_mkdir:
		return hijack_mkdir(P(0), (mode_t)U(1));
	case SYS_rename:
		return hijack_rename(P(0), P(1));
	case SYS_link:
		return hijack_link(P(0), P(1));
	case SYS_symlink:
		return hijack_symlink(P(0), P(1));
	case SYS_chmod:
		return hijack_chmod(P(0), (mode_t)U(1));
	case SYS_chown:
		return hijack_chown(P(0), U(1), U(2));
	case SYS_truncate:
		return hijack_truncate(P(0), N(1));
	case SYS_statfs:
		return hijack_statfs(P(0), P(1));
	case SYS_chdir:
		return hijack_chdir(P(0));
	case SYS_getcwd:
		return route_cwd_is_rump() ? getcwd_length(P(0), (size_t)N(1))
					   : host_syscall(number, a);
	case SYS_umask:
		return hijack_umask((mode_t)U(0));
	case SYS_mount:
		return hijack_mount(P(0), P(1), P(2), (unsigned long)N(3), P(4));
	case SYS_umount2:
		return hijack_umount2(P(0), I(1));
	case SYS_execve:
		return hijack_execve(P(0), P(1), P(2));
	default:
		return at_call(number, a);
	}
}

static long
attribute_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_getxattr:
		return hijack_getxattr(P(0), P(1), P(2), (size_t)N(3));
	case SYS_lgetxattr:
		return hijack_lgetxattr(P(0), P(1), P(2), (size_t)N(3));
	case SYS_setxattr:
		return hijack_setxattr(P(0), P(1), P(2), (size_t)N(3), I(4));
	case SYS_lsetxattr:
		return hijack_lsetxattr(P(0), P(1), P(2), (size_t)N(3), I(4));
	case SYS_listxattr:
		return hijack_listxattr(P(0), P(1), (size_t)N(2));
	case SYS_llistxattr:
		return hijack_llistxattr(P(0), P(1), (size_t)N(2));
	case SYS_removexattr:
		return hijack_removexattr(P(0), P(1));
	case SYS_lremovexattr:
		return hijack_lremovexattr(P(0), P(1));
	default:
		return path_call(number, a);
	}
}

/* libc's functions change the ids of all threads, the system calls those of the caller. */
static long
credential_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_setuid:
	case SYS_setreuid:
	case SYS_setresuid:
	case SYS_setgid:
	case SYS_setregid:
	case SYS_setresgid:
		return cred_ids_changed((int)host_syscall(number, a));
	case SYS_setgroups:
		return cred_groups_changed((int)host_syscall(number, a));
	case SYS_setfsuid:
		return hijack_setfsuid(U(0));
	case SYS_setfsgid:
		return hijack_setfsgid(U(0));
	default:
		return attribute_call(number, a);
	}
}

static long
socket_call(long number, const struct words *a)
{
	switch (number) {
	case SYS_socket:
		return hijack_socket(I(0), I(1), I(2));
	case SYS_bind:
		return hijack_bind(I(0), P(1), U(2));
	case SYS_listen:
		return hijack_listen(I(0), I(1));
	case SYS_accept:
		return hijack_accept4(I(0), P(1), P(2), 0);
	case SYS_accept4:
		return hijack_accept4(I(0), P(1), P(2), I(3));
	case SYS_connect:
		return hijack_connect(I(0), P(1), U(2));
	case SYS_sendto:
		return hijack_sendto(I(0), P(1), (size_t)N(2), I(3), P(4), U(5));
	case SYS_recvfrom:
		return hijack_recvfrom(I(0), P(1), (size_t)N(2), I(3), P(4), P(5));
	case SYS_sendmsg:
		return hijack_sendmsg(I(0), P(1), I(2));
	case SYS_recvmsg:
		return hijack_recvmsg(I(0), P(1), I(2));
	case SYS_getsockname:
		return hijack_getsockname(I(0), P(1), P(2));
	case SYS_getpeername:
		return hijack_getpeername(I(0), P(1), P(2));
	case SYS_shutdown:
		return hijack_shutdown(I(0), I(1));
	case SYS_sendmmsg:
		return hijack_sendmmsg(I(0), P(1), U(2), I(3));
	case SYS_recvmmsg:
		return hijack_recvmmsg(I(0), P(1), U(2), I(3), P(4));
	case SYS_getsockopt:
		return hijack_getsockopt(I(0), I(1), I(2), P(3), P(4));
	case SYS_setsockopt:
		return hijack_setsockopt(I(0), I(1), I(2), P(3), U(4));
	default:
		return credential_call(number, a);
	}
}

/* Is it a call that makes a child with memory and descriptors of its own, on this stack? */
static bool
makes_child(long number, const struct words *a)
{
	struct clone_args c;

	switch (number) {
	case SYS_fork:
	case SYS_vfork:
		return true;
	case SYS_clone:
		return (N(0) & (CLONE_VM | CLONE_FILES)) == 0 && P(1) == NULL;
	case SYS_clone3:
		if ((size_t)N(1) < CLONE_ARGS_SIZE_VER0)
			return false;
		memcpy(&c, P(0), CLONE_ARGS_SIZE_VER0);
		return (c.flags & (CLONE_VM | CLONE_FILES)) == 0 && c.stack == 0;
	}
	return false;
}

static long
process_call(long number, const struct words *a)
{
	const long words[6] = {number, N(0), N(1), N(2), N(3), N(4)};

	/* A child in our memory would return through the same frames as its parent. */
	return number == SYS_vfork ? vfork_copied() : fork_by_number(words);
}

long
hijack_syscall(long number, ...)
{
	struct words a;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a.w[i] = va_arg(ap, long);
	va_end(ap);
	if (makes_child(number, &a))
		return process_call(number, &a);
	if (number == SYS_io_uring_setup)
		return hijack_fail(ENOSYS);
	return socket_call(number, &a);
}
HIJACK_EXPORTS(syscall)
