/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many processes make, move and remove names in one tree, and some are killed at it; then the tree
 * is checked.  Runs on any file system:
 *
 *	client_tree DIR WORKERS CALLS KILLS    prints what is wrong with the tree afterwards
 *
 * DIR is made, and removed in the end.  Right is: every entry can be looked up, is of the type and
 * has the inode that its directory says; a directory is in one place, its ".." is where it is, its
 * links are its subdirectories; a file has as many links as names; and once all is removed the
 * file system counts as many inodes as in the beginning.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX 65536

static uint64_t state;
static unsigned wrong;

static unsigned
pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 11) % n;
}

/* --- the work --- */

static const char *
some_path(char buf[64])
{
	size_t len = 0;

	for (unsigned depth = 1 + pick(3); depth > 0; depth--)
		len += (size_t)sprintf(buf + len, "%s%c", len == 0 ? "" : "/", 'a' + (int)pick(6));
	return buf;
}

/* Any of it may fail because of what the others do. */
static void
work_once(void)
{
	char a[64], b[64];
	int fd;

	some_path(a);
	some_path(b);
	switch (pick(9)) {
	case 0:
	case 1:
		fd = open(a, O_CREAT | O_RDWR, 0644);
		if (fd >= 0 && write(fd, a, strlen(a)) >= 0)
			close(fd);
		break;
	case 2:
		(void)mkdir(a, 0755);
		break;
	case 3:
		(void)rename(a, b);
		break;
	case 4:
		(void)renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
		break;
	case 5:
		(void)unlink(a);
		break;
	case 6:
		(void)rmdir(a);
		break;
	case 7:
		if (link(a, b) != 0)
			(void)symlink("x", b);
		break;
	default:
		if (truncate(a, pick(9000)) == 0)
			(void)chmod(a, 0700); /* of a directory as well */
	}
}

static pid_t
start_worker(unsigned seed, unsigned calls)
{
	pid_t pid = fork();

	if (pid == -1)
		err(111, "fork");
	if (pid != 0)
		return pid;
	state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	while (calls-- > 0)
		work_once();
	_exit(0);
}

/* Kills a worker and starts another one, again and again; then waits for all. */
static void
work(unsigned workers, unsigned calls, unsigned kills)
{
	pid_t *pids = calloc(workers, sizeof *pids);
	unsigned seed = 0, i;
	int status;

	if (pids == NULL)
		err(111, "calloc");
	for (i = 0; i < workers; i++)
		pids[i] = start_worker(seed++, calls);
	state = 4711;
	while (kills-- > 0) {
		for (unsigned n = pick(20); n > 0; n--)
			work_once();
		i = pick(workers);
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		pids[i] = start_worker(seed++, calls);
	}
	for (i = 0; i < workers; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status != 0)
			errx(1, "a worker ended with status %#x", status);
	free(pids);
}

/* --- the check --- */

struct file {
	ino_t ino;
	nlink_t links, names;
};

static struct file files[FILES_MAX];
static size_t nfiles, nnames;

__attribute__((format(printf, 1, 2))) static void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	wrong++;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void
count_name(const struct stat *st)
{
	for (size_t i = 0; i < nfiles; i++)
		if (files[i].ino == st->st_ino) {
			files[i].names++;
			return;
		}
	if (nfiles == FILES_MAX)
		errx(111, "too many files");
	files[nfiles++] = (struct file){st->st_ino, st->st_nlink, 1};
}

static void check_dir(int fd, const char *path, ino_t above);

static void
check_entry(int dir, const char *path, const struct dirent *e, ino_t ino, nlink_t *links)
{
	char name[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(name, sizeof name, "%s/%s", path, e->d_name);
	nnames++;
	if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		say("%s: listed, but %s\n", name, strerror(errno));
		return;
	}
	if (st.st_ino != e->d_ino || IFTODT(st.st_mode) != e->d_type)
		say("%s: not what the directory says\n", name);
	if (!S_ISDIR(st.st_mode)) {
		count_name(&st);
		return;
	}
	(*links)++;
	fd = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		say("%s: cannot be opened: %s\n", name, strerror(errno));
	else
		check_dir(fd, name, ino);
}

static void
check_dir(int fd, const char *path, ino_t above)
{
	DIR *dir = fdopendir(fd);
	struct stat st, up;
	struct dirent *e;
	nlink_t links = 2;

	if (dir == NULL || fstat(fd, &st) != 0)
		err(111, "%s", path);
	if (above != 0 && (fstatat(fd, "..", &up, 0) != 0 || up.st_ino != above))
		say("%s: its .. is another directory\n", path);
	while ((e = readdir(dir)) != NULL)
		if (!is_dots(e->d_name))
			check_entry(fd, path, e, st.st_ino, &links);
	if (st.st_nlink != links)
		say("%s: %ju links, %ju subdirectories\n", path, (uintmax_t)st.st_nlink,
		    (uintmax_t)links - 2);
	closedir(dir);
}

static void
check_links(void)
{
	for (size_t i = 0; i < nfiles; i++)
		if (files[i].links != files[i].names)
			say("inode %ju: %ju links, %ju names\n", (uintmax_t)files[i].ino,
			    (uintmax_t)files[i].links, (uintmax_t)files[i].names);
}

static void
remove_all(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	bool isdir;
	int sub;

	if (dir == NULL)
		err(111, "fdopendir");
	while ((e = readdir(dir)) != NULL) {
		if (is_dots(e->d_name))
			continue;
		isdir = e->d_type == DT_DIR;
		sub = isdir ? openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) : -1;
		if (sub >= 0)
			remove_all(sub);
		if (unlinkat(fd, e->d_name, isdir ? AT_REMOVEDIR : 0) != 0)
			say("%s: cannot be removed: %s\n", e->d_name, strerror(errno));
	}
	closedir(dir);
}

static unsigned long
inodes_used(int fd)
{
	struct statvfs fs;

	if (fstatvfs(fd, &fs) != 0)
		err(111, "statvfs");
	return fs.f_files - fs.f_ffree;
}

int
main(int argc, char *argv[])
{
	unsigned long before, after;
	int tree;

	if (argc != 5)
		errx(100, "usage: %s dir workers calls kills", argv[0]);
	if (mkdir(argv[1], 0755) != 0 || chdir(argv[1]) != 0)
		err(111, "%s", argv[1]);
	tree = open(".", O_RDONLY | O_DIRECTORY);
	if (tree < 0)
		err(111, "%s", argv[1]);
	before = inodes_used(tree);
	work((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
	check_dir(open(".", O_RDONLY | O_DIRECTORY), argv[1], 0);
	check_links();
	remove_all(open(".", O_RDONLY | O_DIRECTORY));
	after = inodes_used(tree);
	if (after != before)
		say("%ld inodes more than before\n", (long)(after - before));
	if (rmdir(argv[1]) != 0)
		warn("%s", argv[1]);
	fprintf(stderr, "%zu names of %zu files were left\n", nnames, nfiles);
	printf("%s\n", wrong == 0 ? "consistent" : "INCONSISTENT");
	return wrong != 0;
}
