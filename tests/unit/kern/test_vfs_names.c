/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and lookup: each scenario gives the same results on the host's tmpfs and in the rump
 * kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "world.h"

static void
lookup(struct world *w)
{
	char name[300];

	NOTE(w, w_mkdir(w, "dir", 0755));
	w_make_file(w, "file", "x");
	NOTE(w, w_try_open(w, "./dir/../././dir/.", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "none", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "none/x", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "file/x", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "file/", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "file/.", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "dir///", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "dir//..//file", O_RDONLY, 0));
	memset(name, 'a', sizeof name);
	name[255] = '\0';
	NOTE(w, w_try_open(w, name, O_CREAT | O_RDWR, 0644));
	NOTE(w, w_mkdir(w, name, 0755));
	name[255] = 'a';
	name[256] = '\0';
	NOTE(w, w_try_open(w, name, O_CREAT | O_RDWR, 0644));
	NOTE(w, w_try_open(w, name, O_RDONLY, 0));
	NOTE(w, w_mkdir(w, name, 0755));
	NOTE(w, w_rename(w, "file", name, 0));
	NOTE(w, w_symlink(w, "x", name));
	NOTE(w, w_unlink(w, name));
	for (int c = 1; c < 256; c++) {
		snprintf(name, sizeof name, "%c", c);
		NOTE(w, w_try_open(w, name, O_CREAT | O_RDWR, 0644));
	}
}

static void
long_paths(struct world *w)
{
	char path[5000];

	for (int len = 4090; len < 4100; len++) {
		memset(path, '/', sizeof path);
		path[0] = '.';
		path[len] = '\0';
		NOTE(w, w_try_open(w, path, O_RDONLY, 0));
		memset(path, 'a', sizeof path);
		path[len] = '\0';
		NOTE(w, w_symlink(w, path, len % 2 != 0 ? "odd" : "even"));
		NOTE(w, w_unlink(w, len % 2 != 0 ? "odd" : "even"));
	}
	for (int len = 1; len < 4096; len *= 2)
		for (int d = -1; d <= 1; d++) {
			memset(path, 'b', sizeof path);
			path[len + d] = '\0';
			NOTE(w, w_symlink(w, path, "l"));
			world_note_stat(w, "l");
			NOTE(w, w_readlink(w, "l", path, sizeof path));
			NOTE(w, w_unlink(w, "l"));
		}
}

static void
slashes(struct world *w)
{
	NOTE(w, w_mkdir(w, "d/", 0755));
	NOTE(w, w_mkdir(w, "d///", 0755));
	NOTE(w, w_mkdir(w, "d/.", 0755));
	NOTE(w, w_mkdir(w, "d/..", 0755));
	NOTE(w, w_mkdir(w, "none/.", 0755));
	NOTE(w, w_mkdir(w, "/", 0755));
	NOTE(w, w_mkdir(w, ".", 0755));
	w_make_file(w, "f", "");
	NOTE(w, w_mkdir(w, "f/", 0755));
	NOTE(w, w_mkdir(w, "f/d", 0755));
	NOTE(w, w_mknod(w, "n/", S_IFREG | 0644, 0));
	NOTE(w, w_symlink(w, "t", "s/"));
	NOTE(w, w_link(w, "f", "l/", 0));
	NOTE(w, w_try_open(w, "n/", O_CREAT | O_RDWR, 0644));
	NOTE(w, w_try_open(w, "f/", O_CREAT | O_RDWR, 0644));
	NOTE(w, w_try_open(w, "d/", O_CREAT | O_RDWR, 0644));
	NOTE(w, w_unlink(w, "f/"));
	NOTE(w, w_unlink(w, "d/"));
	NOTE(w, w_unlink(w, "n/"));
	NOTE(w, w_unlink(w, "."));
	NOTE(w, w_unlink(w, ".."));
	NOTE(w, w_unlink(w, "/"));
	NOTE(w, w_rmdir(w, "."));
	NOTE(w, w_rmdir(w, "d/."));
	NOTE(w, w_rmdir(w, "d/.."));
	NOTE(w, w_rmdir(w, "/"));
	NOTE(w, w_symlink(w, "d", "to-d"));
	NOTE(w, w_symlink(w, "nowhere", "dangling"));
	NOTE(w, w_mkdir(w, "dangling/", 0755));
	NOTE(w, w_mkdir(w, "dangling", 0755));
	NOTE(w, w_rmdir(w, "to-d/"));
	NOTE(w, w_rmdir(w, "to-d"));
	NOTE(w, w_unlink(w, "to-d/"));
	world_note_stat(w, "to-d/");
	world_note_stat(w, "to-d");
	NOTE(w, w_rename(w, "to-d/", "x", 0));
	NOTE(w, w_rename(w, "f", "x/", 0));
	NOTE(w, w_rename(w, "d", "e/", 0));
	NOTE(w, w_rename(w, "e/", "d", 0));
	NOTE(w, w_try_open(w, "dangling", O_CREAT | O_RDWR, 0644));
	world_note_stat(w, "nowhere");
	NOTE(w, w_rmdir(w, "d/"));
}

static void
symlinks(struct world *w)
{
	char name[16], target[16], buf[64];

	NOTE(w, w_symlink(w, "", "empty"));
	NOTE(w, w_symlink(w, "loop", "loop"));
	NOTE(w, w_try_open(w, "loop", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "loop/x", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "loop", O_RDONLY | O_NOFOLLOW, 0));
	NOTE(w, w_try_open(w, "loop", O_RDONLY | O_NOFOLLOW | O_DIRECTORY, 0));
	NOTE(w, w_try_open(w, "loop", O_PATH | O_NOFOLLOW, 0));
	NOTE(w, w_try_open(w, "loop", O_CREAT | O_EXCL | O_RDWR, 0644));
	NOTE(w, w_try_open(w, "loop", O_CREAT | O_NOFOLLOW | O_RDWR, 0644));
	w_make_file(w, "l0", "x");
	for (int i = 1; i <= 42; i++) {
		snprintf(name, sizeof name, "l%d", i);
		snprintf(target, sizeof target, "l%d", i - 1);
		NOTE(w, w_symlink(w, target, name));
		NOTE(w, w_try_open(w, name, O_RDONLY, 0));
	}
	NOTE(w, w_mkdir(w, "d", 0755));
	NOTE(w, w_mkdir(w, "d/e", 0755));
	NOTE(w, w_symlink(w, "../d/e/..", "d/up"));
	NOTE(w, w_symlink(w, "d/up/up/", "far"));
	NOTE(w, w_try_open(w, "far/e/", O_RDONLY, 0));
	NOTE(w, w_try_open(w, "far", O_RDONLY | O_NOFOLLOW, 0));
	NOTE(w, w_try_open(w, "far/", O_RDONLY | O_NOFOLLOW, 0));
	NOTE(w, w_symlink(w, "new/", "to-new"));
	NOTE(w, w_try_open(w, "to-new", O_CREAT | O_RDWR, 0644));
	NOTE(w, w_symlink(w, "d/made", "to-made"));
	NOTE(w, w_try_open(w, "to-made", O_CREAT | O_RDWR, 0644));
	world_note_stat(w, "d/made");
	NOTE(w, w_symlink(w, "x", "far"));
	NOTE(w, w_readlink(w, "d", buf, sizeof buf));
	NOTE(w, w_readlink(w, "far", buf, 3));
	NOTE(w, w_readlink(w, "far", buf, 0));
	NOTE(w, w_readlink(w, "far/", buf, sizeof buf));
	NOTE(w, w_readlink(w, "none", buf, sizeof buf));
	NOTE(w, w_unlink(w, "far"));
	NOTE(w, w_link(w, "to-made", "hard", 0));
	NOTE(w, w_link(w, "to-made", "hard-target", AT_SYMLINK_FOLLOW));
	world_note_stat(w, "hard");
	world_note_stat(w, "hard-target");
}

static void
nodes(struct world *w)
{
	NOTE(w, w_mknod(w, "reg", 0644, 0));
	NOTE(w, w_mknod(w, "fifo", S_IFIFO | 0666, 0));
	NOTE(w, w_mknod(w, "sock", S_IFSOCK | 0666, 0));
	NOTE(w, w_mknod(w, "null", S_IFCHR | 0666, makedev(1, 3)));
	NOTE(w, w_mknod(w, "nodev", S_IFCHR | 0666, makedev(250, 77)));
	NOTE(w, w_mknod(w, "blk", S_IFBLK | 0600, makedev(7, 1000)));
	NOTE(w, w_mknod(w, "dir", S_IFDIR | 0666, 0));
	NOTE(w, w_mknod(w, "lnk", S_IFLNK | 0666, 0));
	NOTE(w, w_mknod(w, "bad", 0170000, 0));
	NOTE(w, w_mknod(w, "reg", 0644, 0));
	world_note_stat(w, "reg");
	world_note_stat(w, "fifo");
	world_note_stat(w, "sock");
	world_note_stat(w, "null");
	world_note_stat(w, "blk");
	NOTE(w, w_try_open(w, "sock", O_RDWR, 0));
	NOTE(w, w_try_open(w, "sock", O_PATH, 0));
	NOTE(w, w_try_open(w, "nodev", O_RDWR, 0));
	NOTE(w, w_try_open(w, "fifo", O_RDONLY | O_NONBLOCK, 0));
	NOTE(w, w_try_open(w, "fifo", O_WRONLY | O_NONBLOCK, 0));
	NOTE(w, w_try_open(w, "fifo", O_RDWR | O_TRUNC, 0));
	as_user(w, 1000, 1000);
	NOTE(w, w_mknod(w, "u-null", S_IFCHR | 0666, makedev(1, 3)));
	NOTE(w, w_mknod(w, "u-white", S_IFCHR | 0666, 0));
	NOTE(w, w_mknod(w, "u-fifo", S_IFIFO | 0666, 0));
	world_note_stat(w, "u-fifo");
}

static void
create_many(struct world *w)
{
	char name[16], buf[4096];
	long fd, n, seen = 0;

	for (int i = 0; i < 2324; i++) {
		snprintf(name, sizeof name, "f%d", i);
		w_make_file(w, name, "");
	}
	world_note_stat(w, ".");
	fd = w_open(w, ".", O_RDONLY | O_DIRECTORY, 0);
	/* Removing what was read while reading on. */
	while ((n = w_getdents(w, (int)fd, buf, sizeof buf)) > 0)
		for (long at = 0; at < n; at += *(unsigned short *)(buf + at + 16)) {
			seen++;
			if (buf[at + 19] != '.')
				w_unlink(w, buf + at + 19);
		}
	NOTE(w, n);
	NOTE(w, seen);
	world_note_stat(w, ".");
	NOTE(w, w_getdents(w, (int)fd, buf, 8));
	NOTE(w, w_lseek(w, (int)fd, 0, SEEK_SET));
	NOTE(w, w_getdents(w, (int)fd, buf, 8));
	NOTE(w, w_getdents(w, (int)fd, buf, sizeof buf));
	NOTE(w, w_read(w, (int)fd, buf, sizeof buf));
	NOTE(w, w_write(w, (int)fd, buf, sizeof buf));
	NOTE(w, w_lseek(w, (int)fd, -1, SEEK_SET));
	NOTE(w, w_mkdir(w, "gone", 0755));
	NOTE(w, w_close(w, (int)fd));
	fd = w_open(w, "gone", O_RDONLY, 0);
	NOTE(w, w_rmdir(w, "gone"));
	NOTE(w, w_getdents(w, (int)fd, buf, sizeof buf));
	NOTE(w, w_close(w, (int)fd));
}

SCENARIO(lookup)
SCENARIO(long_paths)
SCENARIO(slashes)
SCENARIO(symlinks)
SCENARIO(nodes)
SCENARIO(create_many)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lookup),
	    cmocka_unit_test(test_long_paths),
	    cmocka_unit_test(test_slashes),
	    cmocka_unit_test(test_symlinks),
	    cmocka_unit_test(test_nodes),
	    cmocka_unit_test(test_create_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
