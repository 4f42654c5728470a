/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * readlink.  The host's links to descriptors (/proc/self/fd/3) show the host object behind a routed
 * one: a memfd.  Programs get the path that it has in their tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "hijack.h"
#include "ident.h"
#include "route.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* Does the text of a link, perhaps cut short, look like a memfd's? */
static bool
is_memfd(const char *text, ssize_t len)
{
	static const char memfd[] = "/memfd:";
	size_t n = (size_t)len < strlen(memfd) ? (size_t)len : strlen(memfd);

	return len > 0 && memcmp(text, memfd, n) == 0;
}

/* The path behind the host's link, if that is a file of the rump kernel with a name; else what the
 * host said, `got` bytes in buf. */
static ssize_t
show_routed(int dirfd, const char *path, char *buf, size_t size, ssize_t got)
{
	char name[PATH_MAX], shown[PATH_MAX];
	int64_t n;
	uint64_t word;
	size_t len;

	if (!is_memfd(buf, got) || !ident_path(dirfd, path, &word) ||
	    call_deleg_path(word, name, sizeof name, &n) != 0 || n < 1 || name[n - 1] != '\0' ||
	    route_show(name, shown, sizeof shown) != 0)
		return got;
	len = strnlen(shown, size);
	memcpy(buf, shown, len);
	return (ssize_t)len;
}

ssize_t
hijack_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	struct route r;
	int64_t len = 0;
	int error;

	if (!route_at(&r, dirfd, path, AT_SYMLINK_NOFOLLOW)) {
		ssize_t got = host.readlinkat(dirfd, path, buf, size);

		if (got >= 0 || !route_strays(&r, dirfd, path, AT_SYMLINK_NOFOLLOW))
			return show_routed(dirfd, path, buf, size, got);
	}
	do
		error = call_readlinkat(r.dir, r.path, buf, size, &len);
	while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT && r.path == NULL)
		return hijack_fail(ELOOP);
	if (error == EREDIRECT)
		return host.readlinkat(AT_FDCWD, r.path, buf, size);
	return hijack_ret(error, len);
}
HIJACK_EXPORTS(readlinkat)
