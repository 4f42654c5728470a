/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors.  They are the host's, so the host's call comes first and is all there is to a
 * success. What is left: reading from a directory's placeholder is EISDIR, sockets fail as their
 * family does, and the client's own descriptors are not there for the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "file/call_iflags.h"
#include "file/call_inotify.h"
#include "file/call_room.h"
#include "hijack.h"
#include "ident/closing.h"
#include "ident/ident.h"
#include "ident/parts.h"
#include "process/process.h"
#include "sock/call_packet.h"
#include "sock/call_socket.h"
#include "sock/call_tun.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* After a read that the host ended with *got, 0 or -1: is it to be tried again? */
static bool
read_again(int fd, ssize_t *got)
{
	uint64_t word;
	int error;

	if (*got == 0) {
		error = ident_dir(fd, &word) ? EISDIR : socket_end_error(fd);
		if (error == 0)
			error = tun_end_error(fd);
		if (error != 0)
			*got = hijack_fail(error);
	} else if (*got < 0 && errno != EINTR) {
		error = socket_read_error(fd, errno);
		errno = error;
		return error == ERESTART;
	}
	return false;
}

ssize_t
hijack_read(int fd, void *buf, size_t nbyte)
{
	int error = parts_need(fd, PARTS_HERE, nbyte);
	ssize_t got;

	if (error == 0)
		error = tun_read_error(fd);
	if (error != 0)
		return hijack_fail(error);
	if (packet_is(fd))
		return hijack_recvfrom(fd, buf, nbyte, 0, NULL, NULL);
	inotify_before_read(fd);
	do
		got = host.read(fd, buf, nbyte);
	while (got <= 0 && read_again(fd, &got));
	return got;
}
HIJACK_EXPORTS(read)

ssize_t
hijack___read_chk(int fd, void *buf, size_t nbyte, size_t room)
{
	if (nbyte > room)
		return host.__read_chk(fd, buf, nbyte, room);
	return hijack_read(fd, buf, nbyte);
}
HIJACK_EXPORTS(__read_chk)

ssize_t
hijack_pread64(int fd, void *buf, size_t nbyte, off_t offset)
{
	int error = parts_need(fd, offset, nbyte);
	ssize_t got;

	if (error != 0)
		return hijack_fail(error);
	do
		got = host.pread(fd, buf, nbyte, offset);
	while (got <= 0 && read_again(fd, &got));
	return got;
}
HIJACK_EXPORTS(pread64)

ssize_t
hijack___pread_chk(int fd, void *buf, size_t nbyte, off_t offset, size_t room)
{
	if (nbyte > room)
		return host.__pread_chk(fd, buf, nbyte, offset, room);
	return hijack_pread64(fd, buf, nbyte, offset);
}
HIJACK_EXPORTS(__pread_chk)

ssize_t
hijack_readv(int fd, const struct iovec *iov, int iovcnt)
{
	int error = parts_need_iov(fd, PARTS_HERE, iov, iovcnt);
	ssize_t got;

	if (error == 0)
		error = tun_read_error(fd);
	if (error != 0)
		return hijack_fail(error);
	do
		got = host.readv(fd, iov, iovcnt);
	while (got <= 0 && read_again(fd, &got));
	return got;
}
HIJACK_EXPORTS(readv)

/* After a write that the host refused with errno. */
static ssize_t
write_failed(int fd, const struct iovec *iov, int iovcnt)
{
	if (errno != ENOSPC)
		return socket_write_failed(fd, iov, iovcnt);
	return room_made(fd) ? host.writev(fd, iov, iovcnt) : -1;
}

ssize_t
hijack_write(int fd, const void *buf, size_t nbyte)
{
	struct iovec iov = {(void *)(uintptr_t)buf, nbyte};
	ssize_t done;

	if (tun_is(fd))
		return tun_write(fd, &iov, 1);
	done = host.write(fd, buf, nbyte);
	return done >= 0 ? done : write_failed(fd, &iov, 1);
}
HIJACK_EXPORTS(write)

ssize_t
hijack_writev(int fd, const struct iovec *iov, int iovcnt)
{
	ssize_t done;

	if (tun_is(fd))
		return tun_write(fd, iov, iovcnt);
	done = host.writev(fd, iov, iovcnt);
	return done >= 0 ? done : write_failed(fd, iov, iovcnt);
}
HIJACK_EXPORTS(writev)

/* After a close with this result: the program hears what became of what it wrote. */
static int
closed(int result, uint64_t word)
{
	int saved = errno;
	int error = closing_tell(word);

	errno = saved;
	return error == 0 || result < 0 ? result : hijack_fail(error);
}

int
hijack_close(int fd)
{
	uint64_t word;

	if (client_owns_fd(fd))
		return hijack_fail(EBADF);
	word = closing_begin(fd);
	return word == 0 ? host.close(fd) : closed(host.close(fd), word);
}
HIJACK_EXPORTS(close)

/* `to` is a new number of what `from` is. */
static void
copied_simply(int from, int to)
{
	closing_copied(from, to);
	parts_copied(from, to);
}

int
hijack_dup(int fd)
{
	int to = client_owns_fd(fd) ? hijack_fail(EBADF) : host.dup(fd);

	if (to >= 0)
		copied_simply(fd, to);
	return to;
}
HIJACK_EXPORTS(dup)

/* The client makes room if `to` is one of its own. */
static int
make_room(int from, int to)
{
	if (client_owns_fd(from))
		return EBADF;
	return client_owns_fd(to) ? client_vacate_fd(to) : 0;
}

/* After `to`, of which closing_begin() said word, was made a copy of `from`.  As in Linux, nobody
 * hears of errors of what it was. */
static int
copied(int result, int from, int to, uint64_t word)
{
	if (result < 0) {
		ident_inherited(to);
		return result;
	}
	copied_simply(from, to);
	(void)closed(result, word);
	return result;
}

static bool
is_special(int fd)
{
	return closing_may_be(fd) || parts_may_be(fd);
}

int
hijack_dup2(int from, int to)
{
	int error = make_room(from, to);
	uint64_t word;

	if (error != 0)
		return hijack_fail(error);
	if (from == to || !(is_special(from) || is_special(to)))
		return host.dup2(from, to);
	word = closing_begin(to);
	return copied(host.dup2(from, to), from, to, word);
}
HIJACK_EXPORTS(dup2)

int
hijack_dup3(int from, int to, int flags)
{
	int error = make_room(from, to);
	uint64_t word;

	if (error != 0)
		return hijack_fail(error);
	if (from == to || !(is_special(from) || is_special(to)))
		return host.dup3(from, to, flags);
	word = closing_begin(to);
	return copied(host.dup3(from, to, flags), from, to, word);
}
HIJACK_EXPORTS(dup3)

/* The stretches between the client's descriptors, which are close-on-exec anyway. */
int
hijack_close_range(unsigned first, unsigned last, unsigned flags)
{
	if (first > last || (flags & CLOSE_RANGE_CLOEXEC) != 0)
		return host.close_range(first, last, (int)flags);
	if (first < FDBITS_MAX)
		for (int fd = closing_next((int)first); fd >= 0 && (unsigned)fd <= last;
		     fd = closing_next(fd + 1))
			(void)hijack_close(fd);
	for (;;) {
		int ours = first > INT32_MAX ? -1 : client_next_fd((int)first);

		if (ours < 0 || (unsigned)ours > last)
			return first > last ? 0 : host.close_range(first, last, flags);
		if ((unsigned)ours > first &&
		    host.close_range(first, (unsigned)ours - 1, flags) != 0)
			return -1;
		first = (unsigned)ours + 1;
	}
}
HIJACK_EXPORTS(close_range)

void
hijack_closefrom(int first)
{
	(void)hijack_close_range(first < 0 ? 0 : (unsigned)first, ~0u, 0);
}
HIJACK_EXPORTS(closefrom)

int
hijack_fcntl(int fd, int cmd, ...)
{
	uint64_t word;
	va_list ap;
	long arg;
	int ret;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	if (client_owns_fd(fd))
		return hijack_fail(EBADF);
	ret = host.fcntl(fd, cmd, arg);
	if ((cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC) && ret >= 0)
		copied_simply(fd, ret);
	/* So a directory of the rump kernel is marked that was opened with O_DIRECTORY. */
	if (cmd == F_GETFL && ret >= 0 && (ret & O_DSYNC) != 0 && ident_dir(fd, &word))
		ret = (ret & ~O_DSYNC) | O_DIRECTORY;
	return ret;
}
HIJACK_EXPORTS(fcntl)

int
hijack_ioctl(int fd, unsigned long request, ...)
{
	uint64_t word;
	va_list ap;
	void *arg;
	int error;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (client_owns_fd(fd))
		return hijack_fail(EBADF);
	if (request == FIONREAD && ident_dir(fd, &word) && ident_open_file(fd, &word))
		return hijack_fail(ENOTTY);
	if (iflags_ioctl(fd, request, arg, &error) || tun_ioctl(fd, request, arg, &error) ||
	    socket_ioctl(fd, request, arg, &error))
		return (int)hijack_ret(error, 0);
	return host.ioctl(fd, request, arg);
}
HIJACK_EXPORTS(ioctl)

/* A directory's placeholder is a file of no length, which has an end. */
off_t
hijack_lseek(int fd, off_t offset, int whence)
{
	int error = whence == SEEK_DATA || whence == SEEK_HOLE ? parts_need_all(fd) : 0;
	off_t pos = error != 0 ? hijack_fail(error) : host.lseek(fd, offset, whence);
	bool is_empty = whence == SEEK_END ? pos >= 0 && pos == offset : pos < 0 && errno == ENXIO;
	uint64_t word;

	return is_empty && ident_dir(fd, &word) ? hijack_fail(EINVAL) : pos;
}
HIJACK_EXPORTS(lseek)

/* Without the host table: allocators map memory before anything works. */
void *
hijack_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	int error = (flags & MAP_ANONYMOUS) == 0 ? parts_need(fd, offset, len) : 0;
	long got = error != 0 ? -error : raw_call6(SYS_mmap, addr, len, prot, flags, fd, offset);
	uint64_t word;

	if (got == -ENODEV && packet_is(fd))
		return packet_map_ring(addr, len, prot, flags, fd, offset);
	if (got > -4096 && got < 0) {
		errno = (int)-got;
		return MAP_FAILED;
	}
	if (fd < 0 || (flags & MAP_ANONYMOUS) != 0 || !ident_dir(fd, &word))
		return (void *)got;
	raw_call2(SYS_munmap, got, len);
	errno = ENODEV;
	return MAP_FAILED;
}
HIJACK_EXPORTS(mmap)

mode_t
hijack_umask(mode_t mask)
{
	mode_t old = host.umask(mask);

	process_set_umask(mask & 0777);
	return old;
}
HIJACK_EXPORTS(umask)
