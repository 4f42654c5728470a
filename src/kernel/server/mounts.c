/* SPDX-License-Identifier: BSD-2-Clause */
/* File systems that are there before the first client: rump_server_mount(). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "kern/proc.h"
#include "rump/rumpserver.h"
#include "server.h"
#include "vfs/mount.h"
#include "vfs/names.h"
#include "vfs/vfs.h"

/* The directory and those above it. */
static int
make_directories(struct lwp *l, const char *path)
{
	char part[PATH_MAX];
	const char *p = path;
	int error;

	if (strlen(path) >= sizeof part)
		return ENAMETOOLONG;
	while (*p != '\0') {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		memcpy(part, path, (size_t)(p - path));
		part[p - path] = '\0';
		error = vfs_mkdir(l, (uint64_t)AT_FDCWD, part, 0755);
		if (error != 0 && error != EEXIST)
			return error;
	}
	return 0;
}

int
rump_server_mount(const char *type, const char *source, const char *directory, unsigned long flags,
    const char *options)
{
	/* What is made belongs to the user who starts the kernel. */
	struct proc starter = {.cred = {.euid = geteuid(), .fsuid = geteuid(), .fsgid = getegid()},
	    .umask = 022,
	    .root = vfs_root(),
	    .cwd = vfs_root()};
	struct lwp l = {.proc = &starter, .interrupt_fd = -1, .in_fd = -1, .out_fd = -1};
	int error;

	if (directory[0] != '/')
		return server_fail(EINVAL, "%s: not an absolute path", directory);
	giant_lock(); /* a file system may have threads and wait for a program */
	error = make_directories(&l, directory);
	if (error == 0)
		error =
		    vfs_mount(&l, source, directory, type, flags, options == NULL ? "" : options);
	giant_unlock();
	if (error != 0)
		return server_fail(
		    error, "cannot mount %s on %s: %s", source, directory, strerror(error));
	return 0;
}
