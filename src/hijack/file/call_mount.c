/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount: the kernel that has the mount point mounts.  A directory of the host that is bound into
 * the rump kernel becomes a file system of type hostfs there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "client/client.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* In a bind mount or a move the source is a path as well: which kernel has it? */
static int
route_source(struct route *r, const char **source, const char **type, unsigned long *flags,
    char host_path[PATH_MAX])
{
	if ((*flags & (MS_BIND | MS_MOVE)) == 0 || (*flags & MS_REMOUNT) != 0 || *source == NULL)
		return 0;
	if (route_at(r, AT_FDCWD, *source, 0)) {
		*source = r->path;
		return 0;
	}
	if ((*flags & MS_MOVE) != 0)
		return EXDEV;
	*source = host.realpath(*source, host_path);
	*type = "hostfs";
	*flags &= ~(unsigned long)(MS_BIND | MS_REC);
	return *source == NULL ? errno : 0;
}

int
hijack_mount(
    const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
	struct route on, from;
	char host_path[PATH_MAX];
	bool source_is_rump;
	int error;

	from.path = NULL;
	if (!route_at(&on, AT_FDCWD, target, 0))
		return host.mount(source, target, type, flags, data);
	error = route_source(&from, &source, &type, &flags, host_path);
	if (error != 0)
		return hijack_fail(error);
	source_is_rump = source != NULL && source == from.path;
	while ((error = call_mount(source, on.path, type, flags, data)) == EREDIRECT) {
		if (!route_again2(&on, &from, &error))
			return hijack_fail(error);
		if (source_is_rump)
			source = from.path;
	}
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(mount)
