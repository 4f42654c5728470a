/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors whose closing is to be told. */
#include "ident/closing.h"

#include <errno.h>
#include <fcntl.h>

#include "base/raw.h"
#include "ident/ident.h"
#include "syscall/calls.h"

PER_PROCESS _Atomic(uint64_t) closing_bits[CLOSING_FDS / 64];

static void
set_bit(int fd, bool on)
{
	uint64_t bit = UINT64_C(1) << fd % 64;

	if ((unsigned)fd >= CLOSING_FDS || closing_may_be(fd) == on)
		return;
	if (on)
		atomic_fetch_or_explicit(&OWN(closing_bits)[fd / 64], bit, memory_order_relaxed);
	else
		atomic_fetch_and_explicit(&OWN(closing_bits)[fd / 64], ~bit, memory_order_relaxed);
}

/* The server marks the objects with a bit that programs do not see. */
bool
closing_is_marked(const struct stat *st)
{
	return S_ISREG(st->st_mode) && (st->st_mode & S_ISVTX) != 0 && st->st_nlink == 0;
}

void
closing_opened(int fd, const struct stat *st, int flags)
{
	set_bit(
	    fd, (flags & O_ACCMODE) != O_RDONLY && (flags & O_PATH) == 0 && closing_is_marked(st));
}

void
closing_inherited(int fd)
{
	struct stat st;

	if (raw_call2(SYS_fstat, fd, &st) == 0 && closing_is_marked(&st))
		closing_opened(fd, &st, (int)raw_call2(SYS_fcntl, fd, F_GETFL));
}

void
closing_copied(int from, int to)
{
	set_bit(to, closing_may_be(from));
}

int
closing_next(int from)
{
	for (int fd = from; fd < CLOSING_FDS; fd = (fd / 64 + 1) * 64) {
		uint64_t bits =
		    atomic_load_explicit(&OWN(closing_bits)[fd / 64], memory_order_relaxed) >>
		    fd % 64;

		if (bits != 0)
			return fd + __builtin_ctzll(bits);
	}
	return -1;
}

uint64_t
closing_begin(int fd)
{
	uint64_t word;

	if (!closing_may_be(fd))
		return 0;
	set_bit(fd, false);
	return ident_open_file(fd, &word) ? word : 0;
}

int
closing_tell(uint64_t word)
{
	int error;

	if (word == 0)
		return 0;
	error = call_deleg_closed(word);
	return error == EBADF ? 0 : error; /* it is gone, and nothing was lost */
}
