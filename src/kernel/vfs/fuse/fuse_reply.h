/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies of a FUSE program, looked at without believing anything.  Pure functions: fuzzed.
 */
#ifndef KERNEL_VFS_FUSE_REPLY_H
#define KERNEL_VFS_FUSE_REPLY_H

#include <linux/fuse.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The header of a message of `len` bytes; false: malformed. */
bool fuse_reply_header(const void *msg, size_t len, struct fuse_out_header *ret);
/* A new entry: a node with a number and attributes that can be. */
bool fuse_reply_entry(const struct fuse_entry_out *e);
bool fuse_reply_attr(const struct fuse_attr *a);

/* One record of READDIR or READDIRPLUS. */
struct fuse_record {
	const struct fuse_entry_out *entry; /* READDIRPLUS, if it tells one; may be misaligned */
	uint64_t ino, off;
	uint32_t type;
	const char *name; /* len bytes */
	size_t len;
};

/* The record at *pos of buf, which moves behind it.  1; 0: no more; -1: malformed. */
int fuse_reply_record(const void *buf, size_t len, bool plus, size_t *pos, struct fuse_record *ret);

/* INIT's reply, whose length depends on its version; what it does not say is 0. */
bool fuse_reply_init(const void *buf, size_t len, struct fuse_init_out *ret);

#endif
