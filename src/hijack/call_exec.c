/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec.  The connection and the current directory go to the new image by environment variables that
 * are added to the caller's and taken away again by the new image's constructor.  If exec fails,
 * everything is as it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "environment.h"
#include "hijack.h"
#include "image.h"
#include "syscall/hijack_exports.h"

/* Runs the image; returns why it did not. */
static int
run(const struct image *im, char *const *envp)
{
	if (im->fd >= 0)
		return (int)-raw_call5(SYS_execveat, im->fd, "", im->argv, envp, AT_EMPTY_PATH);
	if (im->dirfd == AT_FDCWD && im->flags == 0)
		return (int)-raw_call3(SYS_execve, im->path, im->argv, envp);
	return (int)-raw_call5(SYS_execveat, im->dirfd, im->path, im->argv, envp, im->flags);
}

static int
replace(const struct image *im, char *const *envp)
{
	char *const *with_cwd;
	char **prepared;
	int error = environment_with_cwd(envp, &with_cwd);

	if (error != 0)
		return error;
	error = client_exec_prepare(with_cwd, &prepared);
	if (error == 0) {
		error = run(im, prepared);
		client_exec_failed(with_cwd, prepared);
	}
	environment_drop(envp, with_cwd);
	return error;
}

int
hijack_execveat(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
	struct image im;
	int error = image_find(&im, dirfd, path, argv, flags);

	if (error != 0)
		return hijack_fail(error);
	error = replace(&im, envp);
	image_drop(&im);
	return hijack_fail(error);
}
HIJACK_EXPORTS(execveat)

int
hijack_execve(const char *path, char *const *argv, char *const *envp)
{
	return hijack_execveat(AT_FDCWD, path, argv, envp, 0);
}
HIJACK_EXPORTS(execve)

int
hijack_fexecve(int fd, char *const *argv, char *const *envp)
{
	if (fd < 0 || argv == NULL || envp == NULL)
		return hijack_fail(EINVAL);
	return hijack_execveat(fd, "", argv, envp, AT_EMPTY_PATH);
}
HIJACK_EXPORTS(fexecve)

int
hijack_execv(const char *path, char *const *argv)
{
	return hijack_execve(path, argv, environ);
}
HIJACK_EXPORTS(execv)

/* A file without `#!` that the host cannot run is a shell's, say execvp and POSIX. */
static int
execute_by_shell(const char *path, char *const *argv, char *const *envp)
{
	size_t n = 0;
	char **made;

	while (argv[n] != NULL)
		n++;
	made = calloc(n + 3, sizeof *made);
	if (made == NULL)
		return hijack_fail(ENOMEM);
	made[0] = (char *)(uintptr_t) "/bin/sh";
	made[1] = (char *)(uintptr_t)path;
	for (size_t i = 1; i < n; i++)
		made[i + 1] = argv[i];
	(void)hijack_execve(made[0], made, envp);
	free(made);
	return -1;
}

int
hijack_execvpe(const char *file, char *const *argv, char *const *envp)
{
	char found[PATH_MAX];
	int error;

	if (strchr(file, '/') == NULL) {
		error = image_search(file, found, sizeof found);
		if (error != 0)
			return hijack_fail(error);
		file = found;
	}
	(void)hijack_execve(file, argv, envp);
	return errno == ENOEXEC ? execute_by_shell(file, argv, envp) : -1;
}
HIJACK_EXPORTS(execvpe)

int
hijack_execvp(const char *file, char *const *argv)
{
	return hijack_execvpe(file, argv, environ);
}
HIJACK_EXPORTS(execvp)

/* The execl family's arguments behind the first, as an array. */
static size_t
count_args(va_list ap)
{
	size_t n = 0;

	while (va_arg(ap, char *) != NULL)
		n++;
	return n;
}

/* argv has room for all.  *ret_envp, unless NULL, is what follows the arguments. */
static void
collect_args(char **argv, const char *first, va_list ap, char *const **ret_envp)
{
	size_t n = 0;

	argv[n] = (char *)(uintptr_t)first;
	while (argv[n] != NULL)
		argv[++n] = va_arg(ap, char *);
	if (ret_envp != NULL)
		*ret_envp = va_arg(ap, char *const *);
}

int
hijack_execl(const char *path, const char *arg, ...)
{
	char **argv;
	va_list ap;

	va_start(ap, arg);
	argv = __builtin_alloca((count_args(ap) + 2) * sizeof *argv);
	va_end(ap);
	va_start(ap, arg);
	collect_args(argv, arg, ap, NULL);
	va_end(ap);
	return hijack_execve(path, argv, environ);
}
HIJACK_EXPORTS(execl)

int
hijack_execlp(const char *file, const char *arg, ...)
{
	char **argv;
	va_list ap;

	va_start(ap, arg);
	argv = __builtin_alloca((count_args(ap) + 2) * sizeof *argv);
	va_end(ap);
	va_start(ap, arg);
	collect_args(argv, arg, ap, NULL);
	va_end(ap);
	return hijack_execvpe(file, argv, environ);
}
HIJACK_EXPORTS(execlp)

int
hijack_execle(const char *path, const char *arg, ...)
{
	char *const *envp;
	char **argv;
	va_list ap;

	va_start(ap, arg);
	argv = __builtin_alloca((count_args(ap) + 2) * sizeof *argv);
	va_end(ap);
	va_start(ap, arg);
	collect_args(argv, arg, ap, &envp);
	va_end(ap);
	return hijack_execve(path, argv, envp);
}
HIJACK_EXPORTS(execle)
