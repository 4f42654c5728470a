/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of an open file: what fuse_cache.c and fuse_writeback.c share. */
#ifndef KERNEL_VFS_FUSE_CACHE_H
#define KERNEL_VFS_FUSE_CACHE_H

#include <string.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "vfs/fuse/fuse.h"

struct fuse_cache {
	uint64_t size;         /* as the program has it */
	uint64_t charge;       /* of the mount's cached bytes */
	struct fuse_attr attr; /* when the bytes were read or written back */
	bool direct;           /* not to be kept */
	bool doubtful;         /* fuse_cache_doubt() */

	uint64_t *present; /* bits of fuse_parts.c; NULL: all is there */
	uint64_t nmissing; /* bits that are 0 */
	uint64_t next;     /* where one who reads on and on will go on */
	uint64_t ahead;    /* how much to read for it */

	bool writing; /* the rest counts while it is open for writing */
	XXH128_hash_t *hash;
	size_t nhash, hash_size; /* blocks from nhash on are unknown */
	struct timespec mtime;   /* of the host object when its times were those of `attr` */
	bool shown;              /* somebody saw the host object's times in place of those */
	struct timespec ctime;   /* of the host object when it was looked through last; */
	bool quiet;              /* a write since then would have changed it */
	bool wrote;              /* this time */
};

/* Counts what the cache holds of all that caches may hold; checked: ENOMEM, or EFBIG. */
void fuse_cache_charge(struct fuse_cache *c, uint64_t size);
int fuse_cache_charge_checked(struct fuse_node *n, uint64_t size);
/* Reads these bytes into the host object, open as fd.  Behind the end are zeros. */
int fuse_cache_read_range(struct fuse_node *n, int fd, uint64_t from, uint64_t to);

#define FUSE_PARTS_MIN (1u << 20) /* smaller files are not read by parts */
/* Nothing of the file is there yet. */
int fuse_parts_begin(struct fuse_node *n);
/* All of it is. */
void fuse_parts_end(struct fuse_cache *c);

static inline bool
fuse_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

#endif
