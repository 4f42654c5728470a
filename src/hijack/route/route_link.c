/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths that lead into the rump kernel through links of the host's /proc: those to a routed
 * descriptor, and to the current directory while that is in the rump kernel.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "client/client.h"
#include "ident/ident.h"
#include "route/path.h"
#include "route/route.h"

/* Does a path with `rest` behind its descriptor lead there?  Not inlined: few paths come here, and
 * the others are spared the large frame. */
__attribute__((noinline)) static bool
through_fd(struct route *r, const char *path, const char *rest)
{
	char link[PATH_MAX];
	uint64_t word;
	int len;

	snprintf(link, sizeof link, "%.*s", (int)(rest - path), path);
	if (!ident_path(AT_FDCWD, link, &word))
		return false;
	/* The path may be in r->buf. */
	len = snprintf(link, sizeof link, "//%jx%s", (uintmax_t)(word & ~RUMP_HANDLE), rest);
	if (len >= (int)sizeof link)
		return false;
	r->path = memcpy(r->buf, link, (size_t)len + 1);
	return true;
}

/* Does it lead there through a descriptor (/dev/fd/3), which is given as a handle, then? */
static bool
by_fd(struct route *r, const char *path, int flags)
{
	const char *rest = path_behind_fd(path);

	if (rest == NULL || (*rest == '\0' && (flags & AT_SYMLINK_NOFOLLOW) != 0))
		return false;
	return through_fd(r, path, rest);
}

static bool
by_cwd(struct route *r, const char *path, int flags)
{
	const char *rest = path_below(path, "/proc/self/cwd");

	if (rest == NULL || (*rest == '\0' && (flags & AT_SYMLINK_NOFOLLOW) != 0))
		return false;
	r->path = r->buf;
	return snprintf(r->buf, sizeof r->buf, ".%s", rest) < (int)sizeof r->buf;
}

bool
route_by_link(struct route *r, const char *path, int flags)
{
	return by_fd(r, path, flags) || (route_cwd_is_rump() && by_cwd(r, path, flags));
}
