/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that take room in a file at a place of their own.  Where the host has none (ENOSPC), the
 * rump kernel may not have noticed yet that what was removed is closed, too; it is told to look,
 * and the call is made once more.
 */
#include "file/call_room.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hijack.h"
#include "ident/ident.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

bool
room_made(int fd)
{
	uint64_t word;

	if (errno != ENOSPC)
		return false;
	if (ident_open_file(fd, &word) && call_deleg_room(word) == 0)
		return true;
	errno = ENOSPC;
	return false;
}

ssize_t
hijack_pwrite64(int fd, const void *buf, size_t nbyte, off_t offset)
{
	ssize_t done = host.pwrite(fd, buf, nbyte, offset);

	return done >= 0 || !room_made(fd) ? done : host.pwrite(fd, buf, nbyte, offset);
}
HIJACK_EXPORTS(pwrite64)

ssize_t
hijack_pwritev(int fd, const struct iovec *iov, int iovcnt, off_t offset)
{
	ssize_t done = host.pwritev(fd, iov, iovcnt, offset);

	return done >= 0 || !room_made(fd) ? done : host.pwritev(fd, iov, iovcnt, offset);
}
HIJACK_EXPORTS(pwritev)

ssize_t
hijack_pwritev2(int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags)
{
	ssize_t done = host.pwritev2(fd, iov, iovcnt, offset, flags);

	return done >= 0 || !room_made(fd) ? done : host.pwritev2(fd, iov, iovcnt, offset, flags);
}
HIJACK_EXPORTS(pwritev2)

int
hijack_fallocate(int fd, int mode, off_t offset, off_t len)
{
	int result = host.fallocate(fd, mode, offset, len);

	return result == 0 || !room_made(fd) ? result : host.fallocate(fd, mode, offset, len);
}
HIJACK_EXPORTS(fallocate)

/* The error is its result, and errno the program's own. */
int
hijack_posix_fallocate(int fd, off_t offset, off_t len)
{
	int saved = errno, error = host.posix_fallocate(fd, offset, len);

	if (error != ENOSPC)
		return error;
	errno = error;
	if (room_made(fd))
		error = host.posix_fallocate(fd, offset, len);
	errno = saved;
	return error;
}
HIJACK_EXPORTS(posix_fallocate)
