/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's directory that the prefix is in. */
#include "route/above.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/raw.h"
#include "config.h"
#include "ident/look.h"
#include "syscall/calls.h"

/* The path without the `..` at its end, for a call; false: it has none. */
static bool
without_dots(const char *path, char dst[PATH_MAX])
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len < 2 || memcmp(path + len - 2, "..", 2) != 0 || (len > 2 && path[len - 3] != '/'))
		return false;
	if (len == 2)
		strcpy(dst, ".");
	else
		snprintf(dst, PATH_MAX, "%.*s", (int)len - 2, path);
	return true;
}

static bool
is_root(uint64_t dir, const char *path)
{
	struct stat root, st;

	return look_newfstatat((uint64_t)(int64_t)AT_FDCWD, "/", &root, 0) == 0 &&
	       call_newfstatat(dir, path, &st, 0) == 0 && st.st_dev == root.st_dev &&
	       st.st_ino == root.st_ino;
}

/* Does the path end with `..` of the rump kernel's root?  dst is the host's directory there. */
static bool
is_above_root(uint64_t dir, const char *path, char dst[PATH_MAX])
{
	const char *prefix = config_get()->prefix;
	int len;

	if (prefix == NULL || *prefix == '\0' || !without_dots(path, dst) || !is_root(dir, dst))
		return false;
	len = (int)(strrchr(prefix, '/') - prefix);
	snprintf(dst, PATH_MAX, "%.*s", len == 0 ? 1 : len, prefix);
	return true;
}

void
above_stat(uint64_t dir, const char *path, struct stat *st)
{
	char above[PATH_MAX];

	if (is_above_root(dir, path, above))
		raw_call4(SYS_newfstatat, AT_FDCWD, above, st, 0);
}

void
above_statx(uint64_t dir, const char *path, unsigned mask, struct statx *stx)
{
	char above[PATH_MAX];

	if (is_above_root(dir, path, above))
		raw_call5(SYS_statx, AT_FDCWD, above, 0, mask, stx);
}
