/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reply may look like. */
#include "vfs/fuse/fuse_reply.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define ERRNO_MAX 511 /* from 512 on are errnos that programs never see */

bool
fuse_reply_header(const void *msg, size_t len, struct fuse_out_header *ret)
{
	if (len < sizeof *ret)
		return false;
	memcpy(ret, msg, sizeof *ret);
	if (ret->len != len)
		return false;
	if (ret->unique == 0) /* a notification: its kind is in `error` */
		return ret->error > 0;
	if (ret->error > 0 || ret->error < -ERRNO_MAX)
		return false;
	return ret->error == 0 || len == sizeof *ret;
}

bool
fuse_reply_attr(const struct fuse_attr *a)
{
	switch (a->mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return a->size <= INT64_MAX;
	default:
		return false;
	}
}

bool
fuse_reply_entry(const struct fuse_entry_out *e)
{
	return e->nodeid != 0 && e->nodeid != FUSE_ROOT_ID && fuse_reply_attr(&e->attr);
}

static bool
is_name(const char *name, size_t len)
{
	return len != 0 && len <= NAME_MAX && memchr(name, '/', len) == NULL &&
	       memchr(name, '\0', len) == NULL;
}

int
fuse_reply_record(const void *buf, size_t len, bool plus, size_t *pos, struct fuse_record *ret)
{
	size_t head = plus ? FUSE_NAME_OFFSET_DIRENTPLUS : FUSE_NAME_OFFSET;
	const char *p = (const char *)buf + *pos;
	size_t left = len - *pos, size;
	struct fuse_dirent d;

	if (left < head)
		return 0;
	memcpy(&d, p + head - FUSE_NAME_OFFSET, FUSE_NAME_OFFSET);
	if (d.namelen > left - head)
		return 0; /* cut off, as Linux takes it: it comes again */
	if (!is_name(p + head, d.namelen))
		return -1;
	ret->entry = plus ? (const struct fuse_entry_out *)p : NULL;
	ret->ino = d.ino;
	ret->off = d.off;
	ret->type = d.type;
	ret->name = p + head;
	ret->len = d.namelen;
	size = FUSE_DIRENT_ALIGN(head + d.namelen);
	*pos += size < left ? size : left;
	return 1;
}

bool
fuse_reply_init(const void *buf, size_t len, struct fuse_init_out *ret)
{
	memset(ret, 0, sizeof *ret);
	if (len < FUSE_COMPAT_INIT_OUT_SIZE || len > sizeof *ret)
		return false;
	memcpy(ret, buf, len);
	return ret->major != FUSE_KERNEL_VERSION || ret->minor < 5 ||
	       len >= FUSE_COMPAT_22_INIT_OUT_SIZE;
}
