/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inotify: the descriptor is the host's, and what it watches for us is a file of the host that the
 * rump kernel names, its own or one that stands for it.
 */
#include "file/call_inotify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static atomic_bool watching;

int
hijack_inotify_add_watch(int inotify, const char *path, uint32_t mask)
{
	struct route r;
	char object[32];
	int error, fd, watch;

	if (!route_at(&r, AT_FDCWD, path, (mask & IN_DONT_FOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0))
		return host.inotify_add_watch(inotify, path, mask);
	do
		error = call_deleg_watch(r.dir, r.path, mask, &fd);
	while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT && r.path == NULL)
		return hijack_fail(ELOOP);
	if (error == EREDIRECT)
		return host.inotify_add_watch(inotify, r.path, mask);
	if (error != 0)
		return hijack_fail(error);
	atomic_store(&watching, true);
	snprintf(object, sizeof object, "/proc/self/fd/%d", fd);
	watch = host.inotify_add_watch(inotify, object, mask & ~(uint32_t)IN_DONT_FOLLOW);
	raw_close(fd);
	return watch;
}
HIJACK_EXPORTS(inotify_add_watch)

static bool
is_inotify(int fd)
{
	static const char name[] = "anon_inode:inotify";
	char link[32], target[sizeof name];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return raw_call3(SYS_readlink, link, target, sizeof target) == (long)strlen(name) &&
	       memcmp(target, name, strlen(name)) == 0;
}

void
inotify_before_read(int fd)
{
	if (atomic_load_explicit(&watching, memory_order_relaxed) && is_inotify(fd))
		(void)call_deleg_watch_sync();
}
