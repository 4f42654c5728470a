/* SPDX-License-Identifier: BSD-2-Clause */
/* Random calls about what names and descriptors mean: attributes, bytes, rights. */
#ifndef TESTS_PARITY_RANDOM_FILES_H
#define TESTS_PARITY_RANDOM_FILES_H

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/xattr.h>

#include "random_calls.h"

static void
do_close(void)
{
	int s = slot();

	result(close(w.fds[s]), "close(%d)", s);
	w.fds[s] = -1;
}

static void
do_chmod(void)
{
	static const mode_t modes[] = {
	    0, 0644, 0666, 0777, 0755, 04755, 02755, 06777, 02644, 01777, 0111, 0070, 0007};
	mode_t mode = ONE_OF(modes);
	const char *path = some_path();
	int s = slot();

	if (pick(3) == 0) {
		result(fchmod(w.fds[s], mode), "fchmod(%d, %#o)", s, mode);
		say_fd(w.fds[s]);
		return;
	}
	if (pick(6) == 0)
		result(fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW), "lchmod(%s, %#o)",
		    shown(path), mode);
	else
		result(chmod(path, mode), "chmod(%s, %#o)", shown(path), mode);
	say_path(path);
}

static void
do_chown(void)
{
	static const uid_t uids[] = {(uid_t)-1, 0, 1001, 1002};
	static const gid_t gids[] = {(gid_t)-1, 0, 1001, 1002, 1003};
	uid_t uid = ONE_OF(uids);
	gid_t gid = ONE_OF(gids);
	const char *path = some_path();
	int s = slot();

	switch (pick(4)) {
	case 0:
		result(fchown(w.fds[s], uid, gid), "fchown(%d, %d, %d)", s, (int)uid, (int)gid);
		say_fd(w.fds[s]);
		return;
	case 1:
		result(fchownat(w.fds[s], "", uid, gid, AT_EMPTY_PATH), "fchownat(%d, %d, %d)", s,
		    (int)uid, (int)gid);
		say_fd(w.fds[s]);
		return;
	case 2:
		result(
		    lchown(path, uid, gid), "lchown(%s, %d, %d)", shown(path), (int)uid, (int)gid);
		break;
	default:
		result(chown(path, uid, gid), "chown(%s, %d, %d)", shown(path), (int)uid, (int)gid);
	}
	say_path(path);
}

static void
do_stat(void)
{
	const char *path = some_path();
	struct stat st;
	int rc = stat(path, &st);

	result(rc, "stat(%s)", shown(path));
	if (rc == 0)
		say_file("it", rc, &st);
	rc = fstatat(w.fds[slot()], path, &st, pick(2) == 0 ? AT_EMPTY_PATH : 0);
	result(rc, "fstatat(%s)", shown(path));
	if (rc == 0)
		say_file("it", rc, &st);
}

static void
do_access(void)
{
	static const int all[] = {0, 0, AT_EACCESS, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH};
	int mode = (int)pick(9), flags = ONE_OF(all);
	const char *path = some_path();

	result(faccessat(AT_FDCWD, path, mode, flags), "faccessat(%s, %d, %#x)", shown(path), mode,
	    flags);
}

static void
do_truncate(void)
{
	static const off_t lengths[] = {0, 1, 100, 5000, -1, 1 << 20};
	off_t length = ONE_OF(lengths);
	const char *path = some_path();
	int s = slot();

	if (pick(2) == 0) {
		result(ftruncate(w.fds[s], length), "ftruncate(%d, %jd)", s, (intmax_t)length);
		say_fd(w.fds[s]);
	} else {
		result(truncate(path, length), "truncate(%s, %jd)", shown(path), (intmax_t)length);
		say_path(path);
	}
}

static void
do_write(void)
{
	static char text[5000];
	size_t len = pick(4) == 0 ? pick(sizeof text) : pick(50);
	int s = slot();
	off_t at = pick(3000);

	memset(text, 'a' + (int)pick(26), sizeof text);
	if (pick(2) == 0)
		result(write(w.fds[s], text, len), "write(%d, %zu)", s, len);
	else
		result(
		    pwrite(w.fds[s], text, len, at), "pwrite(%d, %zu, %jd)", s, len, (intmax_t)at);
	say_fd(w.fds[s]);
}

static void
do_read(void)
{
	unsigned char text[2000];
	unsigned sum = 0;
	int s = slot();
	ssize_t n = read(w.fds[s], text, sizeof text);

	result(n, "read(%d)", s);
	for (ssize_t i = 0; i < n; i++)
		sum = sum * 31 + text[i];
	SAY("  sum %u", sum);
}

static void
do_seek(void)
{
	int whence = (int)pick(6), s = slot();
	off_t to = (off_t)pick(6000) - 500;
	struct stat st;

	/* Positions in directories are each file system's own. */
	if (fstat(w.fds[s], &st) == 0 && S_ISDIR(st.st_mode))
		whence = SEEK_SET, to = 0;
	result(lseek(w.fds[s], to, whence), "lseek(%d, %jd, %d)", s, (intmax_t)to, whence);
}

static void
do_fallocate(void)
{
	static const int modes[] = {0, 0, FALLOC_FL_KEEP_SIZE,
	    FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_ZERO_RANGE,
	    FALLOC_FL_COLLAPSE_RANGE};
	int mode = ONE_OF(modes), s = slot();
	off_t at = (off_t)pick(9000) - 10, len = (off_t)pick(9000) - 10;

	result(fallocate(w.fds[s], mode, at, len), "fallocate(%d, %d, %jd, %jd)", s, mode,
	    (intmax_t)at, (intmax_t)len);
	say_fd(w.fds[s]);
}

static void
do_times(void)
{
	static const long nsecs[] = {0, 5, 999999999, UTIME_NOW, UTIME_OMIT, 1000000000, -1};
	struct timespec ts[2] = {{100, ONE_OF(nsecs)}, {200, ONE_OF(nsecs)}};
	bool both = pick(5) == 0;
	const char *path = some_path();
	struct stat st;
	int s = slot();

	if (pick(3) == 0) {
		result(futimens(w.fds[s], both ? NULL : ts), "futimens(%d, %ld, %ld)", s,
		    ts[0].tv_nsec, ts[1].tv_nsec);
		return;
	}
	result(utimensat(AT_FDCWD, path, both ? NULL : ts, pick(2) == 0 ? AT_SYMLINK_NOFOLLOW : 0),
	    "utimensat(%s, %ld, %ld)", shown(path), ts[0].tv_nsec, ts[1].tv_nsec);
	if (lstat(path, &st) == 0)
		SAY("  accessed at 100: %d, modified at 200: %d", st.st_atim.tv_sec == 100,
		    st.st_mtim.tv_sec == 200);
}

static void
do_xattr(void)
{
	static const char *const names[] = {"user.a", "user.b", "trusted.t", "security.s", "user.",
	    "bad.x", "user", "system.posix_acl_access", "system.x", "trusted."};
	const char *name = ONE_OF(names);
	int s = slot(), flags = (int)pick(4);
	const char *path = some_path();
	char value[16] = "";

	switch (pick(8)) {
	case 0:
		result(setxattr(path, name, "xyz", pick(4), flags), "setxattr(%s, %s, %d)",
		    shown(path), name, flags);
		break;
	case 1:
		result(lsetxattr(path, name, "xyz", 3, flags), "lsetxattr(%s, %s, %d)", shown(path),
		    name, flags);
		break;
	case 2:
		result(fsetxattr(w.fds[s], name, "12", 2, flags), "fsetxattr(%d, %s, %d)", s, name,
		    flags);
		break;
	case 3:
		result(getxattr(path, name, value, pick(2) == 0 ? 15 : pick(4)), "getxattr(%s, %s)",
		    shown(path), name);
		break;
	case 4:
		result(fgetxattr(w.fds[s], name, value, 15), "fgetxattr(%d, %s)", s, name);
		break;
	case 5:
		result(listxattr(path, NULL, 0), "listxattr(%s)", shown(path));
		break;
	case 6:
		result(flistxattr(w.fds[s], NULL, 0), "flistxattr(%d)", s);
		break;
	default:
		result(removexattr(path, name), "removexattr(%s, %s)", shown(path), name);
	}
	SAY("  %s", value);
}

static void
do_umask(void)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	mode_t mask = ONE_OF(masks);

	result(umask(mask), "umask(%#o)", mask);
}

static void
do_user(void)
{
	static const gid_t groups[] = {1003, 1002};

	if (w.user != 0) {
		MUST(seteuid(0));
		MUST(setegid(0));
		MUST(setgroups(0, NULL));
		w.user = 0;
		return;
	}
	w.user = pick(3) == 0 ? 1002 : 1001;
	MUST(setgroups(w.user == 1001 ? 1 : 0, groups));
	MUST(setegid(w.user));
	MUST(seteuid(w.user));
}

static void
do_fd(void)
{
	int s = slot(), flags;

	switch (pick(5)) {
	case 0:
		result(fsync(w.fds[s]), "fsync(%d)", s);
		break;
	case 1:
		flags = fcntl(w.fds[s], F_GETFL);
		if (flags != -1 && (flags & (O_PATH | O_ACCMODE)) != 0) /* docs/limits.md */
			flags &= ~O_TMPFILE;
		if (flags != -1)
			flags &= O_ACCMODE | O_APPEND | O_PATH | O_DIRECTORY;
		result(flags, "F_GETFL(%d)", s);
		break;
	case 2:
		result(flock(w.fds[s], LOCK_SH | LOCK_NB), "flock(%d)", s);
		break;
	case 3: {
		struct flock fl = {.l_type = F_WRLCK, .l_len = 10};

		result(fcntl(w.fds[s], F_SETLK, &fl), "F_SETLK(%d)", s);
		break;
	}
	default:
		result(posix_fadvise(w.fds[s], 0, 0, POSIX_FADV_NORMAL), "fadvise(%d)", s);
	}
}

static void
do_copy(void)
{
	int from = slot(), to = slot();
	off_t in = pick(2000), out = pick(2000);

	result(copy_file_range(w.fds[from], &in, w.fds[to], &out, 1 + pick(3000), 0),
	    "copy_file_range(%d, %d)", from, to);
	say_fd(w.fds[to]);
}

#endif
