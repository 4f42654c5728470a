/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of host objects, by which calls name them.  A memfd's is its inode number.  A file in a
 * host store (a file system of limited size, on the host) has the number of the store above it, and
 * a mode that files of programs hardly have, so that not every file has to be asked about.
 */
#ifndef CORE_DCACHE_OBJECT_H
#define CORE_DCACHE_OBJECT_H

#include <stdint.h>
#include <sys/stat.h>

#define OBJECT_STORED_MODE S_ISVTX

static inline uint64_t
object_number(uint64_t store, ino_t ino)
{
	return store << 40 | ino;
}

/* 0: a memfd. */
static inline uint64_t
object_store(uint64_t number)
{
	return number >> 40;
}

#endif
