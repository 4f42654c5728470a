/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors of large files that are read in when they are read. */
#include "ident/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/raw.h"
#include "ident/closing.h"
#include "ident/ident.h"
#include "syscall/calls.h"

_Atomic(uint64_t) parts_bits[PARTS_FDS / 64];

static void
set_bit(int fd, bool on)
{
	uint64_t bit = UINT64_C(1) << fd % 64;

	if ((unsigned)fd >= PARTS_FDS || parts_may_be(fd) == on)
		return;
	if (on)
		atomic_fetch_or_explicit(&parts_bits[fd / 64], bit, memory_order_relaxed);
	else
		atomic_fetch_and_explicit(&parts_bits[fd / 64], ~bit, memory_order_relaxed);
}

static void
mark(int fd, bool may_lack)
{
	if ((unsigned)fd < PARTS_FDS)
		set_bit(fd, may_lack);
	else if (may_lack)
		(void)parts_ask(fd, 0, UINT64_MAX);
}

void
parts_opened(int fd, const struct stat *st)
{
	/* One without holes has nothing left out. */
	mark(fd, closing_is_marked(st) && st->st_blocks * 512 < st->st_size);
}

void
parts_inherited(int fd)
{
	struct stat st;

	if (raw_call2(SYS_fstat, fd, &st) == 0)
		parts_opened(fd, &st);
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
		set_bit(fd, false); /* closed since, or another one's number */
		return 0;
	}
	if (offset == PARTS_HERE)
		offset = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	if (offset < 0)
		return 0; /* the host will say so */
	error = call_deleg_read_in(word, offset, len, &all);
	if (error == 0 && all != 0)
		set_bit(fd, false);
	return error;
}

/* The next number from `from` on that may be one; -1. */
static int
next_fd(int from)
{
	for (int fd = from; fd < PARTS_FDS; fd++)
		if (parts_may_be(fd))
			return fd;
		else if (fd % 64 == 0 &&
			 atomic_load_explicit(&parts_bits[fd / 64], memory_order_relaxed) == 0)
			fd += 63;
	return -1;
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

uint64_t
parts_length(const struct iovec *iov, int iovcnt)
{
	uint64_t len = 0;

	for (int i = 0; i < iovcnt; i++)
		len += iov[i].iov_len;
	return len;
}
