/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kernel has the two paths of one call. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/raw.h"
#include "client/client.h"
#include "route/route.h"

static bool
is_readable(const char *path)
{
	return fault_readable((uintptr_t)path, 1) == 0;
}

/* Has the host nothing at this path, but a link into the rump kernel? */
static bool
is_stray(struct route *r, int dirfd, const char *path, int flags)
{
	struct stat st;

	if (raw_call4(SYS_newfstatat, dirfd, path, &st, flags) != -ENOENT)
		return false;
	errno = ENOENT;
	return route_strays(r, dirfd, path, flags);
}

int
route_at2(struct route *a, int afd, const char *apath, struct route *b, int bfd, const char *bpath,
    int flags)
{
	bool follow = (flags & AT_SYMLINK_FOLLOW) != 0;
	bool a_rump = route_at(a, afd, apath, follow ? 0 : AT_SYMLINK_NOFOLLOW);
	bool b_rump = route_at(b, bfd, bpath, AT_SYMLINK_NOFOLLOW);

	/* Nothing to route: let either kernel say EFAULT. */
	if (!is_readable(apath) || !is_readable(bpath))
		return a_rump || b_rump;
	/* An empty path names nothing, unless by AT_EMPTY_PATH, and either kernel says so. */
	if (*apath == '\0' && (flags & AT_EMPTY_PATH) == 0)
		return b_rump;
	if (a_rump == b_rump)
		return a_rump;
	/* The host has one of them, unless a link leads it astray. */
	if (a_rump ? is_stray(b, bfd, bpath, AT_SYMLINK_NOFOLLOW)
		   : is_stray(a, afd, apath, follow ? 0 : AT_SYMLINK_NOFOLLOW))
		return 1;
	return -1;
}

int
route_strays2(struct route *a, int afd, const char *apath, struct route *b, int bfd,
    const char *bpath, int flags)
{
	bool follow = (flags & AT_SYMLINK_FOLLOW) != 0;
	bool a_rump = route_strays(a, afd, apath, follow ? 0 : AT_SYMLINK_NOFOLLOW);
	bool b_rump = route_strays(b, bfd, bpath, AT_SYMLINK_NOFOLLOW);

	return a_rump == b_rump ? a_rump : -1;
}

bool
route_again2(struct route *a, struct route *b, int *ret_error)
{
	unsigned which;
	const char *target = client_redirect(&which);
	struct route *r = which == 0 ? a : b;

	if (route_redirect(r, target))
		return true;
	*ret_error = r->path == NULL ? ELOOP : EXDEV;
	return false;
}
