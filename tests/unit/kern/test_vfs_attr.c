/* SPDX-License-Identifier: BSD-2-Clause */
/* Times, extended attributes and status: as on the host's tmpfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

static long
order(struct timespec a, struct timespec b)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec < b.tv_sec ? 1 : 2;
	return a.tv_nsec == b.tv_nsec ? 0 : a.tv_nsec < b.tv_nsec ? 1 : 2;
}

static struct stat noted;

/* Notes which times of the file moved since the last note. */
static void
note_moves(struct world *w, const char *path)
{
	struct stat st;

	NOTE(w, w_lstat(w, path, &st));
	NOTE(w, order(noted.st_atim, st.st_atim));
	NOTE(w, order(noted.st_mtim, st.st_mtim));
	NOTE(w, order(noted.st_ctim, st.st_ctim));
	noted = st;
	usleep(20000);
}

static void
start_moves(struct world *w, const char *path)
{
	w_lstat(w, path, &noted);
	usleep(20000);
}

static void
times(struct world *w)
{
	struct timespec ts[2] = {{1000, 123456789}, {2000, 987654321}};
	char buf[512];
	long fd;

	w_make_file(w, "f", "x");
	start_moves(w, "f");
	NOTE(w, w_utimens(w, "f", ts, 0));
	NOTE(w, w_lstat(w, "f", &noted));
	NOTE(w, noted.st_atim.tv_sec * 1000000000 + noted.st_atim.tv_nsec);
	NOTE(w, noted.st_mtim.tv_sec * 1000000000 + noted.st_mtim.tv_nsec);
	usleep(20000);
	fd = w_open(w, "f", O_RDWR, 0);
	note_moves(w, "f");
	w_write(w, (int)fd, "y", 1);
	note_moves(w, "f");
	w_fchmod(w, (int)fd, 0600);
	note_moves(w, "f");
	w_link(w, "f", "g", 0);
	note_moves(w, "f");
	w_rename(w, "f", "h", 0);
	note_moves(w, "h");
	w_unlink(w, "g");
	note_moves(w, "h");
	w_setxattr(w, "h", "user.a", "b", 1, 0);
	note_moves(w, "h");
	w_truncate(w, "h", 2);
	note_moves(w, "h");
	w_ftruncate(w, (int)fd, 0);
	note_moves(w, "h");
	w_close(w, (int)fd);
	w_try_open(w, "h", O_WRONLY | O_TRUNC, 0);
	note_moves(w, "h");
	ts[0].tv_nsec = UTIME_OMIT;
	NOTE(w, w_utimens(w, "h", ts, 0));
	note_moves(w, "h");
	ts[0].tv_nsec = UTIME_NOW;
	ts[1].tv_nsec = UTIME_OMIT;
	NOTE(w, w_utimens(w, "h", ts, 0));
	note_moves(w, "h");
	NOTE(w, w_utimens(w, "h", NULL, 0));
	note_moves(w, "h");
	ts[0].tv_nsec = UTIME_OMIT;
	NOTE(w, w_utimens(w, "none", ts, 0));
	ts[0].tv_nsec = 1000000000;
	NOTE(w, w_utimens(w, "h", ts, 0));
	ts[0].tv_nsec = 0;
	NOTE(w, w_utimens(w, "h", ts, 0x8000));
	NOTE(w, w_utimens(w, NULL, ts, 0));
	as_user(w, 1000, 1000);
	NOTE(w, w_utimens(w, "h", ts, 0));
	NOTE(w, w_utimens(w, "h", NULL, 0));
	as_root(w);
	/* Directories. */
	NOTE(w, w_mkdir(w, "d", 0755));
	start_moves(w, "d");
	w_make_file(w, "d/f", "");
	note_moves(w, "d");
	w_unlink(w, "d/f");
	note_moves(w, "d");
	fd = w_open(w, "d", O_RDONLY, 0);
	w_getdents(w, (int)fd, buf, sizeof buf);
	note_moves(w, "d");
	NOTE(w, w_futimens(w, (int)fd, NULL));
	note_moves(w, "d");
	w_close(w, (int)fd);
	w_chmod(w, "d", 0700);
	note_moves(w, "d");
	w_mkdir(w, "d/e", 0755);
	note_moves(w, "d");
	NOTE(w, w_symlink(w, "x", "l"));
	start_moves(w, "l");
	w_readlink(w, "l", buf, sizeof buf);
	note_moves(w, "l");
	NOTE(w, w_utimens(w, "l", ts, AT_SYMLINK_NOFOLLOW));
	note_moves(w, "l");
}

static void
xattrs(struct world *w)
{
	static char big[70000];
	char buf[256], name[300];

	w_make_file(w, "f", "");
	NOTE(w, w_symlink(w, "f", "l"));
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_getxattr(w, "f", "user.a", buf, sizeof buf));
	NOTE(w, w_setxattr(w, "f", "user.a", "value", 5, 0));
	NOTE(w, w_setxattr(w, "f", "user.a", "other", 5, XATTR_CREATE));
	NOTE(w, w_setxattr(w, "f", "user.b", "other", 5, XATTR_REPLACE));
	NOTE(w, w_setxattr(w, "f", "user.a", "longer value", 12, XATTR_REPLACE));
	NOTE(w, w_setxattr(w, "f", "user.empty", "", 0, 0));
	NOTE(w, w_setxattr(w, "f", "user.x", "", 0, 8));
	NOTE(w, w_getxattr(w, "f", "user.a", buf, sizeof buf));
	NOTE(w, memcmp(buf, "longer value", 12));
	NOTE(w, w_getxattr(w, "f", "user.a", buf, 3));
	NOTE(w, w_getxattr(w, "f", "user.a", NULL, 0));
	NOTE(w, w_getxattr(w, "f", "user.empty", buf, sizeof buf));
	NOTE(w, w_getxattr(w, "f", "user.", buf, sizeof buf));
	NOTE(w, w_setxattr(w, "f", "user.", "", 0, 0));
	NOTE(w, w_setxattr(w, "f", "", "", 0, 0));
	NOTE(w, w_setxattr(w, "f", "bogus.x", "", 0, 0));
	NOTE(w, w_setxattr(w, "f", "nodot", "", 0, 0));
	NOTE(w, w_getxattr(w, "f", "bogus.x", buf, sizeof buf));
	NOTE(w, w_removexattr(w, "f", "bogus.x"));
	memset(name, 'n', sizeof name);
	memcpy(name, "user.", 5);
	name[255] = '\0';
	NOTE(w, w_setxattr(w, "f", name, "", 0, 0));
	name[255] = 'n';
	name[256] = '\0';
	NOTE(w, w_setxattr(w, "f", name, "", 0, 0));
	NOTE(w, w_setxattr(w, "f", "user.big", big, 65537, 0));
	NOTE(w, w_setxattr(w, "d", "user.d", "v", 1, 0));
	NOTE(w, w_setxattr(w, "l", "user.follow", "v", 1, 0));
	NOTE(w, w_lsetxattr(w, "l", "user.l", "v", 1, 0));
	NOTE(w, w_lsetxattr(w, "l", "trusted.l", "v", 1, 0));
	NOTE(w, w_setxattr(w, "f", "trusted.t", "v", 1, 0));
	NOTE(w, w_listxattr(w, "f", NULL, 0));
	NOTE(w, w_listxattr(w, "f", buf, 3));
	NOTE(w, w_removexattr(w, "f", "user.none"));
	NOTE(w, w_removexattr(w, "f", "user.empty"));
	NOTE(w, w_listxattr(w, "d", buf, sizeof buf));
	world_note_text(w, "list", buf);
	as_user(w, 1000, 1000);
	NOTE(w, w_getxattr(w, "f", "user.a", buf, sizeof buf));
	NOTE(w, w_setxattr(w, "f", "user.a", "v", 1, 0));
	NOTE(w, w_removexattr(w, "f", "user.a"));
	NOTE(w, w_getxattr(w, "f", "trusted.t", buf, sizeof buf));
	NOTE(w, w_setxattr(w, "f", "trusted.t", "v", 1, 0));
	NOTE(w, w_setxattr(w, "f", "security.s", "v", 1, 0));
	NOTE(w, w_getxattr(w, "f", "security.s", buf, sizeof buf));
	NOTE(w, w_listxattr(w, "f", NULL, 0));
	NOTE(w, w_getxattr(w, "none", "user.a", buf, sizeof buf));
}

static void
status(struct world *w)
{
	struct statfs fs;
	struct statx x;
	struct stat st, other;
	long fd;

	w_make_file(w, "f", "12345");
	world_note_stat(w, "f");
	NOTE(w, w_statfs(w, "f", &fs));
	NOTE(w, fs.f_type);
	NOTE(w, fs.f_bsize);
	NOTE(w, fs.f_namelen);
	NOTE(w, w_statfs(w, "none", &fs));
	NOTE(w, w_statx(w, "f", 0, STATX_ALL, &x));
	NOTE(w, x.stx_mask & (STATX_BASIC_STATS | STATX_BTIME));
	NOTE(w, x.stx_size);
	NOTE(w, x.stx_mode);
	NOTE(w, w_statx(w, "f", 0x40000000, STATX_ALL, &x));
	NOTE(w, w_statx(w, "f", 0, STATX__RESERVED, &x));
	NOTE(w, w_statx(w, "f", AT_STATX_SYNC_TYPE, STATX_ALL, &x));
	fd = w_open(w, "f", O_RDONLY, 0);
	NOTE(w, w_fstat(w, (int)fd, &st));
	NOTE(w, w_fstatat(w, (int)fd, "", &other, AT_EMPTY_PATH));
	NOTE(w, st.st_ino == other.st_ino);
	NOTE(w, w_fstatat(w, (int)fd, "", &other, 0));
	NOTE(w, w_fstatat(w, (int)fd, "x", &other, 0));
	NOTE(w, w_fstatat(w, (int)fd, "", &other, 0x40000000));
	NOTE(w, w_fstatat(w, 9999, "f", &other, 0));
	NOTE(w, w_fstatat(w, 9999, "/", &other, 0));
	NOTE(w, w_openat(w, (int)fd, "f", O_RDONLY, 0));
	NOTE(w, w_fchdir(w, (int)fd));
	NOTE(w, w_unlink(w, "f"));
	NOTE(w, w_fstat(w, (int)fd, &st));
	NOTE(w, st.st_nlink);
	NOTE(w, st.st_size);
	NOTE(w, w_close(w, (int)fd));
	NOTE(w, w_fstat(w, (int)fd, &st));
	fd = w_open(w, ".", O_RDONLY, 0);
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_chdir(w, "d"));
	NOTE(w, w_fchdir(w, (int)fd));
	NOTE(w, w_rmdir(w, "d"));
	NOTE(w, w_close(w, (int)fd));
}

SCENARIO(times)
SCENARIO(xattrs)
SCENARIO(status)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_xattrs),
	    cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
