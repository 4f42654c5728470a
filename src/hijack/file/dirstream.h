/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our own DIR, for every directory: libc's is opaque, and reading it never passes a symbol that can
 * be interposed.
 *
 * The position is the descriptor's own file offset, on the host and in the rump kernel alike (a
 * placeholder's offset holds the kernel's cookie), so dup and fork share it as they should.
 */
#ifndef HIJACK_DIRSTREAM_H
#define HIJACK_DIRSTREAM_H

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct __dirstream {
	int fd;
	pthread_mutex_t lock;
	long pos;        /* of the entry that readdir() returns next: what telldir() says */
	size_t len, off; /* of buf: filled, consumed */
	_Alignas(struct dirent) char buf[32768];
};

/* getdents64 on any directory: bytes stored, 0 at the end; 0 or errno. */
int dirstream_fill(int fd, void *buf, size_t size, size_t *ret_len);

/* The next entry, in memory of `dir`: 0, an errno, or ENOENT at the end. */
int dirstream_next(DIR *dir, struct dirent **ret_entry);

#endif
