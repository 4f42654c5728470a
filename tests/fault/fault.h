/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenarios for fault injection: programs that use much of the kernel while host calls fail, on
 * their own side or on the kernel's (faults.py).
 *
 *	PROGRAM strict     every call must succeed
 *	PROGRAM tolerant   calls may fail; but what succeeded must be true
 *
 * Exit status: 0, or 1 with a line that says what was wrong.
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool fault_strict;

/* The call's result; a failure ends a strict run. */
#define MAY(call)                                                                                  \
	({                                                                                         \
		long long may_ = (long long)(call);                                                \
		if (may_ == -1 && fault_strict)                                                    \
			err(1, "%s:%d: %s", __FILE__, __LINE__, #call);                            \
		may_;                                                                              \
	})

/* Holds whatever failed. */
#define TRUE(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			errx(1, "%s:%d: not so: %s", __FILE__, __LINE__, #condition);              \
	} while (0)

#define FAULT_BYTES 100000

static inline unsigned char
fault_byte(size_t i)
{
	return (unsigned char)(i * 7 + i / 251);
}

static inline void
fault_fill(unsigned char *buf)
{
	for (size_t i = 0; i < FAULT_BYTES; i++)
		buf[i] = fault_byte(i);
}

static inline bool
fault_is_filled(const unsigned char *buf, long long n)
{
	for (long long i = 0; i < n; i++) {
		if (buf[i] != fault_byte((size_t)i))
			return false;
	}
	return true;
}

/* The program's own descriptors: the client puts its connections far above them. */
#define FAULT_FD_MAX 512

static inline int
fault_count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < FAULT_FD_MAX; fd++)
		n += lseek(fd, 0, SEEK_CUR) != -1 || errno != EBADF;
	return n;
}

static inline void
fault_mode(int argc, char **argv)
{
	if (argc != 2 || (strcmp(argv[1], "strict") != 0 && strcmp(argv[1], "tolerant") != 0))
		errx(100, "usage: %s strict|tolerant", argv[0]);
	fault_strict = argv[1][0] == 's';
}

#endif
