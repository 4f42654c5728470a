/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading directories.  A classic descriptor has its position in struct file; a delegated one in
 * the client, which passes it along as a cookie.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

#define BUF_MAX (256 * 1024) /* of the kernel's buffer: a longer read gets less */

/* The record of getdents64(2). */
struct record {
	uint64_t ino;
	int64_t next; /* position behind it */
	uint16_t len;
	uint8_t type;
	char name[];
} __attribute__((packed));

struct records {
	struct wbuf w;
	bool full; /* there was one that did not fit */
};

static bool
emit(void *arg, ino_t ino, unsigned char type, const char *name, size_t len, uint64_t next)
{
	struct record r = {.ino = ino, .next = (int64_t)next, .type = type};
	struct records *rs = arg;
	uint8_t *p;

	r.len = (uint16_t)((sizeof r + len + 1 + 7) & ~(size_t)7);
	p = wbuf_take(&rs->w, r.len);
	if (p == NULL) {
		rs->full = true;
		return false;
	}
	memset(p, 0, r.len);
	memcpy(p, &r, sizeof r);
	memcpy(p + sizeof r, name, len);
	return true;
}

/* Records from *cookie on into the client's memory. */
static int
read_directory(struct lwp *l, struct vnode *dir, struct uout buf, uint64_t *cookie, int64_t *retval)
{
	size_t size = buf.len < BUF_MAX ? buf.len : BUF_MAX;
	CLEANUP_FREE void *mem = malloc(size + 1);
	struct records rs = {.w = wbuf_of(mem, size)};
	int error;

	if (mem == NULL)
		return ENOMEM;
	if (!vnode_is_dir(dir))
		return ENOTDIR;
	error = dir->ops->readdir(dir, cookie, emit, &rs);
	if (error == 0 && watch_count != 0 && rs.w.len != 0)
		watch_listed(dir);
	if (error != 0)
		return error;
	if (rs.w.len == 0 && rs.full)
		return EINVAL;
	*retval = (int64_t)rs.w.len;
	return uout_put(l, buf, 0, mem, rs.w.len);
}

int
sys_getdents64(struct lwp *l, uint64_t fd, struct uout buf, size_t nbyte, int64_t *retval)
{
	uint64_t cookie;
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	(void)nbyte; /* buf.len is it */
	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0)
		return EBADF;
	if (f->type != FILE_VNODE)
		return ENOTDIR;
	cookie = (uint64_t)f->offset;
	error = read_directory(l, f->vnode, buf, &cookie, retval);
	if (error == 0)
		f->offset = (off_t)cookie;
	return error;
}

int
sys_deleg_getdents(struct lwp *l, uint64_t fd, struct uout buf, size_t nbyte, struct uinout cookie,
    int64_t *retval)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	uint64_t position;
	int error = uinout_get(l, cookie, 0, &position, sizeof position);

	(void)nbyte;
	if (error == 0)
		error = fdword_vnode(l, fd, false, &vn);
	if (error == 0)
		error = read_directory(l, vn, buf, &position, retval);
	return error != 0 ? error : uinout_put(l, cookie, 0, &position, sizeof position);
}
