/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's private directory: <base>/rump-XXXXXX, base being $XDG_RUNTIME_DIR or /tmp.
 *
 * It holds a file "lock" on which the kernel has an flock(2) for as long as it lives, however it
 * dies.  So a starting kernel can tell the directories of dead ones, and removes them.  The file
 * gets its name only once it is locked: a directory without it is one that is being made.
 */
#include "kern/hostdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "server.h"

#define NAME_PATTERN  "rump-??????"
#define NAME_TEMPLATE "rump-XXXXXX"

static char dir_path[HOSTDIR_PATH_MAX];
static int lock_fd = -1;

const char *
server_names_dir(void)
{
	return dir_path;
}

static const char *
base_path(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	size_t room = sizeof dir_path - sizeof NAME_TEMPLATE - 1;

	if (base == NULL || base[0] != '/' || strlen(base) > room || access(base, W_OK | X_OK) != 0)
		base = "/tmp";
	return base;
}

/* A private directory of ours, and its lock is free, so its kernel is dead. */
static bool
is_stale(int fd)
{
	CLEANUP_FD int lock = -1;
	struct stat st;

	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return false;
	lock = openat(fd, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
}

/* Removes all that is in a directory. */
static void
empty_dir(int dirfd)
{
	DIR *d = fdopendir(dirfd);
	struct dirent *e;
	int sub;

	if (d == NULL) {
		close(dirfd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    unlinkat(dirfd, e->d_name, 0) == 0)
			continue;
		sub = openat(dirfd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			empty_dir(sub);
		unlinkat(dirfd, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

static void
remove_if_stale(int base, const char *name)
{
	CLEANUP_FD int fd = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || !is_stale(fd))
		return;
	empty_dir(take_fd(&fd));
	unlinkat(base, name, AT_REMOVEDIR);
	server_note("removed %s of a dead kernel", name);
}

static void
remove_stale(const char *base)
{
	DIR *d = opendir(base);
	struct dirent *e;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (fnmatch(NAME_PATTERN, e->d_name, 0) == 0)
			remove_if_stale(dirfd(d), e->d_name);
	}
	closedir(d);
}

static int
take_lock(int dirfd)
{
	lock_fd = openat(dirfd, "lock.new", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (lock_fd < 0 || flock(lock_fd, LOCK_EX | LOCK_NB) != 0 ||
	    renameat(dirfd, "lock.new", dirfd, "lock") != 0)
		return errno;
	return 0;
}

int
hostdir_init(void)
{
	CLEANUP_FD int fd = -1;
	const char *base = base_path();
	int error;

	remove_stale(base);
	snprintf(dir_path, sizeof dir_path, "%s/%s", base, NAME_TEMPLATE);
	if (mkdtemp(dir_path) == NULL)
		return server_fail(errno, "cannot make a directory in %s: %m", base);
	fd = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = fd >= 0 ? take_lock(fd) : errno;
	if (error != 0)
		return server_fail(error, "cannot lock %s: %s", dir_path, strerror(error));
	return 0;
}

void
hostdir_fini(void)
{
	int fd = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		empty_dir(fd);
	rmdir(dir_path);
	if (lock_fd >= 0)
		close(take_fd(&lock_fd));
}
