/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large files that are open for reading are read in by parts, as they are asked for.  The host
 * object has its full length at once; what was not read yet are holes, which the hijacker does not
 * let a program see: it asks for what is about to be read, and for all of it before the descriptor
 * goes where it cannot see what is done with it (another program, a stream of libc).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "vfs/fuse/fuse_cache.h"
#include "vfs/hostobj.h"

#define PART      (256u << 10)
#define AHEAD_MAX (4u << 20) /* read at once for one who reads on and on */

int
fuse_parts_begin(struct fuse_node *n)
{
	struct fuse_cache *c = n->cache;
	uint64_t parts = (c->size + PART - 1) / PART;

	c->present = calloc((size_t)(parts / 64 + 1), sizeof *c->present);
	c->nmissing = parts;
	return c->present == NULL ? ENOMEM : 0;
}

void
fuse_parts_end(struct fuse_cache *c)
{
	free(c->present);
	c->present = NULL;
}

static bool
is_present(const struct fuse_cache *c, uint64_t part)
{
	return (c->present[part / 64] >> part % 64 & 1) != 0;
}

static void
set_present(struct fuse_cache *c, uint64_t from, uint64_t to)
{
	for (; from < to; from++) {
		c->present[from / 64] |= UINT64_C(1) << from % 64;
		c->nmissing--;
	}
}

/* The parts [from, to), none of which is there. */
static int
read_parts(struct fuse_node *n, int fd, uint64_t from, uint64_t to)
{
	struct fuse_cache *c = n->cache;
	uint64_t end = to * PART < c->size ? to * PART : c->size;
	int error = fuse_cache_charge_checked(n, c->charge + end - from * PART);

	if (error != 0)
		return ENOMEM;
	error = fuse_cache_read_range(n, fd, from * PART, end);
	if (error == 0)
		set_present(c, from, to);
	else
		fuse_cache_charge(c, c->charge - (end - from * PART));
	return error;
}

/* One who goes on where it was gets more than it asked for. */
static uint64_t
with_ahead(struct fuse_cache *c, uint64_t offset, uint64_t len)
{
	if (offset != c->next || c->next == 0)
		c->ahead = 0;
	else if (c->ahead < AHEAD_MAX)
		c->ahead = c->ahead == 0 ? PART : c->ahead * 2;
	c->next = offset + len;
	return len + c->ahead;
}

int
fuse_cache_need(struct fuse_node *n, uint64_t offset, uint64_t len)
{
	struct fuse_cache *c = n->cache;
	uint64_t part = offset / PART, next, end;
	CLEANUP_FD int fd = -1;
	int error = 0;

	if (c == NULL || c->present == NULL || offset >= c->size)
		return 0;
	end = len > c->size - offset ? c->size : offset + len;
	end = (end + PART - 1) / PART;
	for (; error == 0 && part < end; part = next) {
		next = part + 1;
		if (is_present(c, part))
			continue;
		while (next < end && !is_present(c, next))
			next++;
		if (fd == -1)
			fd = hostobj_reopen(n->hostfd, O_WRONLY);
		error = fd == -1 ? errno : read_parts(n, fd, part, next);
	}
	if (c->nmissing == 0)
		fuse_parts_end(c);
	return error;
}

int
fuse_cache_complete(struct fuse_node *n)
{
	return fuse_cache_need(n, 0, UINT64_MAX);
}

int
fuse_read_in(struct vnode *vn, uint64_t offset, uint64_t len, bool *ret_all)
{
	struct fuse_node *n = fuse_node_of(vn);
	int error = fuse_lock(n);

	if (error != 0)
		return error;
	if (n->cache != NULL && len > n->cache->size)
		len = n->cache->size;
	if (n->cache != NULL && n->cache->present != NULL && len != 0)
		error = fuse_cache_need(n, offset, with_ahead(n->cache, offset, len));
	*ret_all = n->cache == NULL || n->cache->present == NULL;
	fuse_unlock(n);
	return error;
}
