/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors whose closing is to be told. */
#include "ident/closing.h"

#include <errno.h>
#include <fcntl.h>

#include "ident/ident.h"
#include "syscall/calls.h"

PER_PROCESS struct fdbits closing_bits;

/* The server marks the objects with a bit that programs do not see. */
bool
closing_is_marked(const struct stat *st)
{
	return S_ISREG(st->st_mode) && (st->st_mode & S_ISVTX) != 0 && st->st_nlink == 0;
}

void
closing_opened(int fd, const struct stat *st, int flags)
{
	fdbits_set(&OWN(closing_bits), fd,
	    (flags & O_ACCMODE) != O_RDONLY && (flags & O_PATH) == 0 && closing_is_marked(st));
}

void
closing_copied(int from, int to)
{
	fdbits_set(&OWN(closing_bits), to, closing_may_be(from));
}

int
closing_next(int from)
{
	return fdbits_next(&OWN(closing_bits), from);
}

uint64_t
closing_begin(int fd)
{
	uint64_t word;

	if (!closing_may_be(fd))
		return 0;
	fdbits_set(&OWN(closing_bits), fd, false);
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
