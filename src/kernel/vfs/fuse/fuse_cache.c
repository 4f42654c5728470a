/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of an open file.  They are read in whole, so that the program's descriptor is a
 * complete file of the host.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "vfs/fuse/fuse_cache.h"
#include "vfs/hostobj.h"

/* --- memory --- */

/* What caches of all mounts may have: half of the machine's, like a tmpfs. */
static uint64_t
cached_max(void)
{
	static uint64_t max;
	struct sysinfo si;

	if (max == 0 && sysinfo(&si) == 0)
		max = (uint64_t)si.totalram * si.mem_unit / 2;
	return max;
}

static uint64_t charged;

void
fuse_cache_charge(struct fuse_cache *c, uint64_t size)
{
	charged += size - c->charge;
	c->charge = size;
}

int
fuse_cache_charge_checked(struct fuse_node *n, uint64_t size)
{
	struct fuse_cache *c = n->cache;
	uint64_t max = cached_max();

	if (size > max)
		return EFBIG;
	while (charged + size - c->charge > max)
		if (!fuse_drop_settled(fuse_of(n)))
			return ENOMEM;
	fuse_cache_charge(c, size);
	return 0;
}

void
fuse_cache_free(struct fuse_node *n)
{
	struct fuse_cache *c = n->cache;

	if (c == NULL)
		return;
	fuse_cache_charge(c, 0);
	fuse_parts_end(c);
	free(c->hash);
	free(c);
	n->cache = NULL;
}

/* --- reading in --- */

static int
call_read(struct fuse_node *n, uint64_t offset, char *buf, size_t size, size_t *ret_len)
{
	struct fuse_request r = fuse_request(FUSE_READ, n->nodeid);
	struct fuse_handle *h = &n->handle[n->handle[0].open ? 0 : 1];
	struct fuse_read_in in = {.fh = h->fh, .offset = offset, .size = (uint32_t)size};
	int error;

	fuse_in(&r, &in, sizeof in);
	r.out = buf;
	r.out_size = size;
	error = fuse_call(fuse_of(n), &r);
	if (error == 0)
		*ret_len = r.out_len;
	return error;
}

static bool
is_zero(const char *buf, size_t len)
{
	return len == 0 || (buf[0] == 0 && memcmp(buf, buf + 1, len - 1) == 0);
}

/* Zeros are left out: a hole says the same. */
static int
store(int fd, uint64_t offset, const char *buf, size_t len)
{
	ssize_t n = is_zero(buf, len) ? (ssize_t)len : pwrite(fd, buf, len, (off_t)offset);

	if (n == -1)
		return errno;
	return (size_t)n == len ? 0 : ENOSPC;
}

int
fuse_cache_read_range(struct fuse_node *n, int fd, uint64_t from, uint64_t to)
{
	struct fuse_mount *fm = fuse_of(n);
	CLEANUP_FREE char *buf = malloc(fm->io_max);
	int error = buf == NULL ? ENOMEM : 0;
	size_t want, got = 0;

	for (; error == 0 && from < to; from += got) {
		want = to - from > fm->io_max ? fm->io_max : (size_t)(to - from);
		error = call_read(n, from, buf, want, &got);
		if (error == 0)
			error = store(fd, from, buf, got);
		if (got < want)
			break; /* the rest reads as zeros, as in Linux */
	}
	return error;
}

/* The file that does not tell its length is read until it ends. */
static int
read_to_end(struct fuse_node *n, int fd, uint64_t *ret_size)
{
	struct fuse_mount *fm = fuse_of(n);
	CLEANUP_FREE char *buf = malloc(fm->io_max);
	int error = buf == NULL ? ENOMEM : 0;
	uint64_t offset = 0;
	size_t got = 1;

	for (; error == 0 && got != 0; offset += got) {
		error = call_read(n, offset, buf, fm->io_max, &got);
		if (error == 0)
			error = store(fd, offset, buf, got);
		if (error == 0)
			error = fuse_cache_charge_checked(n, offset + got);
	}
	*ret_size = offset;
	return error;
}

static bool
is_direct(struct fuse_node *n)
{
	return ((n->handle[0].open ? n->handle[0].flags : 0) |
		   (n->handle[1].open ? n->handle[1].flags : 0)) &
	       FOPEN_DIRECT_IO;
}

static int
load(struct fuse_node *n, bool parts)
{
	struct fuse_cache *c = n->cache;
	CLEANUP_FD int fd = -1;
	int error = 0;

	c->direct = is_direct(n);
	c->attr = n->attr;
	c->size = n->attr.size;
	if (c->size == 0 && !c->direct && n->blank)
		return 0;
	n->blank = false;
	fd = hostobj_reopen(n->hostfd, O_RDWR | O_TRUNC);
	if (fd == -1)
		return errno;
	parts = parts && !c->direct && c->size >= FUSE_PARTS_MIN;
	if (parts)
		error = fuse_parts_begin(n);
	else if (c->direct)
		error = read_to_end(n, fd, &c->size);
	else
		error = fuse_cache_charge_checked(n, c->size);
	if (error == 0 && !parts && !c->direct)
		error = fuse_cache_read_range(n, fd, 0, c->size);
	if (error == 0 && ftruncate(fd, (off_t)c->size) == -1)
		error = errno;
	return error;
}

static bool
is_same(const struct fuse_attr *a, const struct fuse_attr *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->mtimensec == b->mtimensec &&
	       a->ctime == b->ctime && a->ctimensec == b->ctimensec;
}

/* Unless the program says that nobody else changes the file, it is asked: it may be known by
 * another name as another node (hard links in libfuse). */
static bool
may_have_changed(const struct fuse_node *n)
{
	const struct fuse_handle *h = &n->handle[n->handle[1].open ? 1 : 0];

	return (h->flags & FOPEN_KEEP_CACHE) == 0;
}

void
fuse_cache_doubt(struct fuse_node *n)
{
	if (n->cache != NULL)
		n->cache->doubtful = true;
}

int
fuse_cache_fill(struct fuse_node *n, bool parts)
{
	struct fuse_cache *c = n->cache;
	int error;

	if (c != NULL && (c->writing || fuse_is_open_elsewhere(n))) /* it is shared */
		return parts ? 0 : fuse_cache_complete(n);
	if (c != NULL && may_have_changed(n))
		fuse_node_outdated(n);
	error = n->made ? 0 : fuse_node_update(n);
	n->made = false;
	if (error != 0)
		return error;
	if (c != NULL && !c->direct && !c->doubtful && is_same(&c->attr, &n->attr))
		return parts ? 0 : fuse_cache_complete(n);
	fuse_cache_free(n);
	n->cache = calloc(1, sizeof *c);
	if (n->cache == NULL)
		return ENOMEM;
	error = load(n, parts);
	if (error != 0)
		fuse_cache_free(n);
	return error;
}
