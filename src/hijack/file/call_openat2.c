/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * openat2(2), which this libc has no function for: it is made by number.
 *
 * RESOLVE_IN_ROOT makes an absolute path one that begins at the directory, so it is not compared
 * with the prefix; RESOLVE_BENEATH forbids absolute paths, which either kernel says.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <string.h>

#include "base/fault.h"
#include "base/raw.h"
#include "client/client.h"
#include "file/call_open.h"
#include "hijack.h"
#include "ident/ident.h"
#include "syscall/calls.h"

static bool
routed(struct route *r, int dirfd, const char *path, const struct open_how *how)
{
	bool in_root = (how->resolve & RESOLVE_IN_ROOT) != 0;
	size_t len;

	if (!in_root || fault_strlen((uintptr_t)path, PATH_MAX, &len) != 0 || *path != '/')
		return route_at(r, dirfd, path, open_route_flags((int)how->flags));
	if (!route_at(r, dirfd, "", AT_EMPTY_PATH))
		return false;
	r->path = path + strspn(path, "/");
	if (*r->path == '\0')
		r->path = ".";
	return true;
}

static long
on_host(int dirfd, const char *path, const void *how, size_t size)
{
	long fd = raw_call4(SYS_openat2, dirfd, path, how, size);

	return fd < 0 ? hijack_fail((int)-fd) : open_placed((int)fd);
}

long
open_how(int dirfd, const char *path, const void *uhow, size_t size)
{
	struct open_how how;
	struct route r;
	int error, fd;

	if (size < sizeof how || fault_read(&how, (uintptr_t)uhow, sizeof how) != 0 ||
	    !routed(&r, dirfd, path, &how))
		return on_host(dirfd, path, uhow, size);
	do
		error = call_deleg_open2(r.dir, r.path, uhow, size, &fd);
	while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT && r.path == NULL)
		return hijack_fail(ELOOP);
	if (error == EREDIRECT)
		return on_host(AT_FDCWD, r.path, uhow, size);
	if (error == 0)
		error = open_settle(fd, (int)how.flags, &fd);
	return error != 0 ? hijack_fail(error) : fd;
}
