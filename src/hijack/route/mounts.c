/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of mounts of both kernels: the lines of both in a memfd. */
#include "route/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/raw.h"
#include "base/scope.h"
#include "client/client.h"
#include "config.h"
#include "file/call_open.h"
#include "process/process.h"
#include "route/route.h"

#define TABLE_MAX (256 * 1024) /* of the rump kernel's lines */
#define ID_BASE   1000000      /* its mounts' numbers begin there */

static bool
is_one_of(const char *path, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(path, names[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_info(const char *path)
{
	static const char *const names[] = {"/proc/self/mountinfo", "/proc/thread-self/mountinfo"};

	return is_one_of(path, names, sizeof names / sizeof *names);
}

bool
mounts_is_table(const char *path)
{
	static const char *const names[] = {
	    "/proc/mounts", "/proc/self/mounts", "/proc/thread-self/mounts", "/etc/mtab"};

	return path[0] == '/' && (path[1] == 'p' || path[1] == 'e') &&
	       (is_info(path) || is_one_of(path, names, sizeof names / sizeof *names));
}

/* A whole file from its beginning: 0 and its text, which ends in a NUL. */
static int
read_all(int fd, char **ret_text)
{
	CLEANUP_FREE char *text = malloc(TABLE_MAX);
	size_t len = 0;
	long n;

	if (text == NULL)
		return ENOMEM;
	while (len < TABLE_MAX - 1 &&
	       (n = raw_call3(SYS_read, fd, text + len, TABLE_MAX - 1 - len)) != 0) {
		if (n < 0)
			return (int)-n;
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret_text = take_ptr(&text);
	return 0;
}

static int
read_rump(const char *name, char **ret_text)
{
	CLEANUP_FD int fd = -1;
	struct route r = {.dir = (uint64_t)(int64_t)AT_FDCWD, .path = name};
	int error = open_rump(&r, O_RDONLY | O_CLOEXEC, 0, &fd);

	return error != 0 ? error : read_all(fd, ret_text);
}

/* The number of the host's mount that the rump kernel's root hangs on. */
static long
host_root(const char *info)
{
	for (; info != NULL && *info != '\0'; info = strchr(info, '\n')) {
		char point[16];
		long id;

		info += *info == '\n';
		if (sscanf(info, "%ld %*d %*s %*s %15s", &id, point) == 2 &&
		    strcmp(point, "/") == 0)
			return id;
	}
	return 1;
}

/* The mount point as the program names it. */
static const char *
shown(const char *point)
{
	return strcmp(point, "/") == 0 ? "" : point;
}

static void
add_info_line(int fd, const char *line, long root)
{
	char dev[32], point[PATH_MAX], from[PATH_MAX];
	long id, parent;
	int rest = 0;

	if (sscanf(line, "%ld %ld %31s %4095s %4095s%n", &id, &parent, dev, from, point, &rest) ==
	    5)
		dprintf(fd, "%ld %ld %s %s %s%s%s\n", ID_BASE + id,
		    id == parent ? root : ID_BASE + parent, dev, from, config_get()->prefix,
		    shown(point), line + rest);
}

static void
add_line(int fd, const char *line)
{
	char source[PATH_MAX], point[PATH_MAX];
	int rest = 0;

	if (sscanf(line, "%4095s %4095s%n", source, point, &rest) == 2)
		dprintf(fd, "%s %s%s%s\n", source, config_get()->prefix, shown(point), line + rest);
}

static int
write_table(int fd, bool info, const char *host_text, char *rump_text)
{
	char *rest = rump_text, *line;
	long root = info ? host_root(host_text) : 0;

	dprintf(fd, "%s", host_text);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (info)
			add_info_line(fd, line, root);
		else
			add_line(fd, line);
	}
	return raw_call3(SYS_lseek, fd, 0, SEEK_SET) < 0 ? EIO : 0;
}

void
mounts_complete(int fd, const char *path, int flags)
{
	CLEANUP_FREE char *host_text = NULL, *rump_text = NULL;
	CLEANUP_FD int both = -1;
	bool info = is_info(path);

	if (config_get()->prefix == NULL ||
	    (flags & (O_ACCMODE | O_PATH | O_DIRECTORY)) != O_RDONLY)
		return;
	process_start();
	if (client_connect() != 0 ||
	    read_rump(info ? "/proc/self/mountinfo" : "/proc/self/mounts", &rump_text) != 0)
		return;
	both = (int)raw_call2(SYS_memfd_create, "mounts", MFD_CLOEXEC);
	if (both >= 0 && read_all(fd, &host_text) == 0 &&
	    write_table(both, info, host_text, rump_text) == 0)
		raw_call3(SYS_dup3, both, fd, flags & O_CLOEXEC);
}
