/* SPDX-License-Identifier: BSD-2-Clause */
/* fts(3), and ftw(3) where paths are too long. */
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>

#include "parity.h"

/* a tree with all kinds of things in it */
static void
make_tree(void)
{
	MUST(system("mkdir -p t/a/b/c t/d t/e && touch t/a/f t/a/b/g t/z && ln -s ../z t/d/link && "
		    "ln -s nowhere t/d/broken && ln -s ../a t/d/dir && ln -s .. t/a/b/up && "
		    "mkfifo t/p"));
}

static const char *
info_name(int info)
{
	static const char *const names[] = {"0", "D", "DC", "DEFAULT", "DNR", "DOT", "DP", "ERR",
	    "F", "INIT", "NS", "NSOK", "SL", "SLNONE", "W"};

	return names[info];
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void
say_entry(FTS *f, const FTSENT *e, bool with_attributes)
{
	struct stat st;
	bool there = lstat(e->fts_accpath, &st) == 0;

	SAY("%s %s level %d name %s (%d) path length %d, there %d, error %d, cycle %s",
	    info_name(e->fts_info), e->fts_path, e->fts_level, e->fts_name, e->fts_namelen,
	    e->fts_pathlen, there, e->fts_errno,
	    e->fts_info == FTS_DC ? e->fts_cycle->fts_name : "-");
	if (with_attributes && e->fts_info != FTS_NS && e->fts_info != FTS_NSOK)
		SAY("mode %o, size %jd, as lstat %d", e->fts_statp->st_mode,
		    (intmax_t)(S_ISREG(e->fts_statp->st_mode) ? e->fts_statp->st_size : 0),
		    there && st.st_ino == e->fts_statp->st_ino);
	if (e->fts_info == FTS_D)
		SAY("device %d, inode %d, links %ju", e->fts_dev == f->fts_dev,
		    e->fts_ino == st.st_ino, (uintmax_t)e->fts_nlink);
}

static void
walk(int options, char *const *paths)
{
	char here[4096], there[4096];
	FTS *f = fts_open(paths, options, by_name);
	FTSENT *e;

	if (f == NULL) {
		SAY("fts_open(%#x): %s", options, strerrorname_np(errno));
		return;
	}
	SAY("options %#x", f->fts_options);
	getcwd(here, sizeof here);
	while ((e = fts_read(f)) != NULL)
		say_entry(f, e, (options & FTS_NOSTAT) == 0);
	SAY("end %d", errno);
	TRY(fts_close(f));
	getcwd(there, sizeof there);
	SAY("back %d", strcmp(here, there) == 0);
}

TEST(whole_tree)
{
	static const int options[] = {FTS_PHYSICAL, FTS_LOGICAL, FTS_PHYSICAL | FTS_NOCHDIR,
	    FTS_PHYSICAL | FTS_COMFOLLOW, FTS_PHYSICAL | FTS_SEEDOT, FTS_PHYSICAL | FTS_XDEV,
	    FTS_PHYSICAL | FTS_NOSTAT, FTS_LOGICAL | FTS_SEEDOT, 0, 0x10000};

	make_tree();
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		walk(options[i], (char *const *)(const char *[]){"t", NULL});
}

TEST(paths)
{
	make_tree();
	walk(FTS_PHYSICAL, (char *const *)(const char *[]){
			       "t/z", "t/d/", "t/e", "missing", "t/d/link", ".", NULL});
	walk(FTS_PHYSICAL | FTS_COMFOLLOW,
	    (char *const *)(const char *[]){"t/d/dir", "t/d/broken", "t/d/link", NULL});
	walk(FTS_PHYSICAL, (char *const *)(const char *[]){"", NULL});
	walk(FTS_LOGICAL, (char *const *)(const char *[]){"t//a", "t/a/..", NULL});
}

TEST(children)
{
	FTS *f;
	FTSENT *e, *c;

	make_tree();
	f = fts_open((char *const *)(const char *[]){"t", "missing", NULL}, FTS_PHYSICAL, by_name);
	for (c = fts_children(f, 0); c != NULL; c = c->fts_link)
		SAY("first %s %s", info_name(c->fts_info), c->fts_name);
	TRY(fts_children(f, 99) == NULL);
	while ((e = fts_read(f)) != NULL) {
		SAY("at %s", e->fts_path);
		for (c = fts_children(f, e->fts_level % 2 == 0 ? 0 : FTS_NAMEONLY); c != NULL;
		     c = c->fts_link)
			SAY("child %s of %s", c->fts_name, e->fts_name);
	}
	TRY(fts_close(f));
}

TEST(instructions)
{
	FTS *f;
	FTSENT *e;
	int again = 0;

	make_tree();
	f = fts_open((char *const *)(const char *[]){"t", NULL}, FTS_PHYSICAL, by_name);
	while ((e = fts_read(f)) != NULL) {
		say_entry(f, e, true);
		if (e->fts_info == FTS_D && strcmp(e->fts_name, "b") == 0)
			TRY(fts_set(f, e, FTS_SKIP));
		if (e->fts_info == FTS_SL)
			TRY(fts_set(f, e, FTS_FOLLOW));
		if (e->fts_info == FTS_F && again++ == 0)
			TRY(fts_set(f, e, FTS_AGAIN));
		TRY(fts_set(f, e, 99) * 0);
	}
	TRY(fts_close(f));
	f = fts_open((char *const *)(const char *[]){"t", NULL}, FTS_PHYSICAL, NULL);
	fts_read(f);
	fts_read(f);
	TRY(fts_close(f));
	TRY(access("t", F_OK));
}

TEST(forbidden)
{
	make_tree();
	MUST(chmod("t/a/b", 0));
	MUST(chmod("t/d", 0600));
	MUST(chmod(".", 0755));
	if (geteuid() == 0)
		MUST(setuid(65534));
	walk(FTS_PHYSICAL, (char *const *)(const char *[]){"t", NULL});
	walk(FTS_PHYSICAL | FTS_NOCHDIR, (char *const *)(const char *[]){"t", NULL});
	walk(FTS_LOGICAL, (char *const *)(const char *[]){"t", NULL});
}

/* A path longer than PATH_MAX, which only a walk that goes along can reach. */
TEST(deep)
{
	char name[201];
	FTS *f;
	FTSENT *e;
	int n = 0, longest = 0;

	memset(name, 'n', 200);
	name[200] = '\0';
	for (int i = 0; i < 30; i++) {
		MUST(mkdir(name, 0755));
		MUST(chdir(name));
	}
	for (int i = 0; i < 30; i++)
		MUST(chdir(".."));
	f = fts_open((char *const *)(const char *[]){".", NULL}, FTS_PHYSICAL, NULL);
	while ((e = fts_read(f)) != NULL) {
		n++;
		longest = e->fts_pathlen > longest ? e->fts_pathlen : longest;
		if (e->fts_info == FTS_DP && e->fts_level > 0)
			MUST(rmdir(e->fts_accpath));
	}
	SAY("%d entries, up to %d bytes", n, longest);
	TRY(fts_close(f));
	TRY(rmdir(name));
}

static int met; /* a directory counts 100 */

static int
count_plain(const char *path, const struct stat *st, int type)
{
	(void)path;
	(void)st;
	met += type == FTW_D ? 100 : 1;
	return 0;
}

static int
count_full(const char *path, const struct stat *st, int type, struct FTW *info)
{
	(void)st;
	met += type == FTW_DP ? 100 : 1;
	return path[info->base] == '/';
}

/* Deeper than a path can be long. */
TEST(deep_by_ftw)
{
	char name[201];
	struct stat st;

	memset(name, 'd', 200);
	name[200] = '\0';
	MUST(mkdir("top", 0755));
	MUST(chdir("top"));
	for (int i = 0; i < 60; i++) {
		MUST(mkdir(name, 0755));
		MUST(chdir(name));
	}
	MUST(close(MUST(open("f", O_CREAT | O_WRONLY, 0644))));
	for (int i = 0; i < 61; i++)
		MUST(chdir(".."));
	MUST(stat("top", &st));
	TRY(ftw("top", count_plain, 30));
	SAY("%d", met);
	met = 0;
	TRY(nftw("top", count_full, 30, FTW_PHYS | FTW_DEPTH));
	SAY("%d", met);
}

int
main(void)
{
	return parity_main();
}
