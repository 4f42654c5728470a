/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, permission and modes: as on the host's tmpfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

static void
open_flags(struct world *w)
{
	long fd;

	w_make_file(w, "f", "x");
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_try_open(w, "f", O_CREAT | O_EXCL | O_RDWR, 0644));
	NOTE(w, w_try_open(w, "d", O_CREAT | O_RDONLY, 0644));
	NOTE(w, w_try_open(w, "d", O_CREAT | O_EXCL | O_RDONLY, 0644));
	NOTE(w, w_try_open(w, ".", O_CREAT | O_EXCL | O_RDONLY, 0644));
	NOTE(w, w_try_open(w, ".", O_CREAT | O_RDONLY, 0644));
	NOTE(w, w_try_open(w, "/", O_CREAT | O_RDONLY, 0644));
	NOTE(w, w_try_open(w, "d", O_RDWR, 0));
	NOTE(w, w_try_open(w, "d", O_RDONLY | O_TRUNC, 0));
	NOTE(w, w_try_open(w, "f", O_RDONLY | O_DIRECTORY, 0));
	NOTE(w, w_try_open(w, "f", O_RDONLY | O_DIRECTORY | O_CREAT, 0));
	NOTE(w, w_try_open(w, "f", O_PATH | O_DIRECTORY, 0));
	NOTE(w, w_try_open(w, "f", 3, 0));
	NOTE(w, w_try_open(w, "sg", O_CREAT | O_RDWR, 06755));
	world_note_stat(w, "sg");
	NOTE(w, w_umask(w, 077));
	NOTE(w, w_try_open(w, "um", O_CREAT | O_RDWR, 0666));
	NOTE(w, w_mkdir(w, "umd", 07777));
	NOTE(w, w_symlink(w, "x", "uml"));
	world_note_stat(w, "um");
	world_note_stat(w, "umd");
	world_note_stat(w, "uml");
	/* A mode that forbids what the creating open does. */
	as_user(w, 1000, 1000);
	fd = w_open(w, "ro", O_CREAT | O_RDWR, 0);
	NOTE(w, w_write(w, (int)fd, "x", 1));
	NOTE(w, w_try_open(w, "ro", O_RDONLY, 0));
	NOTE(w, w_close(w, (int)fd));
	fd = w_open(w, "f", O_PATH, 0);
	NOTE(w, w_read(w, (int)fd, &fd, 0));
	NOTE(w, w_fchmod(w, (int)fd, 0600));
	NOTE(w, w_fchown(w, (int)fd, 1, 1));
	NOTE(w, w_ftruncate(w, (int)fd, 0));
	NOTE(w, w_lseek(w, (int)fd, 0, SEEK_SET));
	NOTE(w, w_fsync(w, (int)fd));
	NOTE(w, w_close(w, (int)fd));
	NOTE(w, w_try_open(w, "f", O_RDONLY | O_NOATIME, 0));
}

static void
permission(struct world *w)
{
	as_user(w, 1000, 1000);
	NOTE(w, w_mkdir(w, "priv", 0700));
	w_make_file(w, "priv/f", "x");
	w_make_file(w, "mine", "x");
	NOTE(w, w_chmod(w, "mine", 0640));
	NOTE(w, w_mkdir(w, "sticky", 0777));
	NOTE(w, w_chmod(w, "sticky", 01777));
	w_make_file(w, "sticky/f", "x");
	NOTE(w, w_mkdir(w, "noexec", 0755));
	w_make_file(w, "noexec/f", "x");
	NOTE(w, w_chmod(w, "noexec", 0644));
	NOTE(w, w_try_open(w, "noexec/f", O_RDONLY, 0));
	as_user(w, 1001, 1001);
	NOTE(w, w_try_open(w, "priv/f", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "priv/none", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "priv", O_RDONLY, 0));
	NOTE(w, w_chdir(w, "priv"));
	NOTE(w, w_try_open(w, "mine", O_RDONLY, 0));
	NOTE(w, w_mkdir(w, "priv/x", 0755));
	NOTE(w, w_unlink(w, "priv/f"));
	NOTE(w, w_unlink(w, "sticky/f"));
	NOTE(w, w_rename(w, "sticky/f", "sticky/g", 0));
	NOTE(w, w_mkdir(w, "sticky/own", 0755));
	NOTE(w, w_rename(w, "sticky/own", "sticky/f", 0));
	NOTE(w, w_rename(w, "sticky/own", "moved", 0));
	NOTE(w, w_chmod(w, "mine", 0666));
	NOTE(w, w_chown(w, "mine", 1001, -1));
	NOTE(w, w_chown(w, "mine", -1, 1001));
	NOTE(w, w_chown(w, "mine", -1, -1));
	NOTE(w, w_utimens(w, "mine", NULL, 0));
	NOTE(w, w_truncate(w, "mine", 0));
	NOTE(w, w_access(w, "mine", R_OK, 0));
	NOTE(w, w_access(w, "mine", F_OK, 0));
	NOTE(w, w_access(w, "mine", 8, 0));
	NOTE(w, w_access(w, "none", R_OK, 0));
	NOTE(w, w_access(w, "sticky", R_OK | W_OK | X_OK, AT_EACCESS));
	NOTE(w, w_access(w, "mine", F_OK, 0x8000));
	as_user(w, 1002, 1000); /* the group's right */
	NOTE(w, w_try_open(w, "mine", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "mine", O_RDWR, 0));
	NOTE(w, w_try_open(w, "mine", O_RDONLY | O_TRUNC, 0));
	as_root(w);
	NOTE(w, w_access(w, "mine", X_OK, 0));
	NOTE(w, w_access(w, "mine", R_OK | W_OK, 0));
	NOTE(w, w_access(w, "noexec", X_OK, 0));
	/* A directory that moves to another parent must be writable itself. */
	NOTE(w, w_mkdir(w, "target", 0777));
	NOTE(w, w_chmod(w, "target", 0777));
	as_user(w, 1000, 1000);
	NOTE(w, w_mkdir(w, "frozen", 0555));
	NOTE(w, w_rename(w, "frozen", "target/frozen", 0));
	NOTE(w, w_rename(w, "frozen", "frozen2", 0));
}

static void
modes(struct world *w)
{
	long fd;

	as_user(w, 1000, 1000);
	w_make_file(w, "f", "x");
	NOTE(w, w_chmod(w, "f", 06755));
	world_note_stat(w, "f");
	NOTE(w, w_chown(w, "f", -1, -1));
	world_note_stat(w, "f");
	NOTE(w, w_chmod(w, "f", 06745));
	NOTE(w, w_chown(w, "f", 1000, 1000));
	world_note_stat(w, "f");
	NOTE(w, w_chmod(w, "f", 04755));
	NOTE(w, w_truncate(w, "f", 0));
	world_note_stat(w, "f");
	NOTE(w, w_chmod(w, "f", 06755));
	NOTE(w, w_try_open(w, "f", O_WRONLY | O_TRUNC, 0));
	world_note_stat(w, "f");
	as_root(w);
	NOTE(w, w_chmod(w, "f", 07123));
	NOTE(w, w_chown(w, "f", 1, 2));
	world_note_stat(w, "f");
	as_user(w, 1, 7);
	NOTE(w, w_chmod(w, "f", 02755)); /* not in the file's group */
	world_note_stat(w, "f");
	as_root(w);
	NOTE(w, w_mkdir(w, "sg", 0777));
	NOTE(w, w_chown(w, "sg", 1, 2));
	NOTE(w, w_chmod(w, "sg", 02777));
	NOTE(w, w_mkdir(w, "sg/d", 0755));
	w_make_file(w, "sg/f", "");
	as_user(w, 1000, 1000);
	fd = w_open(w, "sg/sgid", O_CREAT | O_RDWR, 02755);
	NOTE(w, w_close(w, (int)fd));
	NOTE(w, w_mkdir(w, "sg/u", 0755));
	world_note_stat(w, "sg");
	world_note_stat(w, "sg/d");
	world_note_stat(w, "sg/f");
	world_note_stat(w, "sg/sgid");
	world_note_stat(w, "sg/u");
	NOTE(w, w_symlink(w, "f", "l"));
	NOTE(w, w_lchown(w, "l", 1000, 1000));
	NOTE(w, w_lchown(w, "l", 5, -1));
	as_root(w);
	NOTE(w, w_lchown(w, "l", 5, 6));
	world_note_stat(w, "l");
	world_note_stat(w, "f");
}

SCENARIO(open_flags)
SCENARIO(permission)
SCENARIO(modes)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open_flags),
	    cmocka_unit_test(test_permission),
	    cmocka_unit_test(test_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
