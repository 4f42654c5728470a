/* SPDX-License-Identifier: BSD-2-Clause */
/* Random calls that make, move, remove and read names. */
#ifndef TESTS_PARITY_RANDOM_NAMES_H
#define TESTS_PARITY_RANDOM_NAMES_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "random_calls.h"

static void
do_open(void)
{
	static const int modes[] = {
	    O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR, O_RDWR, O_PATH, O_ACCMODE};
	static const int more[] = {0, 0, 0, O_CREAT, O_CREAT, O_CREAT, O_CREAT | O_EXCL, O_TRUNC,
	    O_CREAT | O_TRUNC, O_DIRECTORY, O_NOFOLLOW, O_APPEND | O_CREAT, O_TMPFILE,
	    O_TMPFILE | O_EXCL, O_CREAT | O_DIRECTORY, O_CREAT | O_NOFOLLOW, O_NOATIME};
	static const mode_t perms[] = {0644, 0666, 0600, 0, 0755, 04755, 02755, 0444, 01777};
	int s = slot(), flags = ONE_OF(modes) | ONE_OF(more), fd;
	mode_t perm = ONE_OF(perms);
	const char *path = some_path();

	/* A FIFO would wait for its other end. */
	fd = open(path, flags | O_NONBLOCK, perm);
	result(fd == -1 ? -1 : 0, "open(%s, %#x, %#o)", shown(path), flags, perm);
	keep_fd(s, fd);
}

static void
do_openat(void)
{
	int s = slot(), from = slot(), flags = pick(2) == 0 ? O_RDONLY : O_RDWR | O_CREAT;
	int fd;
	const char *path = some_path();

	fd = openat(w.fds[from], path, flags | O_NONBLOCK, 0644);
	result(fd == -1 ? -1 : 0, "openat(%d, %s, %#x)", from, shown(path), flags);
	keep_fd(s, fd);
}

static void
do_mkdir(void)
{
	static const mode_t perms[] = {0755, 0777, 01777, 02775, 0700, 0};
	mode_t perm = ONE_OF(perms);
	const char *path = some_path();

	result(mkdir(path, perm), "mkdir(%s, %#o)", shown(path), perm);
	say_path(path);
}

static void
do_mknod(void)
{
	static const mode_t types[] = {S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK, S_IFDIR, 0};
	mode_t mode = ONE_OF(types) | 0666;
	dev_t dev = pick(2) == 0 ? makedev(1, 3) : 0;
	const char *path = some_path();

	result(mknod(path, mode, dev), "mknod(%s, %#o, %jx)", shown(path), mode, (uintmax_t)dev);
	say_path(path);
}

static void
do_unlink(void)
{
	const char *path = some_path();

	result(unlink(path), "unlink(%s)", shown(path));
}

static void
do_rmdir(void)
{
	const char *path = some_path();

	result(rmdir(path), "rmdir(%s)", shown(path));
}

static void
do_rename(void)
{
	static const unsigned all[] = {0, 0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE,
	    RENAME_EXCHANGE, RENAME_WHITEOUT, RENAME_NOREPLACE | RENAME_EXCHANGE, 64};
	unsigned flags = ONE_OF(all);
	const char *from = some_path(), *to = some_path();

	result(renameat2(AT_FDCWD, from, AT_FDCWD, to, flags), "rename(%s, %s, %u)", shown(from),
	    shown(to), flags);
	say_path(from);
	say_path(to);
}

static void
do_link(void)
{
	static const int all[] = {0, 0, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH, 1};
	int flags = ONE_OF(all), dir = AT_FDCWD;
	const char *from = some_path(), *to = some_path();

	if (flags == AT_EMPTY_PATH && w.user == 0 && pick(2) == 0) {
		dir = w.fds[slot()];
		from = "";
	}
	result(linkat(dir, from, AT_FDCWD, to, flags), "linkat(%s, %s, %d, %#x)", shown(from),
	    shown(to), dir == AT_FDCWD, flags);
	say_path(from);
	say_path(to);
}

static void
do_symlink(void)
{
	const char *target = some_path(), *path = some_path();

	result(symlink(target, path), "symlink(%s, %s)", shown(target), shown(path));
	say_path(path);
}

static void
do_readlink(void)
{
	const char *path = some_path();
	char buf[64] = "";

	result(readlink(path, buf, sizeof buf - 1), "readlink(%s)", shown(path));
	SAY("  %s", shown(buf));
}

static void
do_cwd(void)
{
	const char *path = some_path(), *last;
	char cwd[PATH_MAX];
	int s = slot();

	if (pick(2) == 0)
		result(chdir(path), "chdir(%s)", shown(path));
	else
		result(fchdir(w.fds[s]), "fchdir(%d)", s);
	if (getcwd(cwd, sizeof cwd) == NULL) {
		SAY("  nowhere: %s", strerrorname_np(errno));
		return;
	}
	last = strstr(cwd, TOP);
	SAY("  now in %s", last == NULL ? "another place" : last);
}

static void
do_home(void)
{
	char up[PATH_MAX];

	if (getcwd(up, sizeof up) != NULL && strstr(up, TOP) != NULL)
		return;
	snprintf(up, sizeof up, "%s/%s/" TOP, getenv("PARITY_DIR"), parity_name);
	result(chdir(up), "chdir home");
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
do_list(void)
{
	struct dirent **list;
	const char *path = some_path();
	int n = scandir(path, &list, NULL, by_name);

	result(n, "scandir(%s)", shown(path));
	for (int i = 0; i < n; i++) {
		SAY("  %d %s", list[i]->d_type, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

#endif
