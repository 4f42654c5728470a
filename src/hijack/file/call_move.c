/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that move data by descriptor, done by the host.  It takes a directory's placeholder for an
 * empty file: what it then answers, nothing moved or an error, is put right afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/raw.h"
#include "file/call_room.h"
#include "hijack.h"
#include "ident/ident.h"
#include "ident/parts.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static bool
is_dir(int fd)
{
	uint64_t word;

	return ident_dir(fd, &word);
}

/* Is it a descriptor that data could move through? */
static bool
is_open(int fd)
{
	long flags = raw_call2(SYS_fcntl, fd, F_GETFL);

	return flags >= 0 && (flags & O_PATH) == 0;
}

ssize_t
hijack_preadv(int fd, const struct iovec *iov, int iovcnt, off_t offset)
{
	int error = parts_need_iov(fd, offset, iov, iovcnt);
	ssize_t got = error != 0 ? hijack_fail(error) : host.preadv(fd, iov, iovcnt, offset);

	return got == 0 && is_dir(fd) ? hijack_fail(EISDIR) : got;
}
HIJACK_EXPORTS(preadv)

ssize_t
hijack_preadv2(int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags)
{
	int error =
	    parts_need_iov(fd, offset, iov, iovcnt); /* -1 is where the descriptor is, here too */
	ssize_t got =
	    error != 0 ? hijack_fail(error) : host.preadv2(fd, iov, iovcnt, offset, flags);

	return got == 0 && is_dir(fd) ? hijack_fail(EISDIR) : got;
}
HIJACK_EXPORTS(preadv2)

ssize_t
hijack_copy_file_range(
    int in, off_t *in_offset, int out, off_t *out_offset, size_t len, unsigned flags)
{
	int error = parts_need_from(in, in_offset, len);
	ssize_t done;

	if (error != 0)
		return hijack_fail(error);
	done = host.copy_file_range(in, in_offset, out, out_offset, len, flags);
	if (done < 0 && room_made(out))
		done = host.copy_file_range(in, in_offset, out, out_offset, len, flags);
	if (done <= 0 && flags == 0 && is_open(in) && is_open(out) && (is_dir(in) || is_dir(out)))
		return hijack_fail(EISDIR);
	return done;
}
HIJACK_EXPORTS(copy_file_range)

ssize_t
hijack_sendfile(int out, int in, off_t *offset, size_t count)
{
	int error = parts_need_from(in, offset, count);
	ssize_t done = error != 0 ? hijack_fail(error) : host.sendfile(out, in, offset, count);

	if (done < 0 && room_made(out))
		done = host.sendfile(out, in, offset, count);
	return done == 0 && count != 0 && is_dir(in) ? hijack_fail(EINVAL) : done;
}
HIJACK_EXPORTS(sendfile)

ssize_t
hijack_splice(int in, off_t *in_offset, int out, off_t *out_offset, size_t len, unsigned flags)
{
	int error = parts_need_from(in, in_offset, len);
	ssize_t done;

	if (error != 0)
		return hijack_fail(error);
	done = host.splice(in, in_offset, out, out_offset, len, flags);
	return done >= 0 || !room_made(out)
		   ? done
		   : host.splice(in, in_offset, out, out_offset, len, flags);
}
HIJACK_EXPORTS(splice)

ssize_t
hijack_readahead(int fd, off_t offset, size_t count)
{
	ssize_t done = host.readahead(fd, offset, count);

	return done == 0 && is_dir(fd) ? hijack_fail(EINVAL) : done;
}
HIJACK_EXPORTS(readahead)
