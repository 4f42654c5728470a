/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories: making, listing, walking, and being in them. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <sys/syscall.h>

#include "parity.h"

static void
touch(const char *path)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT, 0644));

	MUST(close(fd));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
list(const char *path)
{
	struct dirent **entries;
	char line[512] = "";
	int n = scandir(path, &entries, NULL, by_name);

	if (n < 0) {
		SAY("%s: %s", path, strerrorname_np(errno));
		return;
	}
	for (int i = 0; i < n && strlen(line) < 400; i++)
		sprintf(line + strlen(line), " %s/%d", entries[i]->d_name, entries[i]->d_type);
	SAY("%s:%s", path, line);
}

TEST(making)
{
	struct stat st;

	TRY(mkdir("d", 0777));
	TRY(mkdir("d", 0777));
	TRY(mkdir("d/", 0777));
	TRY(mkdir("e/", 0700));
	TRY(mkdir("missing/x", 0777));
	TRY(mkdir("", 0777));
	TRY(mkdir("f/.", 0777));
	MUST(stat("d", &st));
	SAY("mode %o nlink %ju", st.st_mode, (uintmax_t)st.st_nlink);
	TRY(mkdir("d/sub", 0755));
	MUST(stat("d", &st));
	SAY("nlink %ju", (uintmax_t)st.st_nlink);
	TRY(rmdir("d"));
	TRY(rmdir("d/."));
	TRY(rmdir("d/.."));
	TRY(unlink("d"));
	TRY(rmdir("d/sub"));
	TRY(rmdir("d"));
	TRY(rmdir("d"));
	touch("f");
	TRY(rmdir("f"));
	TRY(mkdir("f", 0755));
	TRY(mkdir("f/x", 0755));
	TRY(remove("e"));
	TRY(remove("f"));
	TRY(remove("f"));
}

TEST(listing)
{
	struct dirent **entries;

	MUST(mkdir("d", 0755));
	touch("d/file");
	MUST(mkdir("d/dir", 0755));
	MUST(symlink("nowhere", "d/link"));
	MUST(mkfifo("d/fifo", 0644));
	list("d");
	list("missing");
	list("d/file");
	TRY(scandir("d", &entries, not_hidden, by_name));
	SAY("first %s", entries[0]->d_name);
	TRY(scandirat(open("d", O_RDONLY), "dir", &entries, not_hidden, alphasort));
}

TEST(streams)
{
	struct dirent *entry;
	DIR *dir;
	long where;
	int n = 0;

	for (int i = 0; i < 300; i++) {
		char name[32];

		sprintf(name, "entry-%03d", i);
		touch(name);
	}
	dir = opendir(".");
	SAY("opendir %d", dir != NULL);
	while (readdir(dir) != NULL)
		n++;
	SAY("%d entries", n);
	rewinddir(dir);
	for (int i = 0; i < 100; i++)
		readdir(dir);
	where = telldir(dir);
	entry = readdir(dir);
	n = entry == NULL ? 0 : (int)strlen(entry->d_name);
	seekdir(dir, where);
	entry = readdir(dir);
	SAY("after seekdir: %d", entry != NULL && (int)strlen(entry->d_name) == n);
	for (n = 1; readdir(dir) != NULL; n++)
		;
	SAY("%d behind", n);
	TRY(fcntl(dirfd(dir), F_GETFD));
	TRY(closedir(dir));
	SAY("opendir missing %d %s", opendir("missing") != NULL, strerrorname_np(errno));
	SAY("opendir file %d %s", opendir("entry-000") != NULL, strerrorname_np(errno));
	SAY("opendir \"\" %d %s", opendir("") != NULL, strerrorname_np(errno));
}

TEST(removal_while_listing)
{
	struct dirent *entry;
	DIR *dir;
	int n = 0;

	MUST(mkdir("d", 0755));
	for (int i = 0; i < 500; i++) {
		char name[32];

		sprintf(name, "d/%d", i);
		touch(name);
	}
	dir = opendir("d");
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			n += unlinkat(dirfd(dir), entry->d_name, 0) == 0;
	}
	SAY("removed %d", n);
	closedir(dir);
	TRY(rmdir("d"));
}

TEST(descriptors)
{
	char buf[4096];
	struct stat st;
	int fd, file, n = 0;
	DIR *dir;

	MUST(mkdir("d", 0755));
	touch("d/f");
	fd = FD(open("d", O_RDONLY));
	MUST(fstat(fd, &st));
	SAY("mode %o", st.st_mode);
	TRY(read(fd, buf, 10));
	TRY(read(fd, buf, 0));
	TRY(write(fd, buf, 10));
	TRY(pread(fd, buf, 10, 0));
	TRY(ftruncate(fd, 0));
	FD(openat(fd, "f", O_RDONLY));
	FD(openat(fd, "missing", O_RDONLY));
	FD(openat(fd, "../d/f", O_RDONLY));
	TRY(fstatat(fd, "f", &st, 0));
	TRY(fstatat(fd, "", &st, 0));
	TRY(fstatat(fd, "", &st, AT_EMPTY_PATH));
	SAY("mode %o", st.st_mode);
	TRY(mkdirat(fd, "sub", 0755));
	TRY(fchdir(fd));
	TRY(access("sub", F_OK));
	dir = fdopendir(fd);
	while (readdir(dir) != NULL)
		n++;
	SAY("%d entries", n);
	TRY(closedir(dir));
	TRY(fcntl(fd, F_GETFD));
	file = MUST(open("f", O_RDONLY));
	SAY("fdopendir file %d %s", fdopendir(file) != NULL, strerrorname_np(errno));
	SAY("fdopendir 99 %d %s", fdopendir(99) != NULL, strerrorname_np(errno));
	TRY(openat(file, "x", O_RDONLY));
	TRY(fchdir(file));
	TRY(syscall(SYS_getdents64, file, buf, sizeof buf));
}

TEST(shared_position)
{
	int fd, n = 0;
	char buf[4096];
	DIR *dir;

	for (int i = 0; i < 10; i++) {
		char name[8];

		sprintf(name, "%d", i);
		touch(name);
	}
	fd = MUST(open(".", O_RDONLY | O_DIRECTORY));
	dir = fdopendir(MUST(dup(fd)));
	while (readdir(dir) != NULL)
		n++;
	SAY("%d entries, then %ld bytes", n, syscall(SYS_getdents64, fd, buf, sizeof buf));
	TRY(lseek(fd, 0, SEEK_SET));
	SAY("again: %d", syscall(SYS_getdents64, fd, buf, sizeof buf) > 0);
	TRY(syscall(SYS_getdents64, fd, buf, 10));
}

static int depth_first;

static int
visited(const char *path, const struct stat *st, int type, struct FTW *info)
{
	(void)st;
	SAY("%s type %d base %d level %d", path, type, info->base, info->level);
	return 0;
}

static int
counted(const char *path, const struct stat *st, int type)
{
	(void)path;
	(void)st;
	depth_first += type == FTW_D ? 100 : 1;
	return 0;
}

TEST(trees)
{
	MUST(mkdir("t", 0755));
	MUST(mkdir("t/a", 0755));
	MUST(mkdir("t/a/b", 0755));
	touch("t/a/b/f");
	TRY(nftw("t", visited, 10, FTW_PHYS));
	TRY(nftw("t", visited, 10, FTW_PHYS | FTW_DEPTH));
	TRY(nftw("t/a", visited, 10, FTW_CHDIR));
	MUST(symlink("..", "t/a/b/up"));
	MUST(symlink("nowhere", "t/a/dangling"));
	TRY(ftw("t", counted, 10));
	SAY("%d", depth_first);
	TRY(nftw("missing", visited, 10, 0));
	TRY(nftw("t/a/b/f", visited, 10, 0));
}

TEST(patterns)
{
	glob_t g;

	touch("a1");
	touch("a2");
	touch("b1");
	touch(".hidden");
	MUST(mkdir("d", 0755));
	touch("d/a3");
	TRY(glob("a*", 0, NULL, &g));
	for (size_t i = 0; i < g.gl_pathc; i++)
		SAY("%s", g.gl_pathv[i]);
	globfree(&g);
	TRY(glob("*/*", GLOB_MARK, NULL, &g));
	SAY("%s", g.gl_pathv[0]);
	TRY(glob("[ad]*", GLOB_MARK, NULL, &g));
	SAY("%zu last %s", g.gl_pathc, g.gl_pathv[g.gl_pathc - 1]);
	TRY(glob("z*", 0, NULL, &g));
	TRY(glob("z*", GLOB_NOCHECK, NULL, &g));
	TRY(glob("{a1,b1}", GLOB_BRACE, NULL, &g));
	SAY("%zu", g.gl_pathc);
}

TEST(directory_records)
{
	char buf[512];
	off_t base = -1;
	int fd;

	MUST(mkdir("d", 0755));
	fd = FD(open("d", O_RDONLY | O_DIRECTORY));
	SAY("%d", getdirentries(fd, buf, sizeof buf, &base) > 0);
	SAY("from %jd", (intmax_t)base);
	TRY(getdirentries(fd, buf, sizeof buf, &base));
	TRY(getdirentries(-1, buf, sizeof buf, &base));
}

int
main(void)
{
	return parity_main();
}
