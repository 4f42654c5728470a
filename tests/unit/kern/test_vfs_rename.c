/* SPDX-License-Identifier: BSD-2-Clause */
/* Links and renaming: as on the host's tmpfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

static void
links(struct world *w)
{
	struct stat a, b;
	long fd;

	w_make_file(w, "a", "contents");
	NOTE(w, w_link(w, "a", "b", 0));
	NOTE(w, w_link(w, "a", "b", 0));
	NOTE(w, w_link(w, "none", "c", 0));
	NOTE(w, w_link(w, "a", "none/c", 0));
	NOTE(w, w_link(w, "a", "c", 0x4000));
	NOTE(w, w_stat(w, "a", &a));
	NOTE(w, w_stat(w, "b", &b));
	NOTE(w, a.st_ino == b.st_ino);
	world_note_stat(w, "b");
	NOTE(w, w_unlink(w, "a"));
	world_note_stat(w, "b");
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_link(w, "d", "e", 0));
	fd = w_open(w, "b", O_RDONLY, 0);
	NOTE(w, w_linkat(w, (int)fd, "", "from-fd", AT_EMPTY_PATH));
	NOTE(w, w_linkat(w, (int)fd, "", "from-fd2", 0));
	NOTE(w, w_unlink(w, "b"));
	NOTE(w, w_unlink(w, "from-fd"));
	NOTE(w, w_linkat(w, (int)fd, "", "back", AT_EMPTY_PATH));
	NOTE(w, w_close(w, (int)fd));
	fd = w_open(w, ".", O_TMPFILE | O_RDWR, 0640);
	NOTE(w, w_write(w, (int)fd, "tmp", 3));
	NOTE(w, w_linkat(w, (int)fd, "", "named", AT_EMPTY_PATH));
	NOTE(w, w_close(w, (int)fd));
	world_note_stat(w, "named");
	fd = w_open(w, ".", O_TMPFILE | O_EXCL | O_RDWR, 0640);
	NOTE(w, w_linkat(w, (int)fd, "", "unnamed", AT_EMPTY_PATH));
	NOTE(w, w_close(w, (int)fd));
	NOTE(w, w_try_open(w, ".", O_TMPFILE | O_RDONLY, 0640));
	NOTE(w, w_try_open(w, "named", O_TMPFILE | O_RDWR, 0640));
	NOTE(w, w_try_open(w, ".", O_TMPFILE | O_CREAT | O_RDWR, 0640));
}

static void
rename_files(struct world *w)
{
	struct stat before, after;

	w_make_file(w, "a", "a");
	NOTE(w, w_stat(w, "a", &before));
	NOTE(w, w_rename(w, "a", "b", 0));
	NOTE(w, w_stat(w, "b", &after));
	NOTE(w, before.st_ino == after.st_ino);
	NOTE(w, w_rename(w, "a", "b", 0));
	NOTE(w, w_rename(w, "b", "b", 0));
	NOTE(w, w_link(w, "b", "c", 0));
	NOTE(w, w_rename(w, "b", "c", 0));
	world_note_stat(w, "b");
	w_make_file(w, "x", "longer");
	NOTE(w, w_rename(w, "x", "c", 0));
	world_note_stat(w, "b");
	world_note_stat(w, "c");
	NOTE(w, w_rename(w, "b", "c", RENAME_NOREPLACE));
	NOTE(w, w_rename(w, "b", "new", RENAME_NOREPLACE));
	NOTE(w, w_rename(w, "new", "c", RENAME_EXCHANGE));
	world_note_stat(w, "new");
	world_note_stat(w, "c");
	NOTE(w, w_rename(w, "new", "none", RENAME_EXCHANGE));
	NOTE(w, w_rename(w, "new", "c", RENAME_EXCHANGE | RENAME_NOREPLACE));
	NOTE(w, w_rename(w, "new", "c", 64));
	NOTE(w, w_rename(w, "c", ".", 0));
	NOTE(w, w_rename(w, ".", "c", 0));
	NOTE(w, w_rename(w, "..", "c", 0));
	NOTE(w, w_rename(w, "c", "..", RENAME_NOREPLACE));
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_rename(w, "c", "d", 0));
	NOTE(w, w_rename(w, "d", "c", 0));
	NOTE(w, w_rename(w, "c", "d/c", 0));
	NOTE(w, w_rename(w, "d/c", "d", 0));
	NOTE(w, w_rename(w, "d/c", "d", RENAME_EXCHANGE));
	NOTE(w, w_rename(w, "new", "wh", RENAME_WHITEOUT));
	world_note_stat(w, "new");
	world_note_stat(w, "wh");
	world_note_stat(w, "d");
	world_note_stat(w, ".");
}

static void
rename_dirs(struct world *w)
{
	NOTE(w, w_mkdir(w, "a", 0755));
	NOTE(w, w_mkdir(w, "b", 0755));
	NOTE(w, w_mkdir(w, "a/sub", 0755));
	w_make_file(w, "a/sub/f", "x");
	NOTE(w, w_rename(w, "a", "a", 0));
	NOTE(w, w_rename(w, "a", "a/.", 0));
	NOTE(w, w_rename(w, "a", "a/x", 0));
	NOTE(w, w_rename(w, "a", "a/sub/x", 0));
	NOTE(w, w_rename(w, "a", "a/sub", 0));
	NOTE(w, w_rename(w, "a/sub", "a", 0));
	NOTE(w, w_rename(w, "a/sub", "a", RENAME_EXCHANGE));
	NOTE(w, w_rename(w, "b", "a", 0));
	NOTE(w, w_rename(w, "a", "b", 0));
	world_note_stat(w, "b");
	world_note_stat(w, ".");
	NOTE(w, w_mkdir(w, "c", 0755));
	NOTE(w, w_rename(w, "b/sub", "c/sub", 0));
	world_note_stat(w, "b");
	world_note_stat(w, "c");
	world_note_stat(w, "c/sub/f");
	NOTE(w, w_rename(w, "c/sub", "sub", 0));
	NOTE(w, w_rename(w, "b", "c", RENAME_EXCHANGE));
	w_make_file(w, "file", "x");
	NOTE(w, w_rename(w, "c", "sub/f", RENAME_EXCHANGE));
	world_note_stat(w, "c");
	world_note_stat(w, "sub");
	world_note_stat(w, "sub/f");
	world_note_stat(w, ".");
	NOTE(w, w_chdir(w, "sub/f"));
	NOTE(w, w_try_open(w, "..//f", O_RDONLY, 0));
	NOTE(w, w_rename(w, "../../sub", "x", 0));
}

static void
removed_cwd(struct world *w)
{
	char buf[64];

	NOTE(w, w_mkdir(w, "a", 0755));
	NOTE(w, w_mkdir(w, "a/b", 0755));
	NOTE(w, w_rmdir(w, "a"));
	NOTE(w, w_chdir(w, "a/b"));
	NOTE(w, w_rmdir(w, "../b"));
	NOTE(w, w_getcwd(w, buf, sizeof buf));
	NOTE(w, w_try_open(w, "x", O_CREAT | O_RDWR, 0644));
	NOTE(w, w_try_open(w, "x", O_RDONLY, 0));
	NOTE(w, w_mkdir(w, "x", 0755));
	NOTE(w, w_try_open(w, ".", O_RDONLY, 0));
	world_note_stat(w, ".");
	NOTE(w, w_rmdir(w, "../../a"));
	NOTE(w, w_chdir(w, ".."));
	NOTE(w, w_getcwd(w, buf, sizeof buf));
	NOTE(w, w_chdir(w, ".."));
	NOTE(w, w_getcwd(w, buf, sizeof buf) > 0);
	NOTE(w, w_getcwd(w, buf, 1));
	NOTE(w, w_getcwd(w, buf, 0));
}

SCENARIO(links)
SCENARIO(rename_files)
SCENARIO(rename_dirs)
SCENARIO(removed_cwd)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_rename_files),
	    cmocka_unit_test(test_rename_dirs),
	    cmocka_unit_test(test_removed_cwd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
