/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing back.  What programs do with an open file nobody tells us: they write, map, truncate,
 * punch holes.  So while it is open for writing we keep a hash of each block as the program that
 * serves the file has it, and writing back means to look through the file and send the blocks that
 * differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/fuse/fuse_cache.h"
#include "vfs/hostobj.h"

#define BLOCK        (16u << 10)
#define CHUNK        (128u << 10) /* looked through at a time */
#define BLOCKS_CHUNK (CHUNK / BLOCK)
#define STAMP_GRAIN  (FUSE_NS / 10) /* the host's stamps are never coarser than this */

/* Would a change now get another stamp? */
static bool
is_past(struct timespec stamp)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - stamp.tv_sec) * (int64_t)FUSE_NS + now.tv_nsec - stamp.tv_nsec >
	       (int64_t)STAMP_GRAIN;
}

/* Looks at up to `size` bytes, at most CHUNK; the giant lock is free meanwhile. */
static ssize_t
look(struct fuse_node *n, uint64_t offset, char *buf, size_t size, XXH128_hash_t *hash)
{
	int fd = n->hostfd;
	ssize_t len;

	kern_release();
	len = pread(fd, buf, size, (off_t)offset);
	for (ssize_t at = 0; at < len; at += BLOCK)
		hash[at / BLOCK] =
		    XXH3_128bits(buf + at, len - at < BLOCK ? (size_t)(len - at) : BLOCK);
	kern_reacquire();
	return len;
}

static bool
hash_room(struct fuse_cache *c, size_t n)
{
	size_t size = n < 64 ? 64 : n + n / 2;
	XXH128_hash_t *more;

	if (n <= c->hash_size)
		return true;
	more = realloc(c->hash, size * sizeof *more);
	if (more == NULL)
		return false;
	c->hash = more;
	c->hash_size = size;
	return true;
}

int
fuse_cache_will_write(struct fuse_node *n)
{
	struct fuse_cache *c = n->cache;
	CLEANUP_FREE char *buf = NULL;
	struct stat st;
	size_t blocks;

	if (c->writing)
		return 0;
	blocks = (c->size + BLOCK - 1) / BLOCK;
	buf = malloc(CHUNK);
	if (buf == NULL || !hash_room(c, blocks + BLOCKS_CHUNK) || fstat(n->hostfd, &st) == -1)
		return ENOMEM;
	for (uint64_t at = 0; at < c->size; at += CHUNK)
		if (look(n, at, buf, CHUNK, c->hash + at / BLOCK) < 0)
			return EIO;
	c->nhash = blocks;
	c->writing = true;
	c->mtime = st.st_mtim;
	c->ctime = st.st_ctim;
	c->quiet = is_past(st.st_ctim);
	return 0;
}

void
fuse_cache_wrote_last(struct fuse_node *n)
{
	struct fuse_cache *c = n->cache;

	if (c == NULL)
		return;
	c->writing = false;
	free(c->hash);
	c->hash = NULL;
	c->nhash = c->hash_size = 0;
}

static int
call_write(struct fuse_node *n, uint64_t offset, const char *buf, size_t size, size_t *ret_len)
{
	struct fuse_request r = fuse_request(FUSE_WRITE, n->nodeid);
	struct fuse_write_out out = {.size = 0};
	struct fuse_write_in in = {.offset = offset, .size = (uint32_t)size, .flags = O_RDWR};
	int error;

	in.fh = n->handle[1].fh;
	fuse_in(&r, &in, fuse_of(n)->minor < 9 ? FUSE_COMPAT_WRITE_IN_SIZE : sizeof in);
	fuse_in(&r, buf, size);
	r.out = &out;
	r.out_min = r.out_size = sizeof out;
	error = fuse_call(fuse_of(n), &r);
	if (error != 0)
		return error;
	if (out.size == 0 || out.size > size) {
		fuse_end(fuse_of(n));
		return EIO;
	}
	*ret_len = out.size;
	return 0;
}

static int
write_run(struct fuse_node *n, uint64_t offset, const char *buf, size_t len)
{
	struct fuse_cache *c = n->cache;
	size_t part, done = 0;
	int error = 0;

	for (size_t at = 0; at < len && error == 0; at += done) {
		part = len - at < fuse_of(n)->io_max ? len - at : fuse_of(n)->io_max;
		error = call_write(n, offset + at, buf + at, part, &done);
		if (error == 0 && offset + at + done > c->size)
			c->size = offset + at + done;
	}
	return error;
}

static bool
is_known(const struct fuse_cache *c, size_t block, const XXH128_hash_t *hash)
{
	return block < c->nhash && XXH128_isEqual(c->hash[block], *hash);
}

/* Writes what differs of the len bytes at offset, in runs as long as possible. */
static int
write_changed(
    struct fuse_node *n, uint64_t offset, const char *buf, size_t len, const XXH128_hash_t *hash)
{
	struct fuse_cache *c = n->cache;
	size_t first = offset / BLOCK, blocks = (len + BLOCK - 1) / BLOCK, end, bytes;
	int error;

	for (size_t b = 0; b < blocks; b = end) {
		end = b + 1;
		if (is_known(c, first + b, &hash[b]))
			continue;
		while (end < blocks && !is_known(c, first + end, &hash[end]))
			end++;
		bytes = end * BLOCK < len ? (end - b) * BLOCK : len - b * BLOCK;
		c->wrote = true;
		error = write_run(n, offset + b * BLOCK, buf + b * BLOCK, bytes);
		if (error != 0)
			return error;
		memcpy(c->hash + first + b, hash + b, (end - b) * sizeof *hash);
		if (first + end > c->nhash)
			c->nhash = first + end;
	}
	return 0;
}

/* Blocks up to this one are zeros, and the program has none or has them so. */
static void
note_hole(struct fuse_cache *c, size_t block)
{
	static const char zeros[BLOCK];
	XXH128_hash_t hash = XXH3_128bits(zeros, BLOCK);

	while (c->nhash < block)
		c->hash[c->nhash++] = hash;
}

/* Behind what the program has, large holes are left out; false: there is nothing but a hole. */
static bool
skip_hole(struct fuse_node *n, uint64_t *offset, uint64_t size)
{
	off_t data;

	if (*offset < n->cache->size || size - *offset <= BLOCK)
		return true;
	data = lseek(n->hostfd, (off_t)*offset, SEEK_DATA);
	if (data != -1)
		*offset = (uint64_t)data / CHUNK * CHUNK;
	note_hole(n->cache, (data != -1 ? *offset : size) / BLOCK);
	return data != -1;
}

static int
set_size(struct fuse_node *n, uint64_t size)
{
	struct fuse_setattr_in in = {.valid = FATTR_SIZE, .size = size};
	int error = fuse_node_setattr(n, &in);

	n->cache->wrote = true;
	if (error == 0)
		n->cache->size = size;
	return error;
}

static int
write_back(struct fuse_node *n, uint64_t size)
{
	struct fuse_cache *c = n->cache;
	size_t chunk = size < CHUNK ? size : CHUNK;
	CLEANUP_FREE char *buf = malloc(chunk + 1);
	XXH128_hash_t hash[BLOCKS_CHUNK];
	uint64_t at = 0;
	ssize_t len;
	int error = 0;

	if (buf == NULL || !hash_room(c, size / BLOCK + BLOCKS_CHUNK))
		return ENOMEM;
	if (size < c->size) {
		error = set_size(n, size);
		if (c->nhash > size / BLOCK)
			c->nhash = size / BLOCK;
	}
	for (; error == 0 && at < size && skip_hole(n, &at, size); at += CHUNK) {
		len = look(n, at, buf, chunk, hash);
		if (len <= 0)
			break;
		error = write_changed(n, at, buf, (size_t)len, hash);
	}
	if (error == 0 && c->size < size)
		error = set_size(n, size);
	return error;
}

/* The file's time is when it was written, not when that reached the program: unless that is the
 * same for all who could tell. */
static int
stamp(struct fuse_node *n, const struct stat *host)
{
	struct fuse_setattr_in in = {
	    .valid = FATTR_ATIME | FATTR_MTIME, /* some programs set both or none */
	    .atime = n->attr.atime,
	    .atimensec = n->attr.atimensec,
	    .mtime = (uint64_t)host->st_mtim.tv_sec,
	    .mtimensec = (uint32_t)host->st_mtim.tv_nsec,
	};
	int error;

	if (!n->cache->shown && !is_past(host->st_mtim))
		return 0;
	n->cache->shown = false;
	error = fuse_node_setattr(n, &in);
	return error == ENOTCONN || error == ECONNABORTED ? error : 0;
}

int
fuse_cache_flush(struct fuse_node *n, bool thorough)
{
	struct fuse_cache *c = n->cache;
	struct stat st;
	int error;

	if (c == NULL || !c->writing)
		return 0;
	if (fstat(n->hostfd, &st) == -1)
		return errno;
	if (!thorough && fuse_same_time(st.st_ctim, c->ctime) && c->quiet)
		return 0;
	c->quiet = is_past(st.st_ctim);
	c->ctime = st.st_ctim;
	c->wrote = false;
	error = write_back(n, (uint64_t)st.st_size);
	fuse_cache_charge(c, (uint64_t)st.st_size);
	if (error == 0 && c->wrote)
		error = stamp(n, &st);
	if (error == 0 && c->wrote) {
		c->mtime = st.st_mtim;
		c->attr = n->attr;
		fuse_node_outdated(n);
	}
	return error;
}

int
fuse_cache_resize(struct fuse_node *n, off_t size)
{
	CLEANUP_FD int fd = -1;
	struct fuse_cache *c = n->cache;
	uint64_t least = (uint64_t)size < c->size ? (uint64_t)size : c->size;

	fd = hostobj_reopen(n->hostfd, O_WRONLY);
	if (fd == -1 || ftruncate(fd, size) == -1)
		return errno;
	fuse_parts_end(c); /* to nothing; else it was made complete before */
	c->size = (uint64_t)size;
	if (c->nhash > least / BLOCK)
		c->nhash = least / BLOCK;
	c->attr = n->attr;
	return 0;
}

bool
fuse_cache_stat(struct fuse_node *n, struct stat *st)
{
	struct fuse_cache *c = n->cache;
	struct stat host;

	if (c == NULL || (!c->writing && !c->direct) || fstat(n->hostfd, &host) == -1)
		return false;
	st->st_size = host.st_size;
	if (c->writing && !fuse_same_time(host.st_mtim, c->mtime)) {
		st->st_mtim = host.st_mtim;
		st->st_ctim = host.st_ctim;
		c->shown = true;
	}
	return true;
}

void
fuse_cache_stamped(struct fuse_node *n)
{
	struct fuse_cache *c = n->cache;
	struct stat st;

	if (c == NULL || fstat(n->hostfd, &st) == -1)
		return;
	c->mtime = st.st_mtim;
	c->attr = n->attr;
}
