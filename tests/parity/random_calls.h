/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random calls about files, the same ones for the same seed: a tree of a few names, a few
 * descriptors, three users.  After each call its result is printed, and of what it named the
 * attributes that two kernels must agree on.
 */
#ifndef TESTS_PARITY_RANDOM_CALLS_H
#define TESTS_PARITY_RANDOM_CALLS_H

#include <limits.h>
#include <stdarg.h>

#include "parity.h"

#define FDS 6
#define TOP "1/2/3/4" /* where all happens: so deep that ".." does not lead out of the test */

struct world {
	uint64_t state; /* of the generator */
	int fds[FDS];   /* -1: closed */
	uid_t user;
};

static struct world w;

/* xorshift: the same numbers with every libc. */
static inline unsigned
pick(unsigned n)
{
	w.state ^= w.state << 13;
	w.state ^= w.state >> 7;
	w.state ^= w.state << 17;
	return (unsigned)(w.state >> 11) % n;
}

/* A descriptor's place. */
static inline int
slot(void)
{
	return (int)pick(FDS);
}

#define ONE_OF(array) ((array)[pick(sizeof(array) / sizeof *(array))])

/* A path of one to three names; sometimes an odd one. */
static inline const char *
some_path(void)
{
	static char bufs[4][512];
	static unsigned next;
	char *buf = bufs[next++ % 4];
	static const char *const names[] = {"a", "b", "c", "d"};
	static const char *const odd[] = {
	    ".", "..", "a/.", "b/..", "a/", "c//d", "", "l", "./a", "a/../b", "d/", "../a"};
	size_t len = 0;

	if (pick(12) == 0) {
		strcpy(buf, ONE_OF(odd));
		return buf;
	}
	for (unsigned depth = pick(8) < 5 ? 1 : 2 + pick(2); depth > 0; depth--)
		len += (size_t)sprintf(buf + len, "%s%s", len == 0 ? "" : "/", ONE_OF(names));
	if (pick(60) == 0) {
		memset(buf + len, 'x', 256);
		buf[len + 256] = '\0';
	} else if (pick(20) == 0) {
		strcpy(buf + len, "/");
	}
	return buf;
}

/* How a path is shown: long ones short. */
static inline const char *
shown(const char *path)
{
	static char bufs[4][64];
	static unsigned next;
	char *buf = bufs[next++ % 4];

	snprintf(buf, sizeof bufs[0], "\"%.20s%s\"", path, strlen(path) > 20 ? "..." : "");
	return buf;
}

/* What both kernels must tell of a file: not inode numbers, times or a directory's blocks. */
static inline void
say_file(const char *what, int rc, const struct stat *st)
{
	if (rc == 0)
		SAY("  %s: %o links %ju owner %u:%u size %jd rdev %jx", what, st->st_mode,
		    (uintmax_t)st->st_nlink, st->st_uid, st->st_gid, (intmax_t)st->st_size,
		    (uintmax_t)st->st_rdev);
	else
		SAY("  %s: %s", what, strerrorname_np(errno));
}

static inline void
say_path(const char *path)
{
	struct stat st;
	int rc = lstat(path, &st);

	say_file(shown(path), rc, &st);
}

static inline void
say_fd(int fd)
{
	struct stat st;
	int rc = fstat(fd, &st);

	say_file("descriptor", rc, &st);
}

/* Puts what was opened into a slot.  A FIFO or device is closed again: it is the host's once it is
 * open (docs/limits.md). */
static inline void
keep_fd(int s, int fd)
{
	struct stat st;

	if (w.fds[s] != -1)
		close(w.fds[s]);
	w.fds[s] = fd;
	if (fd == -1)
		return;
	MUST(fstat(fd, &st));
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		close(fd);
		w.fds[s] = -1;
	} else {
		say_fd(fd);
	}
}

/* The call's line.  Gives the result back. */
__attribute__((format(printf, 2, 3))) static inline intmax_t
result(intmax_t value, const char *fmt, ...)
{
	int error = errno;
	char call[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(call, sizeof call, fmt, ap);
	va_end(ap);
	if (value == -1)
		SAY("%u: %s = -1 %s", w.user, call, strerrorname_np(error));
	else
		SAY("%u: %s = %jd", w.user, call, value);
	return value;
}

#endif
