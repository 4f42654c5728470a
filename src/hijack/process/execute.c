/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection, the name of the process and whether the current directory is in the rump kernel
 * go to the new image by environment variables that are added to the caller's and taken away again
 * by the new image's constructor.  If exec fails, everything is as it was.
 */
#include "process/execute.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/own.h"
#include "base/raw.h"
#include "client/client.h"
#include "ident/parts.h"
#include "process/image.h"
#include "process/keepenv.h"
#include "process/libraries.h"
#include "process/process.h"
#include "route/route.h"

#define DEFAULT_PATH "/bin:/usr/bin"

/*
 * A file that somebody has open for writing is not executed.  That may be the server still, with a
 * descriptor that it has just passed to who wrote the program: it is about to close it.
 */
static int
run_object(const struct image *im, char *const *envp)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	int error;

	for (int i = 0; i < 5; i++) {
		error = (int)-raw_call5(SYS_execveat, im->fd, "", im->argv, envp, AT_EMPTY_PATH);
		if (error != ETXTBSY)
			break;
		raw_call2(SYS_nanosleep, &pause, NULL);
	}
	return error;
}

static int
run(const struct image *im, char *const *envp)
{
	if (im->fd >= 0)
		return run_object(im, envp);
	if (im->dirfd == AT_FDCWD && im->flags == 0)
		return (int)-raw_call3(SYS_execve, im->path, im->argv, envp);
	return (int)-raw_call5(SYS_execveat, im->dirfd, im->path, im->argv, envp, im->flags);
}

_Static_assert(4 + KEEPENV_MAX <= CLIENT_EXEC_MORE, "all variables have a place");

/* Not on the stack: programs exec on small ones. */
struct execution {
	struct image image;
	struct keepenv kept;
	char variable[PROCESS_VARIABLE_MAX];
};

static int
replace(struct execution *e, char *const *envp)
{
	const struct image *im = &e->image;
	struct client_exec x = {.envp = envp, .fd = -1};
	struct libraries *libs = NULL;
	int error;

	keepenv_find(&e->kept, envp);
	if (im->fd >= 0 || im->dirfd == AT_FDCWD)
		libs = libraries_find(im->fd, im->path, envp, e->kept.var[0]);
	x.more[0] = process_variable(
	    e->variable, route_cwd_is_rump(), im->name, *im->exe == '\0' ? NULL : im->exe);
	x.more[1] = libs == NULL ? NULL : libs->about;
	x.more[2] = libs == NULL ? NULL : libs->path;
	for (int i = 0; e->kept.var[i] != NULL; i++)
		x.more[4 + i] = e->kept.var[i];
	if (libs != NULL && *libs->preload != '\0') {
		x.more[3] = libs->preloaded;
		x.more[4] = libs->preload; /* which has what is kept of it, kept.var[0] */
	}
	error = client_exec_prepare(&x);
	if (error == 0) {
		client_exec_keep(&x);
		error = run(im, x.out);
		client_exec_undo(&x);
	}
	libraries_drop(libs);
	return error;
}

/* EFAULT; the host looks for the program first. */
static int
check_vectors(char *const *argv, char *const *envp)
{
	int error = fault_vector(argv, false);

	return error != 0 ? error : fault_vector(envp, true);
}

int
execute(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
	int error, unreadable = check_vectors(argv, envp);
	struct execution *e = own_map(sizeof *e);

	if (e == NULL)
		return ENOMEM;
	error = image_find(&e->image, dirfd, path, unreadable != 0 ? NULL : argv, flags);
	if (error == 0) {
		parts_before_exec();
		error = unreadable != 0 ? unreadable : replace(e, envp);
		if (error == ENOENT && image_find_interpreter(&e->image))
			error = replace(e, envp);
		image_drop(&e->image);
	}
	own_unmap(e, sizeof *e);
	return error;
}

/* Is this what exec says of a file that is not there, so that the next directory's turn is? */
static bool
is_elsewhere(int error)
{
	return error == EACCES || error == ENOENT || error == ESTALE || error == ENOTDIR ||
	       error == ENODEV || error == ETIMEDOUT;
}

int
execute_search(const char *file, int (*try)(const char *path, void *arg), void *arg)
{
	const char *dirs = getenv("PATH");
	size_t name = strlen(file);
	char path[PATH_MAX];
	bool denied = false;
	int error = ENOENT;

	if (name == 0)
		return ENOENT;
	if (strchr(file, '/') != NULL)
		return try(file, arg);
	if (name > NAME_MAX)
		return ENAMETOOLONG;
	for (dirs = dirs == NULL ? DEFAULT_PATH : dirs;; dirs++) {
		size_t len = strcspn(dirs, ":");

		if (len + 1 + name < sizeof path) {
			memcpy(path, dirs, len);
			path[len] = '/';
			strcpy(path + len + (len > 0), file);
			error = try(path, arg);
			denied = denied || error == EACCES;
			if (!is_elsewhere(error))
				return error;
		}
		dirs += len;
		if (*dirs == '\0')
			return denied ? EACCES : error;
	}
}
