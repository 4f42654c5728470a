/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in the rump kernel. */
#include "process/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/raw.h"
#include "base/scope.h"
#include "client/client.h"
#include "file/call_open.h"
#include "ident/ident.h"
#include "ident/parts.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"

#define HEAD_MAX 256 /* of a script's first line, as Linux takes it */

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
	int error;
	long fd;

	if (*r->path != '\0' || (flags & AT_EMPTY_PATH) == 0) {
		error = open_rump(r, O_RDONLY | O_CLOEXEC, 0, ret_fd);
		return error != 0 ? error : parts_need_all(*ret_fd);
	}
	error = parts_need_all(dirfd);
	if (error != 0)
		return error;
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

static int
read_head(int fd, char head[HEAD_MAX + 1])
{
	long n = raw_call4(SYS_pread64, fd, head, HEAD_MAX, 0);

	if (n < 0)
		return (int)-n;
	head[n] = '\0';
	return 0;
}

/* argv of a script: interpreter, its argument, the script, the rest. */
static int
script_argv(struct image *im, const char *argument, const char *script)
{
	size_t n = 0, len = 0, words = 2 + (argument != NULL);
	size_t text = (argument != NULL ? strlen(argument) + 1 : 0) + strlen(script) + 1;
	size_t size;
	char **made;
	char *p;

	while (im->argv != NULL && im->argv[n] != NULL)
		n++;
	size = (n + words + 1) * sizeof *made + text;
	made = own_map(size);
	if (made == NULL)
		return ENOMEM;
	im->made[im->scripts] = made;
	im->made_size[im->scripts++] = size;
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
	im->argv = made;
	return 0;
}

/*
 * If the open file is a script: im->interpreter and im->argv are the next image, and *ret_script is
 * true.  `path`: the script as its interpreter gets it.
 */
static int
take_script(struct image *im, int fd, const char *path, bool *ret_script)
{
	char head[HEAD_MAX + 1];
	char *interpreter, *argument;
	int error = read_head(fd, head);

	*ret_script = false;
	if (error != 0)
		return error;
	if (!parse_script(head, &interpreter, &argument))
		return 0;
	if (im->scripts == INTERPRETERS_MAX)
		return ELOOP;
	error = script_argv(im, argument, path);
	if (error != 0)
		return error;
	strcpy(im->interpreter, interpreter);
	*ret_script = true;
	return 0;
}

/* A file relative to a descriptor, as an interpreter and the name of the process have it. */
static const char *
shown_path(struct image *im, int dirfd, const char *path)
{
	if (dirfd == AT_FDCWD || *path == '/')
		return path;
	snprintf(im->shown, sizeof im->shown, *path == '\0' ? "/dev/fd/%d" : "/dev/fd/%d/%s", dirfd,
	    path);
	return im->shown;
}

/* The program's name for /proc/self/exe, if it has one. */
static void
set_exe(struct image *im, int fd)
{
	char path[PATH_MAX];
	uint64_t word;

	if (!ident_file(fd, &word) || ident_name(word, path) != 0 ||
	    route_show(path, im->exe, sizeof im->exe) != 0)
		*im->exe = '\0';
}

/* The file of the rump kernel that im's route names: a script, or im->fd is what to run. */
static int
take_program(struct image *im, int dirfd, const char *path, int flags, bool *ret_script)
{
	CLEANUP_FD int fd = -1;
	int error = open_program(&im->route, dirfd, flags, &fd);

	if (error != 0)
		return error;
	path = shown_path(im, dirfd, path);
	if (im->name == NULL)
		im->name = basename(path);
	im->path = path;
	error = take_script(im, fd, path, ret_script);
	if (error != 0 || *ret_script)
		return error;
	set_exe(im, fd);
	im->fd = take_fd(&fd);
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

/* Does the host have nothing there, but a link into the rump kernel? */
static bool
is_stray(struct route *r, int dirfd, const char *path, int flags)
{
	if (raw_call3(SYS_faccessat, dirfd, path, F_OK) != -ENOENT)
		return false;
	errno = ENOENT;
	return route_strays(r, dirfd, path, flags);
}

/* Goes through scripts to the program. */
static int
resolve(struct image *im, int dirfd, const char *path, int flags)
{
	bool script = true;
	int error = 0;

	while (error == 0 && script) {
		if (!route_at(&im->route, dirfd, path, flags) &&
		    !is_stray(&im->route, dirfd, path, flags))
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

int
image_find(struct image *im, int dirfd, const char *path, char *const *argv, int flags)
{
	im->name = NULL;
	*im->exe = '\0';
	im->fd = -1;
	im->scripts = 0;
	im->argv = argv;
	return resolve(im, dirfd, path, flags);
}

bool
image_is_rump_script(const char *path)
{
	CLEANUP_FD int fd = (int)raw_call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	char head[HEAD_MAX + 1];
	char *interpreter, *argument;

	return fd >= 0 && read_head(fd, head) == 0 && parse_script(head, &interpreter, &argument) &&
	       route_path_is_rump(interpreter);
}

bool
image_find_interpreter(struct image *im)
{
	CLEANUP_FD int fd = -1;
	const char *path = im->path;
	bool script;

	if (im->fd >= 0 || im->dirfd != AT_FDCWD || !image_is_rump_script(path))
		return false;
	fd = (int)raw_call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || take_script(im, fd, path, &script) != 0 || !script)
		return false;
	if (im->name == NULL)
		im->name = basename(path);
	return resolve(im, AT_FDCWD, im->interpreter, 0) == 0;
}

void
image_drop(struct image *im)
{
	while (im->scripts > 0) {
		im->scripts--;
		own_unmap(im->made[im->scripts], im->made_size[im->scripts]);
	}
	if (im->fd >= 0)
		raw_close(take_fd(&im->fd));
}
