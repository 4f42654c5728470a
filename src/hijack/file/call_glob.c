/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glob: libc's own, with our directory functions in place of the ones that it would call behind the
 * symbols.  A program that brings its own keeps them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include "hijack.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static void
close_directory(void *dir)
{
	hijack_closedir(dir);
}

static struct dirent *
read_directory(void *dir)
{
	return hijack_readdir(dir);
}

static void *
open_directory(const char *path)
{
	return hijack_opendir(path);
}

static int
status(const char *path, struct stat *st)
{
	return hijack_newfstatat(AT_FDCWD, path, st, 0);
}

static int
link_status(const char *path, struct stat *st)
{
	return hijack_newfstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int
hijack_glob(const char *pattern, int flags, void *errfunc, glob_t *result)
{
	int error;

	if ((flags & GLOB_ALTDIRFUNC) != 0)
		return host.glob(pattern, flags, errfunc, result);
	result->gl_closedir = close_directory;
	result->gl_readdir = read_directory;
	result->gl_opendir = open_directory;
	result->gl_lstat = link_status;
	result->gl_stat = status;
	error = host.glob(pattern, flags | GLOB_ALTDIRFUNC, errfunc, result);
	result->gl_flags &= ~GLOB_ALTDIRFUNC;
	return error;
}
HIJACK_EXPORTS(glob)
