/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors of large files that are read in when they are read. */
#include "ident/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/raw.h"
#include "ident/closing.h"
#include "ident/ident.h"
#include "syscall/calls.h"

PER_PROCESS struct fdbits parts_bits;

static void
mark(int fd, bool may_lack)
{
	fdbits_set(&OWN(parts_bits), fd, may_lack);
	if (may_lack && !parts_may_be(fd))
		(void)parts_ask(fd, 0, UINT64_MAX);
}

void
parts_opened(int fd, const struct stat *st)
{
	/* One without holes has nothing left out. */
	mark(fd, closing_is_marked(st) && st->st_blocks * 512 < st->st_size);
}

void
parts_copied(int from, int to)
{
	mark(to, parts_may_be(from));
}

int
parts_ask(int fd, off_t offset, uint64_t len)
{
	uint64_t word;
	int64_t all = 0;
	int error;

	if (!ident_open_file(fd, &word)) {
		fdbits_set(&OWN(parts_bits), fd, false); /* closed since, or another one's number */
		return 0;
	}
	if (offset == PARTS_HERE)
		offset = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	if (offset < 0)
		return 0; /* the host will say so */
	error = call_deleg_read_in(word, offset, len, &all);
	if (error == 0 && all != 0)
		fdbits_set(&OWN(parts_bits), fd, false);
	return error;
}

static int
next_fd(int from)
{
	return fdbits_next(&OWN(parts_bits), from);
}

void
parts_before_exec(void)
{
	long flags;

	for (int fd = next_fd(0); fd >= 0; fd = next_fd(fd + 1)) {
		flags = raw_call3(SYS_fcntl, fd, F_GETFD, 0);
		if (flags >= 0 && (flags & FD_CLOEXEC) == 0 && parts_need_all(fd) != 0)
			raw_call3(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
	}
}

int
parts_before_spawn(void)
{
	int error = 0;

	for (int fd = next_fd(0); fd >= 0 && error == 0; fd = next_fd(fd + 1))
		error = parts_need_all(fd);
	return error;
}

bool
parts_are_any(void)
{
	return next_fd(0) >= 0;
}

int
parts_need_from(int fd, const off_t *offset, uint64_t len)
{
	off_t from = PARTS_HERE;

	if (!parts_may_be(fd) ||
	    (offset != NULL && fault_read(&from, (uintptr_t)offset, sizeof from) != 0))
		return 0;
	return parts_ask(fd, from, len);
}

int
parts_need_iov(int fd, off_t offset, const struct iovec *iov, int iovcnt)
{
	uint64_t len = 0;

	if (!parts_may_be(fd) || iovcnt < 0 || iovcnt > IOV_MAX ||
	    fault_readable((uintptr_t)iov, (size_t)iovcnt * sizeof *iov) != 0)
		return 0;
	for (int i = 0; i < iovcnt; i++)
		len += iov[i].iov_len;
	return parts_ask(fd, offset, len);
}
