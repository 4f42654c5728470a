/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * read(2), write(2) and their relatives on classic descriptors.
 *
 * The file's operations never wait: here the loop waits, on the host descriptor, when there is
 * nothing yet and the file is a blocking one.  Data goes through a kernel buffer of bounded size.
 * The file is held by a reference throughout: a wait and a copy-in let other calls run.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "base/scope.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "syscall/sys_proto.h"
#include "vfs/vnode.h"

#define CHUNK  (256 * 1024)         /* of the kernel buffer */
#define RW_MAX ((size_t)0x7ffff000) /* as Linux: more is cut off */

/* A transfer: memory of the client, how much of it is still to do, and what was done. */
struct transfer {
	struct file *f;
	const struct iovec *seg; /* the current one; bases are addresses in the client */
	size_t seg_done;         /* bytes of it */
	size_t left;             /* bytes of all segments */
	size_t done;
	const off_t *offset; /* NULL: the file's own position */
};

static int
begin(struct lwp *l, uint64_t fd, bool writing, const off_t *offset, struct file **ret)
{
	int refused = writing ? O_RDONLY : O_WRONLY;
	struct file *f;
	int error = filedesc_get(l->proc, fd, &f);

	if (error != 0)
		return error;
	if ((f->flags & O_PATH) != 0 || (f->flags & O_ACCMODE) == refused)
		return EBADF;
	if (offset != NULL && *offset < 0)
		return EINVAL;
	if (offset != NULL && f->ops->seek == NULL)
		return ESPIPE;
	if ((writing ? (void *)f->ops->write : (void *)f->ops->read) == NULL)
		return EINVAL;
	file_ref(f);
	*ret = f;
	return 0;
}

/* After EAGAIN: waits, or says what the call is to fail with. */
static int
wait_ready(struct lwp *l, struct file *f, short events)
{
	if ((f->flags & O_NONBLOCK) != 0 || f->hostfd == -1)
		return EAGAIN;
	return kern_wait(l, f->hostfd, events, NULL);
}

/* A file that has all its data at once is read on until the memory is full; a stream gives what it
 * has, a socket one message. */
static bool
is_regular(const struct file *f)
{
	return f->type == FILE_VNODE && S_ISREG(f->vnode->mode);
}

/* Moves n bytes between the kernel's buffer and the client's next segments. */
static int
move(struct lwp *l, struct transfer *t, char *buf, size_t n, bool writing)
{
	size_t part;
	uaddr_t addr;
	int error;

	while (n != 0) {
		part = t->seg->iov_len - t->seg_done;
		if (part > n)
			part = n;
		addr = (uaddr_t)(uintptr_t)t->seg->iov_base + t->seg_done;
		error = part == 0 ? 0
			: writing ? uptr_get(l, addr, buf, part)
				  : uptr_put(l, addr, buf, part);
		if (error != 0)
			return error;
		buf += part;
		n -= part;
		t->left -= part;
		t->seg_done += part;
		if (t->seg_done == t->seg->iov_len) {
			t->seg++;
			t->seg_done = 0;
		}
	}
	return 0;
}

/* Where the next byte comes from or goes to in the file; NULL: its own position. */
static const off_t *
position(const struct transfer *t, off_t *at)
{
	if (t->offset == NULL)
		return NULL;
	*at = *t->offset + (off_t)t->done;
	return at;
}

static int
read_chunk(struct lwp *l, struct transfer *t, char *buf, size_t want, size_t *ret)
{
	off_t at;
	int error;

	while ((error = t->f->ops->read(l, t->f, buf, want, position(t, &at), ret)) == EAGAIN &&
	       t->done == 0) {
		error = wait_ready(l, t->f, POLLIN);
		if (error != 0)
			break;
	}
	return error;
}

static int
read_all(struct lwp *l, struct transfer *t, char *buf)
{
	size_t want, n;
	int error;

	do {
		want = t->left < CHUNK ? t->left : CHUNK;
		error = read_chunk(l, t, buf, want, &n);
		if (error == 0)
			error = move(l, t, buf, n, false);
		if (error != 0)
			return error;
		t->done += n;
	} while (t->left != 0 && n == want && is_regular(t->f));
	return 0;
}

static int
write_chunk(struct lwp *l, struct transfer *t, const char *buf, size_t len)
{
	size_t n;
	off_t at;
	int error;

	do {
		n = 0;
		error = t->f->ops->write(l, t->f, buf, len, position(t, &at), &n);
		if (error == EAGAIN)
			error = wait_ready(l, t->f, POLLOUT);
		if (error != 0)
			return error;
		t->done += n;
		buf += n;
		len -= n;
	} while (len != 0);
	return 0;
}

static int
write_all(struct lwp *l, struct transfer *t, char *buf)
{
	size_t n;
	int error;

	do {
		n = t->left < CHUNK ? t->left : CHUNK;
		error = move(l, t, buf, n, true);
		if (error == 0)
			error = write_chunk(l, t, buf, n);
		if (error != 0)
			return error;
	} while (t->left != 0);
	return 0;
}

/* seg has an element more than needed, of length 0. */
static int
transfer(struct lwp *l, uint64_t fd, const struct iovec *seg, size_t total, const off_t *offset,
    bool writing, int64_t *retval)
{
	struct transfer t = {.seg = seg, .left = total, .offset = offset};
	CLEANUP_FREE char *buf = NULL;
	int error = begin(l, fd, writing, offset, &t.f);

	if (error != 0)
		return error;
	buf = malloc(total < CHUNK ? total + 1 : CHUNK);
	if (buf == NULL)
		error = ENOMEM;
	else if (writing)
		error = write_all(l, &t, buf);
	else
		error = read_all(l, &t, buf);
	file_unref(t.f);
	/* What was moved counts, whatever came after. */
	if (t.done != 0)
		error = 0;
	if (error == 0)
		*retval = (int64_t)t.done;
	return error;
}

static int
transfer_one(struct lwp *l, uint64_t fd, uaddr_t addr, size_t len, const off_t *offset,
    bool writing, int64_t *retval)
{
	struct iovec seg[2] = {
	    {.iov_base = (void *)(uintptr_t)addr, .iov_len = len < RW_MAX ? len : RW_MAX}};

	if (len > SSIZE_MAX)
		return EINVAL;
	return transfer(l, fd, seg, seg[0].iov_len, offset, writing, retval);
}

/* The vector itself is copied once; lengths beyond RW_MAX in sum are cut off. */
static int
transfer_vector(struct lwp *l, uint64_t fd, struct uptr iov, int iovcnt, const off_t *offset,
    bool writing, int64_t *retval)
{
	CLEANUP_FREE struct iovec *seg = NULL;
	size_t total = 0;
	int error;

	if (iovcnt < 0 || iovcnt > IOV_MAX)
		return EINVAL;
	seg = calloc((size_t)iovcnt + 1, sizeof *seg);
	if (seg == NULL)
		return ENOMEM;
	error = iovcnt == 0 ? 0 : uptr_get(l, iov.addr, seg, (size_t)iovcnt * sizeof *seg);
	if (error != 0)
		return error;
	for (int i = 0; i < iovcnt; i++) {
		if (seg[i].iov_len > SSIZE_MAX)
			return EINVAL;
		if (seg[i].iov_len > RW_MAX - total)
			seg[i].iov_len = RW_MAX - total;
		total += seg[i].iov_len;
	}
	return transfer(l, fd, seg, total, offset, writing, retval);
}

int
sys_read(struct lwp *l, uint64_t fd, struct uout buf, size_t nbyte, int64_t *retval)
{
	return transfer_one(l, fd, buf.addr, nbyte, NULL, false, retval);
}

int
sys_write(struct lwp *l, uint64_t fd, struct uin buf, size_t nbyte, int64_t *retval)
{
	return transfer_one(l, fd, buf.addr, nbyte, NULL, true, retval);
}

int
sys_pread64(
    struct lwp *l, uint64_t fd, struct uout buf, size_t nbyte, off_t offset, int64_t *retval)
{
	return transfer_one(l, fd, buf.addr, nbyte, &offset, false, retval);
}

int
sys_pwrite64(
    struct lwp *l, uint64_t fd, struct uin buf, size_t nbyte, off_t offset, int64_t *retval)
{
	return transfer_one(l, fd, buf.addr, nbyte, &offset, true, retval);
}

int
sys_readv(struct lwp *l, uint64_t fd, struct uptr iov, int iovcnt, int64_t *retval)
{
	return transfer_vector(l, fd, iov, iovcnt, NULL, false, retval);
}

int
sys_writev(struct lwp *l, uint64_t fd, struct uptr iov, int iovcnt, int64_t *retval)
{
	return transfer_vector(l, fd, iov, iovcnt, NULL, true, retval);
}

int
sys_preadv(struct lwp *l, uint64_t fd, struct uptr iov, int iovcnt, off_t offset, int64_t *retval)
{
	return transfer_vector(l, fd, iov, iovcnt, &offset, false, retval);
}

int
sys_pwritev(struct lwp *l, uint64_t fd, struct uptr iov, int iovcnt, off_t offset, int64_t *retval)
{
	return transfer_vector(l, fd, iov, iovcnt, &offset, true, retval);
}
