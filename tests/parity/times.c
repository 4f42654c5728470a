/* SPDX-License-Identifier: BSD-2-Clause */
/* Which call changes which time of which file. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <time.h>
#include <utime.h>

#include "parity.h"

/* Files that a call may touch: itself, another, and their directories. */
static const char *const files[] = {"d", "d/f", "d/g", "e", "e/h", "d/l", "d/sub"};
enum { NFILES = sizeof files / sizeof files[0] };

static struct stat before[NFILES];
static int fd;

static void
put(const char *path)
{
	int f = MUST(open(path, O_CREAT | O_RDWR, 0666));

	MUST(write(f, "contents", 8));
	MUST(close(f));
}

static void
prepare(void)
{
	MUST(mkdir("d", 0777));
	MUST(mkdir("e", 0777));
	MUST(mkdir("d/sub", 0777));
	put("d/f");
	put("d/g");
	put("e/h");
	MUST(symlink("f", "d/l"));
	fd = MUST(open("d/f", O_RDWR));
}

/* All get old times; then the clock that stamps files has to go on. */
static void
age(void)
{
	static const struct timespec old[2] = {{1000, 0}, {2000, 0}};
	struct timespec now;

	for (int i = 0; i < NFILES; i++) {
		utimensat(AT_FDCWD, files[i], old, AT_SYMLINK_NOFOLLOW);
		memset(&before[i], 0, sizeof before[i]);
		lstat(files[i], &before[i]);
	}
	do
		MUST(clock_gettime(CLOCK_REALTIME_COARSE, &now));
	while (now.tv_sec < before[NFILES - 1].st_ctim.tv_sec ||
	       (now.tv_sec == before[NFILES - 1].st_ctim.tv_sec &&
		   now.tv_nsec <= before[NFILES - 1].st_ctim.tv_nsec + 4000000));
}

static bool
moved(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec || a.tv_nsec != b.tv_nsec;
}

static void
look(const char *call)
{
	struct stat st;

	SAY("%s", call);
	for (int i = 0; i < NFILES; i++) {
		if (lstat(files[i], &st) != 0) {
			SAY("  %s: %s", files[i], strerrorname_np(errno));
			continue;
		}
		if (moved(st.st_atim, before[i].st_atim) || moved(st.st_mtim, before[i].st_mtim) ||
		    moved(st.st_ctim, before[i].st_ctim))
			SAY("  %s:%s%s%s", files[i],
			    moved(st.st_atim, before[i].st_atim) ? " accessed" : "",
			    moved(st.st_mtim, before[i].st_mtim) ? " modified" : "",
			    moved(st.st_ctim, before[i].st_ctim) ? " changed" : "");
	}
}

/* The call, and what it did to the times. */
#define DO(call)                                                                                   \
	do {                                                                                       \
		age();                                                                             \
		TRY(call);                                                                         \
		look(#call);                                                                       \
	} while (0)

static int
opened(const char *path, int flags)
{
	int f = open(path, flags, 0666);

	return f == -1 ? -1 : close(f);
}

TEST(attributes)
{
	static const struct timespec set[2] = {{5, 6}, {7, 8}};
	static const struct timespec set_one[2] = {{0, UTIME_OMIT}, {7, 8}};
	static const struct timespec neither[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
	struct utimbuf both = {5, 6};

	prepare();
	DO(chmod("d/f", 0644));
	DO(chmod("d/f", 0644));
	DO(chmod("d/l", 0600));
	DO(fchmod(fd, 0666));
	DO(chown("d/f", 1, 1));
	DO(chown("d/f", -1, -1));
	DO(lchown("d/l", 1, 1));
	DO(lchown("d/l", -1, -1));
	DO(fchown(fd, 0, 0));
	DO(fchown(fd, 0, 0));
	DO(fchown(fd, -1, -1));
	DO(futimens(fd, NULL));
	DO(futimens(fd, set));
	DO(futimens(fd, set_one));
	DO(futimens(fd, neither));
	DO(chown("d", 0, 0));
	DO(setxattr("d/f", "user.a", "x", 1, 0));
	DO(removexattr("d/f", "user.a"));
	DO(removexattr("d/f", "user.a"));
	DO(utime("d/f", NULL));
	DO(utime("d/f", &both));
	DO(access("d/f", R_OK));
	DO(chmod("missing", 0));
	SAY("uid 1001");
	MUST(seteuid(1001));
	DO(chown("d/f", 1001, -1));
	DO(chmod("d/f", 0777));
}

TEST(names)
{
	char buf[10];

	prepare();
	DO(link("d/f", "e/f"));
	DO(unlink("e/f"));
	DO(symlink("x", "e/s"));
	DO(readlink("d/l", buf, sizeof buf));
	DO(mkdir("e/x", 0755));
	DO(rmdir("e/x"));
	DO(mkfifo("e/p", 0600));
	DO(mknod("e/r", S_IFREG | 0600, 0));
	DO(rename("d/g", "d/k"));
	DO(rename("d/k", "d/g"));
	DO(rename("d/g", "e/g"));
	DO(rename("e/g", "d/g"));
	DO(rename("d/sub", "e/sub"));
	DO(rename("e/sub", "d/sub"));
	DO(rename("d/f", "d/f"));
	DO(renameat2(AT_FDCWD, "d/g", AT_FDCWD, "e/h", RENAME_EXCHANGE));
	DO(rename("e/p", "e/h"));
	DO(rename("missing", "d/f"));
	DO(rmdir("d"));
	DO(unlink("d/g"));
}

TEST(contents)
{
	char buf[10];
	char *map;

	prepare();
	DO(opened("d/f", O_RDONLY));
	DO(opened("d/f", O_WRONLY));
	DO(opened("d/f", O_CREAT | O_WRONLY));
	DO(read(fd, buf, 4));
	DO(read(fd, buf, 4));
	DO(read(fd, buf, 4));
	DO(write(fd, "x", 1));
	DO(write(fd, "", 0));
	DO(pwrite(fd, "x", 1, 0));
	DO(ftruncate(fd, 9));
	DO(ftruncate(fd, 9));
	DO(ftruncate(fd, 3));
	DO(truncate("d/f", 3));
	DO(truncate("d/f", 8));
	DO(truncate("d/f", 0));
	DO(truncate("d/f", 0));
	DO(opened("d/f", O_TRUNC | O_WRONLY));
	DO(write(fd, "x", 1));
	DO(opened("d/f", O_TRUNC | O_WRONLY));
	DO(opened("d/new", O_CREAT | O_WRONLY));
	DO(opened("d", O_RDONLY));
	DO(posix_fallocate(fd, 0, 100));
	DO(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 10000));
	DO(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	DO(fsync(fd));
	map = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	DO(map[1] = 'x');
	DO(msync(map, 10, MS_SYNC));
}

/* Setting user and group ids does not outlive a change by somebody else. */
TEST(setid)
{
	struct stat st;

	prepare();
#define MODE(call)                                                                                 \
	do {                                                                                       \
		MUST(fchmod(fd, 06777));                                                           \
		TRY(call);                                                                         \
		MUST(fstat(fd, &st));                                                              \
		SAY("%s: mode %o", #call, st.st_mode & 07777);                                     \
	} while (0)
	MODE(chown("d/f", 0, 0));
	MODE(chown("d/f", -1, -1));
	MODE(chown("d/f", 1001, 1001));
	MODE(write(fd, "x", 1));
	MODE(ftruncate(fd, 0));
	MUST(fchmod(fd, 02666));
	TRY(chown("d/f", -1, 1002));
	MUST(fstat(fd, &st));
	SAY("setgid alone: mode %o", st.st_mode & 07777);
	MUST(fchmod(fd, 02700));
	MUST(chown("d/f", 1001, 1001));
	MUST(fchmod(fd, 02700));
	MUST(setegid(1002));
	MUST(seteuid(1002));
	TRY(write(fd, "x", 1));
	MUST(seteuid(0));
	MUST(setegid(0));
	TRY(fchownat(fd, "", -1, 1003, AT_EMPTY_PATH));
	MUST(fstat(fd, &st));
	SAY("written, then given away: mode %o", st.st_mode & 07777);
	MUST(chown("d/f", 1001, 1001));
	MUST(setegid(1001));
	MUST(seteuid(1001));
	MODE(fchmod(fd, 06777));
	TRY(chown("d/f", 1001, -1));
	MUST(fstat(fd, &st));
	SAY("mode %o", st.st_mode & 07777);
	TRY(fchmod(fd, 06777));
	TRY(write(fd, "x", 1));
	MUST(fstat(fd, &st));
	SAY("written: mode %o", st.st_mode & 07777);
	TRY(fchmod(fd, 06777));
	TRY(ftruncate(fd, 0));
	MUST(fstat(fd, &st));
	SAY("cut: mode %o", st.st_mode & 07777);
	TRY(fchmod(fd, 06777));
	TRY(truncate("d/f", 0));
	MUST(fstat(fd, &st));
	SAY("cut: mode %o", st.st_mode & 07777);
	TRY(fchmod(fd, 06777));
	TRY(opened("d/f", O_TRUNC | O_WRONLY));
	MUST(fstat(fd, &st));
	SAY("cut: mode %o", st.st_mode & 07777);
}

/* statx: what was asked for, what came. */
TEST(masks)
{
	static const unsigned masks[] = {0, STATX_TYPE, STATX_MODE | STATX_SIZE, STATX_BASIC_STATS,
	    STATX_BTIME, STATX_ALL, STATX_MNT_ID, 0x2000, 0x4000, 0x10000, 0x80000000};
	struct statx x;

	prepare();
	for (unsigned i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		memset(&x, 0, sizeof x);
		TRY(statx(AT_FDCWD, "d/f", 0, masks[i], &x));
		SAY("%#x: %#x, size %ju, mode %o, attributes %#jx of %#jx, born %d, blocks of %u",
		    masks[i], x.stx_mask, (uintmax_t)x.stx_size, x.stx_mode,
		    (uintmax_t)x.stx_attributes, (uintmax_t)x.stx_attributes_mask,
		    x.stx_btime.tv_sec != 0, x.stx_blksize);
	}
	TRY(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x));
	SAY("%#x, attributes %#jx of %#jx", x.stx_mask, (uintmax_t)x.stx_attributes,
	    (uintmax_t)x.stx_attributes_mask);
	TRY(statx(AT_FDCWD, "d", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_SIZE, &x));
	TRY(statx(AT_FDCWD, "d", AT_STATX_DONT_SYNC, STATX_SIZE, &x));
	TRY(statx(AT_FDCWD, "d", -1, STATX_SIZE, &x));
	TRY(statx(AT_FDCWD, "", 0, STATX_SIZE, &x));
}

int
main(void)
{
	return parity_main();
}
