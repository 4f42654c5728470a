/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * librumpfuse.so: preloaded into a FUSE program that serves a rump kernel.
 *
 * The program gets its end of the connection as a descriptor, whose number is in RUMP_FUSE_FD, and
 * as its mount point an empty directory, RUMP_FUSE_POINT.  Opening /dev/fuse gives the connection,
 * mounting is done already, and the end of the connection looks as that of /dev/fuse does (ENODEV).
 *
 * A duplicate of the connection stays open until the process ends, so that the kernel sees when the
 * program has not only unmounted, but written all it has.
 */
#undef _FILE_OFFSET_BITS /* with it, open is another name for open64 */
#include "fuse_preload/mounted.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static int connection = -1;
static char mount_point[PATH_MAX], resolved_point[PATH_MAX];
static struct stat identity; /* of the connection */

static int (*next_open)(const char *, int, ...);
static ssize_t (*next_read)(int, void *, size_t);
static ssize_t (*next_splice)(int, off64_t *, int, off64_t *, size_t, unsigned);
static int (*next_mount)(const char *, const char *, const char *, unsigned long, const void *);
static int (*next_umount2)(const char *, int);

static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void
start(void)
{
	const char *number = getenv("RUMP_FUSE_FD"), *point = getenv("RUMP_FUSE_POINT");

	next_open = next("open");
	next_read = next("read");
	next_splice = next("splice");
	next_mount = next("mount");
	next_umount2 = next("umount2");
	if (number == NULL || point == NULL || fstat(atoi(number), &identity) == -1 ||
	    !S_ISSOCK(identity.st_mode))
		return;
	snprintf(mount_point, sizeof mount_point, "%s", point);
	if (realpath(point, resolved_point) == NULL)
		strcpy(resolved_point, mount_point);
	connection = fcntl(atoi(number), F_DUPFD_CLOEXEC, 64);
	/* What the program starts is another program. */
	unsetenv("RUMP_FUSE_FD");
	unsetenv("RUMP_FUSE_POINT");
	unsetenv("LD_PRELOAD");
}

static bool
is_connection(int fd)
{
	struct stat st;

	return connection != -1 && fstat(fd, &st) == 0 && st.st_ino == identity.st_ino &&
	       st.st_dev == identity.st_dev;
}

static bool
is_mount_point(const char *path)
{
	return connection != -1 &&
	       (strcmp(path, mount_point) == 0 || strcmp(path, resolved_point) == 0);
}

/* What /dev/fuse says when there is nothing more to come. */
static ssize_t
at_end(void)
{
	errno = ENODEV;
	return -1;
}

EXPORT int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (connection != -1 && strcmp(path, "/dev/fuse") == 0)
		return fcntl(connection, (flags & O_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
	if (next_open == NULL)
		next_open = next("open");
	return next_open(path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...) __attribute__((alias("open")));

EXPORT ssize_t
read(int fd, void *buf, size_t size)
{
	ssize_t n;

	if (next_read == NULL)
		next_read = next("read");
	n = next_read(fd, buf, size);
	return n == 0 && size != 0 && is_connection(fd) ? at_end() : n;
}

EXPORT ssize_t
splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t len, unsigned flags)
{
	ssize_t n = next_splice(in, in_offset, out, out_offset, len, flags);

	return n == 0 && len != 0 && is_connection(in) ? at_end() : n;
}

static const char *
text_of(const void *text)
{
	return text == NULL ? "" : text;
}

/* Options, and what tables of mounts show, are the kernel's affair. */
static void
tell_mounted(const char *source, const char *type, unsigned long flags, const void *data)
{
	struct fuse_out_header h = {.error = FUSE_NOTIFY_MOUNTED};
	char number[24], *text;
	int len;

	sprintf(number, "%lx", flags);
	len = asprintf(&text, "%s%c%s%c%s%c%s", text_of(source), 0, text_of(type), 0, number, 0,
	    text_of(data));
	if (len == -1)
		return;
	struct iovec parts[] = {{&h, sizeof h}, {text, (size_t)len + 1}};

	h.len = (uint32_t)(sizeof h + (size_t)len + 1);
	if (writev(connection, parts, 2) == -1)
		perror("rump.mount");
	free(text);
}

EXPORT int
mount(
    const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	if (target != NULL && is_mount_point(target)) {
		tell_mounted(source, type, flags, data);
		return 0;
	}
	return next_mount(source, target, type, flags, data);
}

EXPORT int
umount2(const char *target, int flags)
{
	if (target != NULL && is_mount_point(target))
		return 0;
	return next_umount2(target, flags);
}

EXPORT int
umount(const char *target)
{
	return umount2(target, 0);
}
