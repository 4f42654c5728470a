/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files: what the program gave for them (handles), and what programs get (the host object).
 *
 * One handle for reading and one for reading and writing serve all descriptors of a file.  The host
 * does not tell when the last descriptor is closed: the hijacker says so for those that were
 * written (fuse_closed), and the mount's thread looks after the rest (fuse_settle.c).
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "kern/proc.h"
#include "vfs/fuse/fuse.h"
#include "vfs/handle.h"
#include "vfs/hostobj.h"
#include "vfs/placeholder.h"

#define SETTLED_MAX 1024 /* files whose bytes are kept */

enum { READING, WRITING };

/* --- handles --- */

struct fuse_handle *
fuse_any_handle(struct fuse_node *n)
{
	for (int i = WRITING; i >= READING; i--)
		if (n->handle[i].open && !n->handle[i].silent)
			return &n->handle[i];
	return NULL;
}

static int
call_open(struct fuse_node *n, int flags, struct fuse_open_out *out)
{
	struct fuse_request r = fuse_request(FUSE_OPEN, n->nodeid);
	struct fuse_open_in in = {.flags = (uint32_t)flags};

	fuse_in(&r, &in, sizeof in);
	r.out = out;
	r.out_min = r.out_size = sizeof *out;
	return fuse_call(fuse_of(n), &r);
}

static int
open_handle(struct fuse_node *n, int which)
{
	struct fuse_open_out out = {.fh = 0};
	int error = call_open(n, which == WRITING ? O_RDWR : O_RDONLY, &out);

	if (error != 0 && error != ENOSYS)
		return error;
	n->handle[which] = (struct fuse_handle){
	    .open = true, .silent = error == ENOSYS, .fh = out.fh, .flags = out.open_flags};
	return 0;
}

static int
need_handle(struct fuse_node *n, int which)
{
	if (n->handle[which].open || (which == READING && n->handle[WRITING].open))
		return 0;
	return open_handle(n, which);
}

static struct fuse_request
release_request(struct fuse_node *n, int which, struct fuse_release_in *in)
{
	struct fuse_request r = fuse_request(FUSE_RELEASE, n->nodeid);

	*in = (struct fuse_release_in){
	    .fh = n->handle[which].fh, .flags = which == WRITING ? O_RDWR : O_RDONLY};
	fuse_in(&r, in, sizeof *in);
	n->handle[which].open = false;
	return r;
}

/* As Linux does, nobody waits for the program to close them; or, if what comes next may depend on
 * it. */
static void
release_handles(struct fuse_node *n, bool wait)
{
	struct fuse_release_in in;

	for (int i = READING; i <= WRITING; i++) {
		if (!n->handle[i].open)
			continue;
		struct fuse_request r = release_request(n, i, &in);

		if (n->handle[i].silent)
			continue;
		if (wait)
			fuse_call(fuse_of(n), &r);
		else
			fuse_post(fuse_of(n), &r, true);
	}
}

/* --- the host object --- */

void
fuse_object_dress(struct fuse_node *n)
{
	/* The owner's read and write stay: the server must be able to open it.  The sticky bit
	 * tells the hijacker that we want to know when it is closed. */
	mode_t mode = (n->v.mode & 07777) | 0600 | S_ISVTX;

	if (n->hostfd == -1)
		return;
	if (fchown(n->hostfd, n->v.uid, n->v.gid) == -1 && errno != EPERM)
		return;
	fchmod(n->hostfd, mode);
}

static int
need_object(struct fuse_node *n)
{
	struct fuse_mount *fm = fuse_of(n);
	struct stat st;
	int error;

	if (n->hostfd != -1)
		return 0;
	error = hostobj_new(&n->hostfd);
	if (error == 0)
		error = fstat(n->hostfd, &st) == -1 ? errno : handle_add(st.st_ino, &n->v);
	if (error != 0) {
		if (n->hostfd != -1)
			raw_close(n->hostfd);
		n->hostfd = -1;
		return error == EMFILE ? ENFILE : error;
	}
	n->host_ino = st.st_ino;
	n->settled = false;
	n->blank = true;
	TAILQ_INSERT_TAIL(&fm->opened, n, opened);
	fm->nopened++;
	fuse_object_dress(n);
	return 0;
}

/* The object is made at once: if the caller that made the file is killed before it opens it, the
 * mount's thread finds the handle by that. */
void
fuse_created(struct fuse_node *n, const struct fuse_open_out *open)
{
	n->handle[WRITING] =
	    (struct fuse_handle){.open = true, .fh = open->fh, .flags = open->open_flags};
	n->made = true;
	if (need_object(n) != 0)
		release_handles(n, false);
	else
		fuse_thread_watch(fuse_of(n));
}

bool
fuse_is_open_elsewhere(struct fuse_node *n)
{
	return n->hostfd != -1 && !hostobj_is_alone(n->hostfd);
}

static void
list_remove(struct fuse_mount *fm, struct fuse_node *n)
{
	TAILQ_REMOVE(n->settled ? &fm->settled : &fm->opened, n, opened);
	if (n->settled)
		fm->nsettled--;
	else
		fm->nopened--;
}

void
fuse_object_drop(struct fuse_node *n)
{
	struct fuse_mount *fm = fuse_of(n);

	release_handles(n, false);
	if (n->hostfd == -1)
		return;
	fuse_cache_free(n);
	handle_remove(n->host_ino);
	raw_close(n->hostfd);
	n->hostfd = -1;
	n->path_opened = false;
	list_remove(fm, n);
}

bool
fuse_drop_settled(struct fuse_mount *fm)
{
	struct fuse_node *n;

	TAILQ_FOREACH (n, &fm->settled, opened)
		if (!n->locked)
			break;
	if (n == NULL)
		return false;
	fuse_object_drop(n);
	if (n->v.refs == 0)
		fuse_node_free(n);
	return true;
}

void
fuse_set_settled(struct fuse_node *n, bool settled)
{
	struct fuse_mount *fm = fuse_of(n);

	if (n->settled == settled)
		return;
	list_remove(fm, n);
	n->settled = settled;
	TAILQ_INSERT_TAIL(settled ? &fm->settled : &fm->opened, n, opened);
	if (!settled)
		fm->nopened++;
	else if (fm->nsettled++ == SETTLED_MAX)
		fuse_drop_settled(fm);
}

/* --- open, fsync, close --- */

static int
open_regular(struct fuse_node *n, int flags)
{
	int which = (flags & O_ACCMODE) != O_RDONLY ? WRITING : READING;
	struct fuse_setattr_in empty = {.valid = FATTR_SIZE};
	int error = need_handle(n, which);

	if (error == 0 && (flags & O_TRUNC) != 0) {
		error = fuse_node_setattr(n, &empty);
		if (error == 0 && n->cache != NULL)
			error = fuse_cache_resize(n, 0);
	}
	if (error == 0)
		error = fuse_cache_fill(n, which == READING && (flags & VNODE_PARTS) != 0);
	if (error == 0 && which == WRITING)
		error = fuse_cache_will_write(n);
	return error;
}

int
fuse_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct fuse_node *n = fuse_node_of(vn);
	int error, fd;

	if (!S_ISREG(vn->mode))
		return placeholder_open(vn, flags, ret_fd);
	error = fuse_lock(n);
	if (error != 0)
		return error;
	error = need_object(n);
	if (error == 0 && (flags & O_PATH) != 0)
		n->path_opened = true;
	else if (error == 0)
		error = open_regular(n, flags);
	if (error == 0) {
		n->blank = false;
		fd = hostobj_reopen(n->hostfd, flags & HOSTOBJ_OPEN_FLAGS);
		if (fd == -1)
			error = errno == EMFILE ? ENFILE : errno;
		else
			*ret_fd = fd;
	}
	if (n->hostfd != -1)
		fuse_set_settled(n, false);
	fuse_unlock(n);
	fuse_thread_watch(fuse_of(n));
	return error;
}

static int
call_flush(struct fuse_node *n)
{
	struct fuse_request r = fuse_request(FUSE_FLUSH, n->nodeid);
	struct fuse_flush_in in = {.fh = n->handle[WRITING].fh};
	int error;

	if (!n->handle[WRITING].open || n->handle[WRITING].silent)
		return 0;
	fuse_in(&r, &in, sizeof in);
	error = fuse_call(fuse_of(n), &r);
	return error == ENOSYS ? 0 : error;
}

/* Nobody has it open any more.  What the program does not take (ENOSPC) is lost, as in Linux: who
 * closes the file hears of it.  If it was the caller who was killed, the mount's thread goes on. */
static int
settle(struct fuse_node *n, bool wait)
{
	int error = fuse_cache_flush(n, true);

	if (error == 0)
		error = call_flush(n);
	if (error == ECANCELED && curlwp != NULL) {
		fuse_thread_watch(fuse_of(n));
		return error;
	}
	release_handles(n, wait);
	fuse_cache_wrote_last(n);
	if (error != 0)
		fuse_cache_free(n);
	fuse_set_settled(n, true);
	return error;
}

int
fuse_settle(struct fuse_node *n, bool wait)
{
	return n->settled || fuse_is_open_elsewhere(n) ? 0 : settle(n, wait);
}

int
fuse_closed(struct vnode *vn)
{
	struct fuse_node *n = fuse_node_of(vn);
	int error = fuse_lock(n);

	if (error != 0)
		return error;
	if (fuse_is_open_elsewhere(n)) {
		error = fuse_cache_flush(n, false);
		if (error == 0)
			error = call_flush(n);
	} else if (!n->settled) {
		error = settle(n, false);
	}
	fuse_unlock(n);
	return error;
}

int
fuse_fsync(struct vnode *vn, bool datasync)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_fsync_in in = {.fsync_flags = datasync ? 1 : 0};
	struct fuse_request r = fuse_request(FUSE_FSYNC, n->nodeid);
	int error;

	if (S_ISDIR(vn->mode))
		return fuse_fsync_directory(n, datasync);
	error = fuse_lock(n);
	if (error != 0)
		return error;
	error = fuse_cache_flush(n, true);
	if (error == 0 && fuse_any_handle(n) != NULL) {
		in.fh = fuse_any_handle(n)->fh;
		fuse_in(&r, &in, sizeof in);
		error = fuse_call(fuse_of(n), &r);
	}
	fuse_unlock(n);
	return error == ENOSYS ? 0 : error;
}
