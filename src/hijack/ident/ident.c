/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which host objects are the rump kernel's.
 *
 * All memfds of a host have one st_dev, and the kernel hands out their inode numbers by counting,
 * so a number (object.h) never comes back: what was found out about one is true for ever, for the
 * program's own memfds, too.  The cache holds one word for each number, so it needs no lock.
 */
#include "ident/ident.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident/closing.h"
#include "ident/object.h"
#include "ident/parts.h"
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

static _Atomic(uint64_t) cache[CACHE_SLOTS]; /* number << SORT_BITS | sort; 0: empty */

static _Atomic(uint64_t) *
slot(uint64_t object)
{
	return &cache[object % CACHE_SLOTS];
}

static enum sort
recall(uint64_t object)
{
	uint64_t word = atomic_load_explicit(slot(object), memory_order_relaxed);

	if (word >> SORT_BITS != object)
		return SORT_UNKNOWN;
	return (enum sort)(word & ((1 << SORT_BITS) - 1));
}

static void
remember(uint64_t object, enum sort sort)
{
	atomic_store_explicit(slot(object), object << SORT_BITS | sort, memory_order_relaxed);
}

/* Asks the server. */
static enum sort
ask(uint64_t object)
{
	struct stat st;
	enum sort sort;
	int error;

	process_start();
	error = call_fstat(RUMP_HANDLE | object, &st);
	if (error != 0 && error != EBADF)
		return SORT_UNKNOWN;
	if (error != 0)
		sort = SORT_HOST;
	else
		sort = S_ISDIR(st.st_mode) ? SORT_DIR : SORT_FILE;
	remember(object, sort);
	return sort;
}

/* The number of what fd is, or 0. */
static uint64_t
look(int fd, struct stat *st)
{
	return fd >= 0 && raw_call2(SYS_fstat, fd, st) == 0 ? object_of(st) : 0;
}

/* Is this object a file of the rump kernel? */
static bool
is_ours(uint64_t object, uint64_t *ret_word)
{
	enum sort sort = recall(object);

	if (sort == SORT_UNKNOWN)
		sort = ask(object);
	*ret_word = RUMP_HANDLE | object;
	return sort != SORT_HOST && sort != SORT_UNKNOWN;
}

bool
ident_file(int fd, uint64_t *ret_word)
{
	struct stat st;
	uint64_t object = look(fd, &st);

	return object != 0 && is_ours(object, ret_word);
}

bool
ident_stat(const struct stat *st, uint64_t *ret_word)
{
	uint64_t object = object_of(st);

	return object != 0 && is_ours(object, ret_word);
}

bool
ident_path(int dirfd, const char *path, uint64_t *ret_word)
{
	struct stat st;

	return raw_call4(SYS_newfstatat, dirfd, path, &st, 0) == 0 && ident_stat(&st, ret_word);
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
	uint64_t object = look(fd, &st);
	enum sort sort;

	/* A placeholder is empty. */
	if (object == 0 || st.st_size != 0)
		return false;
	sort = recall(object);
	if (sort == SORT_UNKNOWN || sort == SORT_OPENED)
		sort = ask(object);
	*ret_word = RUMP_HANDLE | object;
	return sort == SORT_DIR;
}

mode_t
ident_opened(int fd, int flags)
{
	struct stat st;
	uint64_t object;

	if (raw_call2(SYS_fstat, fd, &st) != 0)
		return 0;
	object_seen(&st);
	object = object_of(&st);
	if (object == 0)
		return st.st_mode;
	closing_opened(fd, &st, flags);
	parts_opened(fd, &st);
	if (recall(object) != SORT_UNKNOWN)
		return st.st_mode;
	if ((flags & O_DIRECTORY) != 0 && (flags & O_TMPFILE) != O_TMPFILE)
		remember(object, SORT_DIR);
	else if ((flags & O_ACCMODE) != O_RDONLY || st.st_size != 0)
		remember(object, SORT_FILE);
	else
		remember(object, SORT_OPENED);
	return st.st_mode;
}

void
ident_inherited(int fd)
{
	struct stat st;

	if (raw_call2(SYS_fstat, fd, &st) != 0 || !closing_is_marked(&st))
		return;
	closing_opened(fd, &st, (int)raw_call2(SYS_fcntl, fd, F_GETFL));
	parts_opened(fd, &st);
}

void
ident_known(uint64_t object, bool is_dir)
{
	enum sort sort = is_dir ? SORT_DIR : SORT_FILE;

	if (recall(object) != sort)
		remember(object, sort);
}

int
ident_name(uint64_t word, char path[PATH_MAX])
{
	int64_t len;
	int error = call_deleg_path(word, path, PATH_MAX, &len);

	return error == 0 && (len < 1 || path[len - 1] != '\0') ? EPROTO : error;
}
