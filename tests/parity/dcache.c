/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that one process looks at while another changes them: each look is to show the last change.
 * The two take turns.
 */
#include "parity.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Runs `change` in a child, and waits for it. */
static void
elsewhere(void (*change)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		change();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void
look(const char *path)
{
	struct stat st;
	struct statx stx;
	int fd;

	if (TRY(lstat(path, &st)) == 0)
		parity_say("%s: mode %o links %ld size %ld blocks %ld ids %d %d mtime %ld", path,
		    st.st_mode, (long)st.st_nlink, S_ISDIR(st.st_mode) ? 0L : (long)st.st_size,
		    S_ISDIR(st.st_mode) ? 0L : (long)st.st_blocks, (int)st.st_uid, (int)st.st_gid,
		    st.st_mtim.tv_sec < 2000000 ? (long)st.st_mtim.tv_sec : 0L);
	TRY(stat(path, &st));
	TRY(access(path, R_OK | X_OK));
	if (TRY(statx(AT_FDCWD, path, 0, STATX_ALL, &stx)) == 0)
		parity_say("statx mode %o size %ld", stx.stx_mode,
		    S_ISDIR(stx.stx_mode) ? 0L : (long)stx.stx_size);
	fd = open(path, O_RDONLY);
	parity_say("open %s", fd >= 0 ? "works" : strerrorname_np(errno));
	if (fd >= 0 && fstat(fd, &st) == 0)
		parity_say("fstat mode %o links %ld", st.st_mode, (long)st.st_nlink);
	if (fd >= 0)
		close(fd);
}

static void
look_around(void)
{
	static const char *const paths[] = {"f", "d", "d/f", "d/e/f", "d/./e//f", "l", "d/missing",
	    "f/x", "d/e/", "f/", "g", "d/../f", "", "."};

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
			look(paths[i]);
	}
}

static void
make_file(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(1);
	close(fd);
}

static void
make_all(void)
{
	mkdir("d", 0755);
	mkdir("d/e", 0755);
	make_file("f", "one");
	make_file("d/f", "two!");
	make_file("d/e/f", "three");
	symlink("d/f", "l");
}

static void
remove_f(void)
{
	unlink("f");
}

static void
move_dir(void)
{
	rename("d/e", "e");
	rename("d", "g");
	rename("e", "d");
}

static void
swap(void)
{
	renameat2(AT_FDCWD, "d", AT_FDCWD, "f", RENAME_EXCHANGE);
}

static void
replace(void)
{
	make_file("new", "something longer");
	rename("new", "f");
	unlink("l");
	symlink("f", "l");
}

static void
change_modes(void)
{
	struct timeval times[2] = {{1000, 0}, {2000, 0}};

	chmod("f", 0400);
	chmod("d", 0700);
	chmod("d/f", 04711);
	utimes("f", times);
	utimes("d/e", times);
	link("f", "g");
}

static void
write_more(void)
{
	int fd = open("d/f", O_WRONLY | O_APPEND);

	if (write(fd, "more", 4) != 4)
		_exit(1);
	close(fd);
	truncate("f", 100000);
}

static void
change_owner(void)
{
	chown("f", 1, 2);
	chmod("d", 0);
	chown("d/e", 1, 1);
}

#define TURN(name)                                                                                 \
	TEST(name)                                                                                 \
	{                                                                                          \
		make_all();                                                                        \
		look_around();                                                                     \
		elsewhere(name);                                                                   \
		look_around();                                                                     \
		elsewhere(make_all);                                                               \
		look_around();                                                                     \
	}

TURN(remove_f)
TURN(move_dir)
TURN(swap)
TURN(replace)
TURN(change_modes)
TURN(write_more)
TURN(change_owner)

/* The directory that relative names begin in. */
TEST(where_we_are)
{
	make_all();
	look("f");
	TRY(chdir("d"));
	look("f");
	elsewhere(remove_f);
	look("f");
	TRY(chdir(".."));
	look("f");
	TRY(chdir("d/e"));
	elsewhere(remove_f);
	look("f");
	TRY(rmdir("../e"));
	look("f");
	look(".");
}

/* Who may look. */
TEST(who_we_are)
{
	make_all();
	chmod("d", 0711);
	chmod("d/e", 0700);
	chmod("d/f", 0640);
	chmod(".", 0777);
	look_around();
	if (setegid(65534) != 0 || seteuid(65534) != 0) {
		parity_say("not root");
		return;
	}
	look_around();
	TRY(seteuid(0));
	look_around();
}

/* A directory's descriptor as the place to begin. */
TEST(from_a_descriptor)
{
	struct stat st;
	int fd;

	make_all();
	fd = open("d", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 3; i++) {
		TRY(fstatat(fd, "f", &st, 0));
		TRY(fstatat(fd, "e/f", &st, 0));
		TRY(fstatat(fd, "g", &st, 0));
		TRY(faccessat(fd, "e", X_OK, 0));
		elsewhere(i == 0 ? replace : move_dir);
	}
	close(fd);
}

static void
watch_f(void)
{
	int in = inotify_init1(IN_NONBLOCK);

	inotify_add_watch(in, "f", IN_ATTRIB);
	close(in);
}

/* Times, and the owner it has, that an open file is given. */
static void
touch_open(int fd, time_t sec)
{
	struct timespec times[2] = {{sec, 1}, {sec, 2}};

	TRY(futimens(fd, times));
	TRY(fchown(fd, 0, 0));
	TRY(fchown(fd, -1, 0));
	look("f");
}

TEST(open_file)
{
	int fd, other, path;

	make_all();
	look_around();
	fd = open("new", O_CREAT | O_EXCL | O_RDWR, 0644);
	TRY(rename("new", "f"));
	touch_open(fd, 1000);
	elsewhere(change_modes);
	touch_open(fd, 1001);
	TRY(fchmod(fd, 06755));
	touch_open(fd, 1002);
	other = open("f", O_RDONLY);
	path = open("f", O_PATH);
	touch_open(other, 1003);
	touch_open(path, 1004);
	elsewhere(watch_f);
	touch_open(fd, 1005);
	if (seteuid(65534) == 0) {
		touch_open(fd, 1006);
		TRY(futimens(fd, NULL));
		TRY(seteuid(0));
	}
	TRY(setxattr("f", "system.posix_acl_access", "", 0, 0));
	elsewhere(change_owner);
	touch_open(fd, 1007);
	elsewhere(remove_f);
	touch_open(fd, 1008);
	elsewhere(make_all);
	touch_open(fd, 1009);
	TRY(syscall(SYS_utimensat, fd, NULL, 8, 0));
	TRY(fstat(fd, &(struct stat){0}));
}

/* Who watches hears of what others do to an open file. */
TEST(open_file_watched)
{
	struct timespec times[2] = {{5, 1}, {6, 2}};
	char event[sizeof(struct inotify_event) + 256];
	int fd, in = inotify_init1(IN_NONBLOCK);

	make_all();
	look_around();
	fd = open("f", O_RDWR);
	look("f");
	TRY(inotify_add_watch(in, ".", IN_ATTRIB));
	for (int i = 0; i < 3; i++) {
		TRY(futimens(fd, times));
		TRY(read(in, event, sizeof event) > 0 ? 0 : -1);
		TRY(fchown(fd, -1, -1));
		TRY(read(in, event, sizeof event) > 0 ? 0 : -1);
	}
}

TEST(bad_pointers)
{
	make_all();
	TRY(stat("f", (struct stat *)1));
	TRY(stat("missing", (struct stat *)1));
	TRY(fstatat(AT_FDCWD, "f", (struct stat *)8, AT_SYMLINK_NOFOLLOW));
	TRY(statx(AT_FDCWD, "f", 0, STATX_ALL, (struct statx *)8));
	TRY(statx(AT_FDCWD, "f", 0x100000, STATX_ALL, (struct statx *)8));
	TRY(faccessat(AT_FDCWD, "f", 64, 0));
}

int
main(void)
{
	return parity_main();
}
