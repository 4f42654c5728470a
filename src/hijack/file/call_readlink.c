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
#include "file/call_cwd.h"
#include "hijack.h"
#include "ident/ident.h"
#include "process/process.h"
#include "route/path.h"
#include "route/route.h"
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

/* Is the path this process's own link of that name, in the host's /proc? */
static bool
is_own(const char *path, const char *name)
{
	static const char *const dirs[] = {"/proc/self", "/proc/thread-self"};
	char dir[32];
	const char *rest = NULL;

	for (size_t i = 0; rest == NULL && i < sizeof dirs / sizeof *dirs; i++)
		rest = path_below(path, dirs[i]);
	if (rest == NULL) {
		snprintf(dir, sizeof dir, "/proc/%d", getpid());
		rest = path_below(path, dir);
	}
	return rest != NULL && strcmp(rest, name) == 0;
}

/* What a link of the process's own shows, if it is not what the host says: 0, or ENOENT. */
static int
show_own(const char *path, ssize_t got, const char *text, char shown[PATH_MAX])
{
	if (got <= 0 || strncmp(path, "/proc/", 6) != 0)
		return ENOENT;
	if (is_memfd(text, got) && process_exe() != NULL && is_own(path, "/exe")) {
		strcpy(shown, process_exe());
		return 0;
	}
	if (route_cwd_is_rump() && is_own(path, "/cwd"))
		return cwd_shown(shown, PATH_MAX);
	return ENOENT;
}

static ssize_t
put(char *buf, size_t size, const char *shown)
{
	size_t len = strnlen(shown, size);

	memcpy(buf, shown, len);
	return (ssize_t)len;
}

/* A host object may have a name of its own when the file has none any more. */
static ssize_t
show_deleted(char *buf, size_t size, size_t got)
{
	static const char deleted[] = " (deleted)";
	const size_t len = strlen(deleted);
	size_t n;

	if (got >= size || (got >= len && memcmp(buf + got - len, deleted, len) == 0))
		return (ssize_t)got;
	n = len < size - got ? len : size - got;
	memcpy(buf + got, deleted, n);
	return (ssize_t)(got + n);
}

/* The path behind the host's link, if that is a file of the rump kernel with a name; else what the
 * host said, `got` bytes in buf. */
static ssize_t
show_routed(int dirfd, const char *path, char *buf, size_t size, ssize_t got)
{
	char name[PATH_MAX], shown[PATH_MAX];
	uint64_t word;
	int error;

	if (show_own(path, got, buf, shown) == 0)
		return put(buf, size, shown);
	if (!is_memfd(buf, got) || !ident_path(dirfd, path, &word))
		return got;
	error = ident_name(word, name);
	if (error == ENOENT)
		return show_deleted(buf, size, (size_t)got);
	if (error != 0 || route_show(name, shown, sizeof shown) != 0)
		return got;
	return put(buf, size, shown);
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
