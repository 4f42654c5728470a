/* SPDX-License-Identifier: BSD-2-Clause */
/* File calls made by number, and pointers that lead nowhere. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

#include "parity.h"

static char *
nowhere(void)
{
	void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(page == MAP_FAILED ? -1 : 0);
	return page;
}

TEST(bad_paths)
{
	char *const bad[] = {nowhere(), (char *)-1, (char *)8};
	char buf[100];
	struct stat st;
	struct statfs fs;

	MUST(close(MUST(open("f", O_CREAT | O_RDWR, 0644))));
	for (unsigned i = 0; i < 3; i++) {
		char *path = bad[i];

		TRY(open(path, O_RDONLY));
		TRY(open(path, O_CREAT | O_RDWR, 0600));
		TRY(access(path, F_OK));
		TRY(stat(path, &st));
		TRY(lstat(path, &st));
		TRY(chdir(path));
		TRY(chmod(path, 0));
		TRY(chown(path, 0, 0));
		TRY(lchown(path, 0, 0));
		TRY(link(path, "g"));
		TRY(link("f", path));
		TRY(mkdir(path, 0755));
		TRY(mknod(path, S_IFREG | 0600, 0));
		TRY(mkfifo(path, 0600));
		TRY(readlink(path, buf, sizeof buf));
		TRY(rename(path, "g"));
		TRY(rename("f", path));
		TRY(rmdir(path));
		TRY(symlink("f", path));
		TRY(symlink(path, "l"));
		TRY(truncate(path, 0));
		TRY(unlink(path));
		TRY(utimensat(AT_FDCWD, path, NULL, 0));
		TRY(statfs(path, &fs));
		TRY(getxattr(path, "user.a", buf, 10));
		TRY(setxattr("f", path, "x", 1, 0));
		TRY(listxattr(path, buf, 10));
	}
}

TEST(bad_buffers)
{
	char *bad = nowhere();
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));

	MUST(symlink("f", "l"));
	MUST(write(fd, "text", 4));
	TRY(stat("f", (struct stat *)(void *)bad));
	TRY(fstat(fd, (struct stat *)(void *)bad));
	TRY(statx(AT_FDCWD, "f", 0, STATX_ALL, (struct statx *)(void *)bad));
	TRY(statfs("f", (struct statfs *)(void *)bad));
	TRY(readlink("l", bad, 10));
	TRY(pread(fd, bad, 4, 0));
	TRY(pwrite(fd, bad, 4, 0));
	TRY(setxattr("f", "user.x", bad, 3, 0));
	TRY(setxattr("f", "user.x", "y", 1, 0));
	TRY(getxattr("f", "user.x", bad, 3));
	TRY(listxattr("f", bad, 30));
	TRY(utimensat(AT_FDCWD, "f", (struct timespec *)(void *)bad, 0));
	TRY(syscall(SYS_getcwd, bad, 100));
	TRY(syscall(SYS_getcwd, NULL, 100));
}

TEST(old_calls)
{
	struct utimbuf times = {100, 200};
	struct timeval tv[2] = {{300, 1}, {400, 2}};
	char buf[1024], *name;
	struct stat st;
	int fd = FD(syscall(SYS_creat, "f", 0640));
	long n;

	TRY(syscall(SYS_mknod, "p", S_IFIFO | 0600, 0));
	TRY(syscall(SYS_lchown, "p", 0, 0));
	TRY(syscall(SYS_utime, "f", &times));
	MUST(fstat(fd, &st));
	SAY("%jd %jd", (intmax_t)st.st_atime, (intmax_t)st.st_mtime);
	TRY(syscall(SYS_utimes, "f", tv));
	TRY(syscall(SYS_futimesat, AT_FDCWD, "f", tv));
	MUST(fstat(fd, &st));
	SAY("%jd %jd", (intmax_t)st.st_atime, (intmax_t)st.st_mtime);
	fd = MUST(open(".", O_RDONLY));
	n = TRY(syscall(SYS_getdents, fd, buf, sizeof buf));
	for (long at = 0; at < n;) {
		unsigned short size;

		memcpy(&size, buf + at + 16, 2);
		name = buf + at + 18;
		SAY("%s: size %u, type %d", name, size, buf[at + size - 1]);
		at += size;
	}
	TRY(syscall(SYS_getdents, fd, buf, sizeof buf));
	MUST(lseek(fd, 0, SEEK_SET));
	TRY(syscall(SYS_getdents, fd, buf, 1));
	TRY(syscall(SYS_getdents, 99, buf, 1));
}

static long
open_how(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = {flags, mode, resolve};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof how);

	if (fd >= 0)
		close((int)fd);
	return fd < 0 ? fd : 0;
}

TEST(openat2_flags)
{
	struct {
		struct open_how how;
		uint64_t more;
	} later = {{O_RDONLY, 0, 0}, 0};

	TRY(open_how(AT_FDCWD, "f", O_CREAT | O_RDWR, 0600, 0));
	TRY(open_how(AT_FDCWD, "f", O_RDONLY, 0600, 0));
	TRY(open_how(AT_FDCWD, "f", O_CREAT, 010000, 0));
	TRY(open_how(AT_FDCWD, "f", UINT64_C(1) << 40, 0, 0));
	TRY(open_how(AT_FDCWD, "f", O_RDONLY, 0, 0x1000));
	TRY(open_how(AT_FDCWD, "f", O_PATH | O_TRUNC, 0, 0));
	TRY(open_how(AT_FDCWD, "f", O_PATH | O_NOFOLLOW, 0, 0));
	TRY(open_how(AT_FDCWD, "f", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	TRY(open_how(AT_FDCWD, "f", O_RDWR | O_TRUNC, 0, RESOLVE_CACHED));
	TRY(open_how(AT_FDCWD, "", O_RDONLY, 0, 0));
	TRY(open_how(99, "f", O_RDONLY, 0, 0));
	TRY(open_how(AT_FDCWD, ".", O_TMPFILE | O_RDWR, 0600, 0));
	TRY(syscall(SYS_openat2, AT_FDCWD, "f", &later, 8));
	TRY(syscall(SYS_openat2, AT_FDCWD, "f", NULL, sizeof later.how));
	FD(syscall(SYS_openat2, AT_FDCWD, "f", &later, sizeof later));
	later.more = 1;
	TRY(syscall(SYS_openat2, AT_FDCWD, "f", &later, sizeof later));
}

TEST(openat2_resolve)
{
	int top;

	MUST(mkdir("top", 0755));
	MUST(mkdir("top/dir", 0755));
	MUST(close(MUST(open("outside", O_CREAT | O_WRONLY, 0644))));
	MUST(close(MUST(open("top/f", O_CREAT | O_WRONLY, 0644))));
	MUST(symlink("../outside", "top/up"));
	MUST(symlink("/f", "top/root"));
	MUST(symlink("f", "top/link"));
	MUST(symlink("dir/..", "top/round"));
	top = MUST(open("top", O_PATH));
	for (uint64_t resolve = 0; resolve <= RESOLVE_IN_ROOT; resolve++) {
		if (resolve != 0 && (resolve & (resolve - 1)) != 0)
			continue;
		SAY("resolve %#jx", (uintmax_t)resolve);
		TRY(open_how(top, "f", O_RDONLY, 0, resolve));
		TRY(open_how(top, "../outside", O_RDONLY, 0, resolve));
		TRY(open_how(top, "up", O_RDONLY, 0, resolve));
		TRY(open_how(top, "link", O_RDONLY, 0, resolve));
		TRY(open_how(top, "link", O_PATH | O_NOFOLLOW, 0, resolve));
		TRY(open_how(top, "round/f", O_RDONLY, 0, resolve));
		TRY(open_how(top, "dir/../f", O_RDONLY, 0, resolve));
		TRY(open_how(top, "dir/new", O_CREAT | O_WRONLY, 0600, resolve));
	}
	TRY(open_how(top, "root", O_RDONLY, 0, RESOLVE_IN_ROOT));
	TRY(open_how(top, "root", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(open_how(top, "/f", O_RDONLY, 0, RESOLVE_IN_ROOT));
	TRY(open_how(top, "/", O_RDONLY, 0, RESOLVE_IN_ROOT));
	TRY(open_how(top, "/f", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(open_how(top, "..", O_RDONLY, 0, RESOLVE_IN_ROOT));
}

int
main(void)
{
	return parity_main();
}
