/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the other parts of this installation are.  A build tree and a moved installation work as
 * they are, because the place of this program is looked at first.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rump_tool.h"

/* The directory of this program, without a slash at the end. */
static void
own_directory(char dir[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
	char *slash;

	if (n == -1)
		err(EXIT_SYSTEM, "/proc/self/exe");
	dir[n] = '\0';
	slash = strrchr(dir, '/');
	if (slash != NULL)
		*slash = '\0';
}

static bool
found(char path[PATH_MAX], const char *dir, const char *name, int mode)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n < PATH_MAX && access(path, mode) == 0;
}

void
tool_find_program(const char *name, char path[PATH_MAX])
{
	char dir[PATH_MAX];

	own_directory(dir);
	if (!found(path, dir, name, X_OK) && !found(path, RUMP_BINDIR, name, X_OK))
		errx(EXIT_SYSTEM, "%s is neither in %s nor in %s", name, dir, RUMP_BINDIR);
}

void
tool_find_library(const char *name, char path[PATH_MAX])
{
	char dir[PATH_MAX], up[PATH_MAX];

	own_directory(dir);
	snprintf(up, sizeof up, "../%s", name);
	if (found(path, dir, name, R_OK) || found(path, dir, up, R_OK) ||
	    found(path, RUMP_LIBDIR, name, R_OK))
		return;
	errx(EXIT_SYSTEM, "%s is neither near %s nor in %s", name, dir, RUMP_LIBDIR);
}

void
tool_find_hijack(char path[PATH_MAX])
{
	const char *set = getenv("RUMPHIJACK_LIB");

	if (set == NULL)
		tool_find_library("librumphijack.so", path);
	else if (realpath(set, path) == NULL)
		err(EXIT_SYSTEM, "RUMPHIJACK_LIB=%s", set);
}
