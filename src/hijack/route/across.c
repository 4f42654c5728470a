/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a call across the two kernels fails. */
#include "route/across.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "syscall/hijack_exports.h"

/* Is there the directory in which the path names something?  0 or errno. */
static int
check_parent(int dirfd, const char *path)
{
	char parent[PATH_MAX];
	size_t len = strlen(path);
	struct stat st;

	if (len == 0)
		return ENOENT;
	if (len >= sizeof parent)
		return ENAMETOOLONG;
	while (len > 0 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	memcpy(parent, path, len);
	parent[len] = '\0';
	if (len == 0)
		strcpy(parent, ".");
	return hijack_newfstatat(dirfd, parent, &st, 0) == 0 ? 0 : errno;
}

int
across_renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags)
{
	int error = check_parent(fromfd, from);

	(void)flags;
	if (error == 0)
		error = check_parent(tofd, to);
	return error != 0 ? error : EXDEV;
}

int
across_linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
	int follow = (flags & AT_SYMLINK_FOLLOW) != 0 ? 0 : AT_SYMLINK_NOFOLLOW;
	struct stat st;
	int error;

	if (hijack_newfstatat(fromfd, from, &st, follow | (flags & AT_EMPTY_PATH)) != 0)
		return errno;
	error = check_parent(tofd, to);
	if (error == 0 && hijack_newfstatat(tofd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		error = EEXIST;
	return error != 0 ? error : EXDEV;
}
