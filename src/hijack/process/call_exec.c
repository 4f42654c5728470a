/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec in all its spellings.  Nothing here allocates from the heap, so all of them may be called
 * between vfork and exec.
 */
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "hijack.h"
#include "process/execute.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"

int
hijack_execveat(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
	return hijack_fail(execute(dirfd, path, argv, envp, flags));
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

struct program {
	char *const *argv;
	char *const *envp;
};

/* A file without `#!` that the host cannot run is a shell's, say execvp and POSIX. */
static int
execute_by_shell(const char *path, const struct program *p)
{
	size_t n = 0;
	char **made;

	while (p->argv != NULL && p->argv[n] != NULL)
		n++;
	made = alloca((n + 3) * sizeof *made);
	made[0] = (char *)(uintptr_t) "/bin/sh";
	made[1] = (char *)(uintptr_t)path;
	for (size_t i = 1; i < n; i++)
		made[i + 1] = p->argv[i];
	made[n > 0 ? n + 1 : 2] = NULL;
	return execute(AT_FDCWD, made[0], made, p->envp, 0);
}

static int
try_path(const char *path, void *arg)
{
	const struct program *p = arg;
	long missing;
	int error;

	/* Cheaper than a failing exec, for what is not in most directories. */
	if (!route_path_is_rump(path)) {
		missing = raw_call3(SYS_faccessat, AT_FDCWD, path, F_OK);
		if (missing == -ENOENT || missing == -ENOTDIR)
			return (int)-missing;
	}
	error = execute(AT_FDCWD, path, p->argv, p->envp, 0);
	return error == ENOEXEC ? execute_by_shell(path, p) : error;
}

int
hijack_execvpe(const char *file, char *const *argv, char *const *envp)
{
	struct program p = {argv, envp};

	return hijack_fail(execute_search(file, try_path, &p));
}
HIJACK_EXPORTS(execvpe)

int
hijack_execvp(const char *file, char *const *argv)
{
	return hijack_execvpe(file, argv, environ);
}
HIJACK_EXPORTS(execvp)

/* The execl family: its arguments as an array, and what follows them if it is the environment. */
static int
run_list(int (*run)(const char *, char *const *, char *const *), const char *path,
    const char *first, va_list ap, bool with_envp)
{
	char *const *envp = environ;
	size_t n = 0;
	char **argv;
	va_list counted;

	va_copy(counted, ap);
	for (const char *arg = first; arg != NULL; arg = va_arg(counted, char *))
		n++;
	va_end(counted);
	argv = alloca((n + 1) * sizeof *argv);
	argv[0] = (char *)(uintptr_t)first;
	for (size_t i = 1; i <= n; i++)
		argv[i] = va_arg(ap, char *);
	if (with_envp)
		envp = va_arg(ap, char *const *);
	return run(path, argv, envp);
}

int
hijack_execl(const char *path, const char *arg, ...)
{
	va_list ap;
	int result;

	va_start(ap, arg);
	result = run_list(hijack_execve, path, arg, ap, false);
	va_end(ap);
	return result;
}
HIJACK_EXPORTS(execl)

int
hijack_execlp(const char *file, const char *arg, ...)
{
	va_list ap;
	int result;

	va_start(ap, arg);
	result = run_list(hijack_execvpe, file, arg, ap, false);
	va_end(ap);
	return result;
}
HIJACK_EXPORTS(execlp)

int
hijack_execle(const char *path, const char *arg, ...)
{
	va_list ap;
	int result;

	va_start(ap, arg);
	result = run_list(hijack_execve, path, arg, ap, true);
	va_end(ap);
	return result;
}
HIJACK_EXPORTS(execle)
