/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: status, links, renaming, symbolic links, modes, owners, times. */
#include <fcntl.h>
#include <limits.h>
#include <sys/ipc.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <utime.h>

#include "parity.h"

static void
touch(const char *path)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT, 0644));

	MUST(close(fd));
}

static struct stat
status(const char *path)
{
	struct stat st;

	MUST(lstat(path, &st));
	return st;
}

TEST(stat_forms)
{
	struct statx stx;
	struct stat st;
	int fd;

	touch("f");
	MUST(truncate("f", 5000));
	MUST(symlink("f", "link"));
	TRY(stat("link", &st));
	SAY("%o %jd %ju", st.st_mode, (intmax_t)st.st_size, (uintmax_t)st.st_nlink);
	TRY(lstat("link", &st));
	SAY("%o %jd", st.st_mode, (intmax_t)st.st_size);
	TRY(fstatat(AT_FDCWD, "link", &st, AT_SYMLINK_NOFOLLOW));
	SAY("%o", st.st_mode);
	TRY(stat("missing", &st));
	TRY(stat("f/", &st));
	TRY(stat("link/", &st));
	TRY(stat("", &st));
	TRY(fstatat(AT_FDCWD, "f", &st, 0x40000));
	TRY(fstat(99, &st));
	TRY(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &stx));
	SAY("%o %ju %u", stx.stx_mode, (uintmax_t)stx.stx_size, stx.stx_mask & STATX_BASIC_STATS);
	fd = MUST(open("f", O_RDONLY));
	MUST(fstat(fd, &st));
	SAY("same object %d", st.st_ino == status("f").st_ino && st.st_dev == status("f").st_dev);
	TRY(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &stx));
	SAY("owner %d", st.st_uid == geteuid());
}

TEST(dots_and_slashes)
{
	MUST(mkdir("d", 0755));
	touch("d/f");
	SAY("%d", status("d/../d/./f").st_ino == status("d/f").st_ino);
	SAY("%d", status("d//.//f").st_ino == status("d/f").st_ino);
	SAY("%d", status("./d/").st_ino == status("d").st_ino);
	TRY(access("d/f/.", F_OK));
	TRY(access("d/f/..", F_OK));
	TRY(access("d/missing/..", F_OK));
}

TEST(links)
{
	touch("a");
	TRY(link("a", "b"));
	SAY("nlink %ju same %d", (uintmax_t)status("a").st_nlink,
	    status("a").st_ino == status("b").st_ino);
	TRY(link("a", "b"));
	TRY(link("missing", "c"));
	MUST(mkdir("d", 0755));
	TRY(link("d", "e"));
	TRY(link("a", "d/x/y"));
	MUST(symlink("a", "s"));
	TRY(link("s", "t"));
	SAY("link of a link is a link %d", S_ISLNK(status("t").st_mode));
	TRY(linkat(AT_FDCWD, "s", AT_FDCWD, "u", AT_SYMLINK_FOLLOW));
	SAY("nlink %ju", (uintmax_t)status("a").st_nlink);
	TRY(unlink("a"));
	SAY("nlink %ju", (uintmax_t)status("b").st_nlink);
	TRY(linkat(MUST(open("b", O_RDONLY)), "", AT_FDCWD, "v", 0));
}

TEST(symbolic_links)
{
	char buf[64] = "";

	TRY(symlink("target", "s"));
	TRY(symlink("target", "s"));
	TRY(symlink("", "empty"));
	TRY(readlink("s", buf, sizeof buf));
	SAY("%s", buf);
	TRY(readlink("s", buf, 3));
	TRY(readlink("s", buf, 0));
	TRY(readlink("missing", buf, sizeof buf));
	touch("f");
	TRY(readlink("f", buf, sizeof buf));
	TRY(readlinkat(AT_FDCWD, "s", buf, sizeof buf));
	MUST(mkdir("d", 0755));
	MUST(symlink("../f", "d/up"));
	TRY(access("d/up", F_OK));
	MUST(symlink("d", "dl"));
	TRY(access("dl/up", F_OK));
	TRY(mkdir("dl/new", 0755));
	TRY(rmdir("dl"));
	TRY(unlink("dl"));
	MUST(symlink("x2", "x1"));
	MUST(symlink("x1", "x2"));
	TRY(access("x1", F_OK));
	TRY(unlink("x1"));
}

TEST(absolute_links)
{
	char target[PATH_MAX], buf[8] = "";
	int fd;

	touch("f");
	MUST(getcwd(target, sizeof target) == NULL ? -1 : 0);
	strcat(target, "/f");
	TRY(symlink(target, "s"));
	fd = FD(open("s", O_WRONLY));
	TRY(write(fd, "abs", 3));
	TRY(read(MUST(open("f", O_RDONLY)), buf, 3));
	SAY("%s", buf);
	TRY(symlink("/etc/passwd", "passwd"));
	fd = FD(open("passwd", O_RDONLY));
	TRY(read(fd, buf, 4));
	SAY("%s", buf);
	TRY(symlink("/etc", "etc"));
	TRY(access("etc/passwd", R_OK));
	TRY(access("etc/missing", R_OK));
	SAY("directory %d", S_ISDIR(({
		struct stat st;
		MUST(stat("etc", &st));
		st.st_mode;
	})));
	TRY(rename("passwd", "p"));
	TRY(unlink("p"));
	TRY(access("/etc/passwd", R_OK));
}

TEST(renaming)
{
	touch("a");
	touch("b");
	MUST(mkdir("d", 0755));
	MUST(mkdir("e", 0755));
	TRY(rename("a", "a"));
	TRY(rename("a", "b"));
	TRY(access("a", F_OK));
	TRY(rename("missing", "c"));
	TRY(rename("b", "d"));
	TRY(rename("d", "b"));
	TRY(rename("d", "d/sub"));
	TRY(rename("d/.", "x"));
	TRY(rename("d", "e"));
	touch("e/f");
	MUST(mkdir("d", 0755));
	TRY(rename("d", "e"));
	TRY(rename("e", "d"));
	TRY(access("d/f", F_OK));
	TRY(rename("d/f", "f"));
	TRY(rename("f/", "g"));
	TRY(rename("f", "g/"));
	TRY(link("f", "g"));
	TRY(rename("f", "g"));
	TRY(access("f", F_OK));
	TRY(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_NOREPLACE));
	TRY(unlink("g"));
	TRY(renameat2(AT_FDCWD, "f", AT_FDCWD, "d", RENAME_EXCHANGE));
	SAY("f is a directory now %d", S_ISDIR(status("f").st_mode));
	TRY(renameat2(AT_FDCWD, "f", AT_FDCWD, "d", 0x100));
	TRY(rename(NULL, NULL));
}

TEST(two_kernels)
{
	TRY(rename("/proc/self/comm", "x"));
	TRY(link("/proc/self/comm", "x"));
	touch("f");
	TRY(rename("f", "/proc/f"));
}

TEST(modes)
{
	struct stat st;

	touch("f");
	TRY(chmod("f", 0123));
	SAY("%o", status("f").st_mode);
	TRY(chmod("f", 07777));
	SAY("%o", status("f").st_mode);
	TRY(fchmodat(AT_FDCWD, "f", 0600, 0));
	TRY(chmod("missing", 0600));
	umask(077);
	MUST(mkdir("d", 0777));
	SAY("%o", status("d").st_mode);
	MUST(close(open("g", O_CREAT | O_RDWR, 0666)));
	SAY("%o", status("g").st_mode);
	SAY("mask was %o", umask(022));
	MUST(mkfifo("fifo", 0666));
	SAY("%o", status("fifo").st_mode);
	TRY(access("f", R_OK | W_OK));
	TRY(access("f", 99));
	TRY(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
	TRY(eaccess("f", R_OK));
	TRY(chown("f", (uid_t)-1, (gid_t)-1));
	TRY(lchown("missing", 0, 0));
	MUST(fstatat(AT_FDCWD, "f", &st, 0));
	TRY(fchownat(AT_FDCWD, "f", st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW));
}

TEST(times)
{
	struct timespec ts[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
	struct timeval tv[2] = {{1200000000, 5}, {1300000000, 6}};
	struct utimbuf ub = {1400000000, 1500000000};
	struct stat st;
	int fd;

	touch("f");
	TRY(utimensat(AT_FDCWD, "f", ts, 0));
	st = status("f");
	SAY("%jd.%09ld %jd.%09ld", (intmax_t)st.st_atime, st.st_atim.tv_nsec, (intmax_t)st.st_mtime,
	    st.st_mtim.tv_nsec);
	TRY(utimes("f", tv));
	st = status("f");
	SAY("%jd.%09ld %jd.%09ld", (intmax_t)st.st_atime, st.st_atim.tv_nsec, (intmax_t)st.st_mtime,
	    st.st_mtim.tv_nsec);
	TRY(utime("f", &ub));
	SAY("%jd", (intmax_t)status("f").st_mtime);
	fd = MUST(open("f", O_RDWR));
	ts[0].tv_nsec = UTIME_OMIT;
	TRY(futimens(fd, ts));
	st = status("f");
	SAY("%jd %jd", (intmax_t)st.st_atime, (intmax_t)st.st_mtime);
	TRY(futimes(fd, tv));
	MUST(symlink("f", "s"));
	TRY(lutimes("s", tv));
	SAY("%jd", (intmax_t)status("s").st_mtime);
	tv[0].tv_usec = 1000000;
	TRY(utimes("f", tv));
	TRY(utimes("missing", NULL));
	TRY(utimensat(AT_FDCWD, "f", NULL, 0));
	SAY("now is later %d", status("f").st_mtime > 1500000000);
	MUST(utime("f", &ub));
	MUST(write(fd, "x", 1));
	SAY("writing moves mtime %d", status("f").st_mtime > 1500000000);
}

TEST(real_paths)
{
	char here[PATH_MAX], buf[PATH_MAX];
	char *p;

	MUST(realpath(".", here) == NULL ? -1 : 0);
	MUST(mkdir("d", 0755));
	touch("d/f");
	MUST(symlink("d", "s"));
	MUST(symlink("../d/f", "d/t"));
	MUST(symlink("/etc/passwd", "out"));
	p = realpath("s/t", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p + strlen(here));
	p = realpath("./s/../d//f", NULL);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p + strlen(here));
	p = realpath("missing", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p);
	p = realpath("d/f/", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p);
	p = realpath("d/f/..", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p);
	p = realpath("", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p);
	p = realpath("out", buf);
	SAY("%s", p == NULL ? strerrorname_np(errno) : p);
	p = canonicalize_file_name("s");
	SAY("%s", p == NULL ? strerrorname_np(errno) : p + strlen(here));
}

TEST(devices)
{
	TRY(mkfifo("p", 0600));
	SAY("%o", status("p").st_mode);
	TRY(mkfifo("p", 0600));
	TRY(mknod("f", S_IFREG | 0600, 0));
	SAY("%o", status("f").st_mode);
	TRY(mknod("s", S_IFSOCK | 0600, 0));
	SAY("%o", status("s").st_mode);
	FD(open("s", O_RDWR));
}

TEST(fifos)
{
	char buf[8] = "";
	int fd, status_of_child;

	MUST(mkfifo("p", 0600));
	FD(open("p", O_WRONLY | O_NONBLOCK));
	if (MUST(fork()) == 0) {
		fd = MUST(open("p", O_WRONLY));
		MUST(write(fd, "through", 7));
		_exit(0);
	}
	fd = FD(open("p", O_RDONLY));
	TRY(read(fd, buf, 7));
	SAY("%s", buf);
	TRY(read(fd, buf, 7));
	MUST(wait(&status_of_child));
}

TEST(file_systems)
{
	struct statvfs vfs;
	struct statfs fs;

	touch("f");
	TRY(statfs("f", &fs));
	SAY("%jd", (intmax_t)fs.f_namelen);
	TRY(statvfs("f", &vfs));
	SAY("%lu", vfs.f_namemax);
	TRY(fstatvfs(MUST(open("f", O_RDONLY)), &vfs));
	TRY(statvfs("missing", &vfs));
	TRY(pathconf("f", _PC_NAME_MAX));
	TRY(pathconf("missing", _PC_NAME_MAX));
	TRY(fpathconf(MUST(open("f", O_RDONLY)), _PC_NAME_MAX));
	TRY(pathconf("f", _PC_PATH_MAX));
}

TEST(keys)
{
	struct stat st;

	MUST(mkdir("d", 0755));
	MUST(stat("d", &st));
	SAY("inode %d", (key_t)(st.st_ino & 0xffff) == (ftok("d", 5) & 0xffff));
	SAY("id %d", ftok("d", 5) >> 24);
	TRY(ftok("missing", 5));
}

int
main(void)
{
	return parity_main();
}
