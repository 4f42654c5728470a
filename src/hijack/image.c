/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in the rump kernel. */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "call_open.h"
#include "client/client.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"

#define HEAD_MAX     256 /* of a script's first line, as Linux takes it */
#define DEFAULT_PATH "/bin:/usr/bin"

/* A read-only copy that nobody else has: what the host agrees to execute. */
static int
copy_program(int fd, const char *name, int *ret_fd)
{
	CLEANUP_FD int copy = (int)raw_call2(SYS_memfd_create, name, MFD_CLOEXEC);
	char self[32];
	off_t from = 0;
	long n;

	if (copy < 0)
		return -copy;
	while ((n = raw_call4(SYS_sendfile, copy, fd, &from, 1 << 30)) > 0)
		;
	if (n < 0)
		return (int)-n;
	snprintf(self, sizeof self, "/proc/self/fd/%d", copy);
	n = raw_call4(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC, 0);
	if (n < 0)
		return (int)-n;
	*ret_fd = (int)n;
	return 0;
}

/* Must be a regular file that the program may execute; EREDIRECT as ever. */
static int
check_program(struct route *r, int flags)
{
	struct stat st;
	int error;

	flags &= AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
	do
		error = call_newfstatat(r->dir, r->path, &st, flags);
	while (error == EREDIRECT && route_again(r));
	if (error == EREDIRECT && r->path == NULL)
		return ELOOP;
	if (error != 0)
		return error;
	if (S_ISLNK(st.st_mode))
		return ELOOP;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return call_faccessat2(r->dir, r->path, X_OK, AT_EACCESS | flags);
}

/* The file itself, for reading. */
static int
open_program(struct route *r, int dirfd, int flags, int *ret_fd)
{
	char self[32];
	long fd;

	if (*r->path != '\0' || (flags & AT_EMPTY_PATH) == 0)
		return open_rump(r, O_RDONLY | O_CLOEXEC, 0, ret_fd);
	/* fexecve: dirfd is the object, but perhaps not readable itself. */
	snprintf(self, sizeof self, "/proc/self/fd/%d", dirfd);
	fd = raw_call4(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return (int)-fd;
	*ret_fd = (int)fd;
	return 0;
}

/* Cuts `#! interpreter argument` out of head; false: it is no such line. */
static bool
parse_script(char *head, char **interpreter, char **argument)
{
	char *end = strchr(head, '\n');
	char *p;

	if (head[0] != '#' || head[1] != '!')
		return false;
	if (end == NULL)
		end = head + strlen(head);
	while (end > head && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	p = head + 2 + strspn(head + 2, " \t");
	*interpreter = p;
	p += strcspn(p, " \t");
	*argument = NULL;
	if (*p != '\0') {
		*p++ = '\0';
		*argument = p + strspn(p, " \t");
	}
	return **interpreter != '\0';
}

/* argv of a script: interpreter, its argument, the script, the rest. */
static int
script_argv(struct image *im, const char *argument, const char *script)
{
	size_t n = 0, len = 0, words = 2 + (argument != NULL);
	size_t text = (argument != NULL ? strlen(argument) + 1 : 0) + strlen(script) + 1;
	char **made;
	char *p;

	while (im->argv != NULL && im->argv[n] != NULL)
		n++;
	made = malloc((n + words + 1) * sizeof *made + text);
	if (made == NULL)
		return ENOMEM;
	p = (char *)(made + n + words + 1);
	made[len++] = im->interpreter;
	if (argument != NULL) {
		made[len++] = p;
		p = stpcpy(p, argument) + 1;
	}
	made[len++] = p;
	strcpy(p, script);
	for (size_t i = 1; i < n; i++)
		made[len++] = im->argv[i];
	made[len] = NULL;
	im->made[im->scripts++] = made;
	im->argv = made;
	return 0;
}

/*
 * The file of the rump kernel that im's route names: *ret_script if it is a script, of which
 * im->interpreter and im->argv are then the next image; else im->fd is what to run.
 */
static int
take_program(struct image *im, int dirfd, const char *path, int flags, bool *ret_script)
{
	CLEANUP_FD int fd = -1;
	char head[HEAD_MAX + 1];
	char *interpreter, *argument;
	const char *name = strrchr(path, '/');
	long n;
	int error = open_program(&im->route, dirfd, flags, &fd);

	*ret_script = false;
	if (error != 0)
		return error;
	n = raw_call4(SYS_pread64, fd, head, HEAD_MAX, 0);
	if (n < 0)
		return (int)-n;
	head[n] = '\0';
	if (!parse_script(head, &interpreter, &argument))
		return copy_program(fd, name == NULL ? path : name + 1, &im->fd);
	if (im->scripts == INTERPRETERS_MAX)
		return ELOOP;
	error = script_argv(im, argument, path);
	if (error != 0)
		return error;
	strcpy(im->interpreter, interpreter);
	*ret_script = true;
	return 0;
}

/* The image stays the host's. */
static int
leave_to_host(struct image *im, int dirfd, const char *path, int flags)
{
	im->dirfd = dirfd;
	im->path = path;
	im->flags = flags;
	return 0;
}

int
image_find(struct image *im, int dirfd, const char *path, char *const *argv, int flags)
{
	bool script = true;
	int error = 0;

	im->fd = -1;
	im->scripts = 0;
	im->argv = argv;
	while (error == 0 && script) {
		if (!route_at(&im->route, dirfd, path, flags))
			return leave_to_host(im, dirfd, path, flags);
		error = check_program(&im->route, flags);
		if (error == EREDIRECT)
			return leave_to_host(im, AT_FDCWD, im->route.path, flags);
		if (error == 0)
			error = take_program(im, dirfd, path, flags, &script);
		dirfd = AT_FDCWD;
		path = im->interpreter;
		flags = 0;
	}
	if (error != 0)
		image_drop(im);
	return error;
}

void
image_drop(struct image *im)
{
	while (im->scripts > 0)
		free(im->made[--im->scripts]);
	if (im->fd >= 0)
		raw_close(take_fd(&im->fd));
}

/* May it be executed?  If not, errno says why. */
static bool
is_program(const char *path)
{
	struct stat st;

	if (hijack_newfstatat(AT_FDCWD, path, &st, 0) != 0)
		return false;
	errno = EACCES;
	return S_ISREG(st.st_mode) && hijack_faccessat2(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

int
image_search(const char *file, char *buf, size_t size)
{
	const char *dirs = getenv("PATH");
	int error = ENOENT;

	if (*file == '\0')
		return ENOENT;
	for (dirs = dirs == NULL ? DEFAULT_PATH : dirs;; dirs++) {
		size_t len = strcspn(dirs, ":");

		if (len + 1 + strlen(file) + 1 > size)
			return ENAMETOOLONG;
		memcpy(buf, dirs, len);
		if (len > 0)
			buf[len++] = '/';
		strcpy(buf + len, file);
		if (is_program(buf))
			return 0;
		if (errno == EACCES)
			error = EACCES;
		dirs += strcspn(dirs, ":");
		if (*dirs == '\0')
			return error;
	}
}
