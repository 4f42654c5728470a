/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that a call in flight may touch.  Made once, when the call starts, from the call's row
 * of the table and the argument words; lengths by reference are read then and never again, so the
 * server cannot choose its own ranges.
 */
#ifndef CORE_CLIENT_USERMEM_H
#define CORE_CLIENT_USERMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define RANGE_IN     0x1u /* the kernel reads it */
#define RANGE_OUT    0x2u /* the kernel writes it */
#define RANGE_STRING 0x4u /* a string the kernel reads, up to its NUL; len is PATH_MAX */

struct usermem_range {
	uint64_t addr;
	uint64_t len;
	uint16_t dir;
	uint16_t arg; /* whose it is: what travels with the call is limited per argument */
};

#define USERMEM_FEW  16   /* ranges held in place: all calls but those with long iovecs */
#define USERMEM_MANY 1100 /* IOV_MAX elements and the rest of a msghdr */

struct usermem {
	bool anything;        /* the table does not know the kernel's calls (NetBSD): no limits */
	bool full;            /* no memory for more ranges */
	bool faulted;         /* the kernel wrote where the program's pointer was bad */
	struct usermem *next; /* of another call on the same connection (0.4) */
	unsigned n;
	struct usermem_range *range;
	struct usermem_range few[USERMEM_FEW];
};

/* Never fails: what cannot be read has no range, and the kernel will find out (EFAULT). */
void usermem_init(struct usermem *um, unsigned nr, const uint64_t args[6]);
void usermem_init_anything(struct usermem *um);
void usermem_fini(struct usermem *um);
void usermem_add(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr, uint64_t len);

/*
 * Which of the calls declares this?  NULL: none, the kernel may not copy it.  dir: RANGE_IN or
 * RANGE_OUT; RANGE_STRING: addr is where a string begins, len does not matter.
 */
struct usermem *usermem_find(struct usermem *um, unsigned dir, uint64_t addr, uint64_t len);

/* May the call's result be n?  Not if it counts more bytes than it has memory for. */
bool usermem_may_count(const struct usermem *um, unsigned nr, int64_t n);

/* Appends a chunk for each in-range that is small enough; returns their number. */
uint32_t usermem_put_chunks(const struct usermem *um, struct wbuf *w);
#define USERMEM_CHUNKS_MAX (6 * ((64u << 10) + 64) + USERMEM_MANY * 24)

/* usermem_walk.c: the ranges behind pointers in structures. */
void walk_iovec(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr, uint64_t count);
void walk_msghdr(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr);
void walk_fcntl(struct usermem *um, unsigned arg, uint64_t cmd, uint64_t value);
void walk_ioctl(struct usermem *um, unsigned arg, uint64_t request, uint64_t value);

#endif
