/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which memfds are the rump kernel's.
 *
 * All memfds of a host have one st_dev, and the kernel hands out their inode numbers by counting,
 * so a number never comes back: what was found out about one is true for ever, for the program's
 * own memfds, too.  The cache holds one word for each inode number, so it needs no lock.
 */
#include "ident/ident.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident/closing.h"
#include "process/process.h"
#include "syscall/calls.h"

enum sort {
	SORT_OPENED, /* the rump kernel's, not known whether a directory */
	SORT_FILE,
	SORT_DIR,
	SORT_HOST,
	SORT_UNKNOWN, /* never cached */
};

#define SORT_BITS   2
#define CACHE_SLOTS 512

static _Atomic(uint64_t) cache[CACHE_SLOTS]; /* inode << SORT_BITS | sort; 0: empty */

static _Atomic(uint64_t) *
slot(ino_t ino)
{
	return &cache[ino % CACHE_SLOTS];
}

static enum sort
recall(ino_t ino)
{
	uint64_t word = atomic_load_explicit(slot(ino), memory_order_relaxed);

	if (word >> SORT_BITS != ino)
		return SORT_UNKNOWN;
	return (enum sort)(word & ((1 << SORT_BITS) - 1));
}

static void
remember(ino_t ino, enum sort sort)
{
	atomic_store_explicit(slot(ino), ino << SORT_BITS | sort, memory_order_relaxed);
}

/*
 * Could this be a file of the rump kernel?  Without a connection a look at it must be enough: an
 * unlinked file on a device without a driver is a memfd or like one, and only for those a
 * connection is made (a descriptor may have come by spawn or SCM_RIGHTS).
 */
static bool
is_candidate(const struct stat *st)
{
	uint64_t dev = client_server()->file_dev;

	if (!S_ISREG(st->st_mode))
		return false;
	if (dev == 0 && st->st_nlink == 0 && major(st->st_dev) == 0) {
		process_start();
		if (client_connect() == 0)
			dev = client_server()->file_dev;
	}
	return dev != 0 && st->st_dev == dev;
}

/* Asks the server. */
static enum sort
ask(ino_t ino)
{
	struct stat st;
	enum sort sort;
	int error;

	process_start();
	error = call_fstat(RUMP_HANDLE | ino, &st);
	if (error != 0 && error != EBADF)
		return SORT_UNKNOWN;
	if (error != 0)
		sort = SORT_HOST;
	else
		sort = S_ISDIR(st.st_mode) ? SORT_DIR : SORT_FILE;
	remember(ino, sort);
	return sort;
}

/* Is fd a memfd? */
static bool
look(int fd, struct stat *st)
{
	return raw_call2(SYS_fstat, fd, st) == 0 && is_candidate(st);
}

/* Is this memfd a file of the rump kernel? */
static bool
is_ours(const struct stat *st, uint64_t *ret_word)
{
	enum sort sort = recall(st->st_ino);

	if (sort == SORT_UNKNOWN)
		sort = ask(st->st_ino);
	*ret_word = RUMP_HANDLE | st->st_ino;
	return sort != SORT_HOST && sort != SORT_UNKNOWN;
}

bool
ident_file(int fd, uint64_t *ret_word)
{
	struct stat st;

	return fd >= 0 && look(fd, &st) && is_ours(&st, ret_word);
}

bool
ident_stat(const struct stat *st, uint64_t *ret_word)
{
	return is_candidate(st) && is_ours(st, ret_word);
}

bool
ident_path(int dirfd, const char *path, uint64_t *ret_word)
{
	struct stat st;

	return raw_call4(SYS_newfstatat, dirfd, path, &st, 0) == 0 && is_candidate(&st) &&
	       is_ours(&st, ret_word);
}

bool
ident_open_file(int fd, uint64_t *ret_word)
{
	return ident_file(fd, ret_word) && (raw_call2(SYS_fcntl, fd, F_GETFL) & O_PATH) == 0;
}

bool
ident_dir(int fd, uint64_t *ret_word)
{
	struct stat st;
	enum sort sort;

	/* A placeholder is empty. */
	if (fd < 0 || !look(fd, &st) || st.st_size != 0)
		return false;
	sort = recall(st.st_ino);
	if (sort == SORT_UNKNOWN || sort == SORT_OPENED)
		sort = ask(st.st_ino);
	*ret_word = RUMP_HANDLE | st.st_ino;
	return sort == SORT_DIR;
}

void
ident_opened(int fd, int flags)
{
	struct stat st;

	if (!look(fd, &st))
		return;
	closing_opened(fd, &st, flags);
	if (recall(st.st_ino) != SORT_UNKNOWN)
		return;
	if ((flags & O_DIRECTORY) != 0 && (flags & O_TMPFILE) != O_TMPFILE)
		remember(st.st_ino, SORT_DIR);
	else if ((flags & O_ACCMODE) != O_RDONLY || st.st_size != 0)
		remember(st.st_ino, SORT_FILE);
	else
		remember(st.st_ino, SORT_OPENED);
}

void
ident_known(ino_t ino, bool is_dir)
{
	enum sort sort = is_dir ? SORT_DIR : SORT_FILE;

	if (recall(ino) != sort)
		remember(ino, sort);
}
