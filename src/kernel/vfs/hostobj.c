/* SPDX-License-Identifier: BSD-2-Clause */
/* Nameless files of the host. */
#include "vfs/hostobj.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3: programs may be run from it */
#endif

void
hostobj_path(int fd, char path[HOSTOBJ_PATH_MAX])
{
	snprintf(path, HOSTOBJ_PATH_MAX, "/proc/self/fd/%d", fd);
}

int
hostobj_reopen(int fd, int flags)
{
	char path[HOSTOBJ_PATH_MAX];

	hostobj_path(fd, path);
	return open(path, flags | O_CLOEXEC);
}

static int
new_memfd(void)
{
	int fd = memfd_create("rump", MFD_CLOEXEC | MFD_EXEC);

	if (fd == -1 && errno == EINVAL)
		fd = memfd_create("rump", MFD_CLOEXEC);
	return fd;
}

int
hostobj_new(int *ret_fd)
{
	CLEANUP_FD int first = new_memfd();
	int fd;

	if (first == -1)
		return errno;
	fd = hostobj_reopen(first, O_RDONLY);
	if (fd == -1)
		return errno;
	*ret_fd = fd;
	return 0;
}

uint64_t
hostobj_dev(void)
{
	static uint64_t dev;
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (dev != 0)
		return dev;
	fd = new_memfd();
	if (fd != -1 && fstat(fd, &st) == 0)
		dev = st.st_dev;
	return dev;
}

bool
hostobj_is_alone(int fd)
{
	int got = fcntl(fd, F_SETLEASE, F_WRLCK);

	/* Leases are for the owner; a server that gave the file away without being allowed to lease
	 * others' takes this one, which has no name any more or will be dressed again, back. */
	if (got == -1 && errno == EACCES && fchown(fd, geteuid(), (gid_t)-1) == 0)
		got = fcntl(fd, F_SETLEASE, F_WRLCK);
	if (got == -1)
		return false;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return true;
}

bool
hostobj_has_writer(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == -1)
		return errno == EAGAIN;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return false;
}
