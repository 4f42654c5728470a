/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes: what the program numbers.  A node lives while anybody in the kernel refers to it or a
 * program has its host object open; then the program is told to forget it (FORGET).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

/* The device numbers of the protocol. */
static dev_t
to_rdev(uint32_t rdev)
{
	return makedev(rdev >> 8 & 0xfff, (rdev & 0xff) | (rdev >> 12 & 0xfff00));
}

/* --- attributes --- */

int
fuse_attr_set(struct fuse_node *n, const struct fuse_attr *a, uint64_t valid, uint32_t nsec)
{
	uint64_t now = fuse_now();

	if (!fuse_reply_attr(a) || (n->v.mode != 0 && (n->v.mode & S_IFMT) != (a->mode & S_IFMT)))
		return EIO;
	n->attr = *a;
	n->outdated = false;
	n->v.ino = a->ino;
	n->v.mode = a->mode;
	n->v.uid = a->uid;
	n->v.gid = a->gid;
	/* Some programs count no links; in the kernel 0 means that the file was removed. */
	n->v.nlink = n->removed ? 0 : a->nlink == 0 ? 1 : a->nlink;
	n->v.rdev = to_rdev(a->rdev);
	if (valid > (UINT64_MAX - now) / FUSE_NS - 1)
		n->expires = UINT64_MAX;
	else
		n->expires = now + valid * FUSE_NS + nsec;
	return 0;
}

void
fuse_node_stale(struct fuse_node *n)
{
	n->expires = 0;
}

void
fuse_node_outdated(struct fuse_node *n)
{
	n->outdated = true;
}

static int
ask_attr(struct fuse_node *n)
{
	struct fuse_request r = fuse_request(FUSE_GETATTR, n->nodeid);
	struct fuse_getattr_in in = {.getattr_flags = 0};
	struct fuse_attr_out out = {.attr_valid = 0};
	struct fuse_handle *h = fuse_any_handle(n);
	int error;

	if (h != NULL) {
		in.getattr_flags = FUSE_GETATTR_FH;
		in.fh = h->fh;
	}
	if (fuse_of(n)->minor >= 9)
		fuse_in(&r, &in, sizeof in);
	r.out = &out;
	r.out_min = FUSE_COMPAT_ATTR_OUT_SIZE;
	r.out_size = sizeof out;
	error = fuse_call(fuse_of(n), &r);
	if (error != 0)
		return error;
	return fuse_attr_set(n, &out.attr, out.attr_valid, out.attr_valid_nsec);
}

static int
update(struct fuse_node *n, bool ask)
{
	int error;

	if (fuse_of(n)->ended != 0)
		return fuse_of(n)->ended;
	if (!ask && fuse_now() < n->expires)
		return 0;
	error = ask_attr(n);
	/* The program need not know what was removed. */
	return n->removed && (error == ENOENT || error == ESTALE) ? 0 : error;
}

int
fuse_node_refresh(struct fuse_node *n)
{
	return update(n, false);
}

/* Attributes are asked for by whoever uses them. */
int
fuse_refresh(struct vnode *vn)
{
	return fuse_of(fuse_node_of(vn))->ended;
}

int
fuse_node_update(struct fuse_node *n)
{
	return update(n, n->outdated);
}

int
fuse_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	struct fuse_node *n = fuse_node_of(vn);
	const struct fuse_attr *a = &n->attr;
	int error = fuse_check_user(fuse_of(n));

	if (error == 0)
		error = fuse_node_update(n);
	if (error != 0)
		return error;
	st->st_ino = vn->ino;
	st->st_mode = vn->mode;
	st->st_nlink = n->removed ? 0 : a->nlink;
	st->st_uid = vn->uid;
	st->st_gid = vn->gid;
	st->st_rdev = vn->rdev;
	st->st_size = (off_t)a->size;
	st->st_blocks = (blkcnt_t)a->blocks;
	if (a->blksize != 0)
		st->st_blksize = (blksize_t)a->blksize;
	st->st_atim = (struct timespec){(time_t)a->atime, a->atimensec};
	st->st_mtim = (struct timespec){(time_t)a->mtime, a->mtimensec};
	st->st_ctim = (struct timespec){(time_t)a->ctime, a->ctimensec};
	*ret_btime = st->st_ctim;
	fuse_cache_stat(n, st);
	return 0;
}

int
fuse_node_setattr(struct fuse_node *n, struct fuse_setattr_in *in)
{
	struct fuse_request r = fuse_request(FUSE_SETATTR, n->nodeid);
	struct fuse_attr_out out = {.attr_valid = 0};
	const struct fuse_handle *h = &n->handle[1];
	int error;

	if (h->open && !h->silent && (in->valid & FATTR_SIZE) != 0) {
		in->valid |= FATTR_FH;
		in->fh = h->fh;
	}
	fuse_in(&r, in, sizeof *in);
	r.out = &out;
	r.out_min = FUSE_COMPAT_ATTR_OUT_SIZE;
	r.out_size = sizeof out;
	error = fuse_call(fuse_of(n), &r);
	if (error != 0)
		return error;
	return fuse_attr_set(n, &out.attr, out.attr_valid, out.attr_valid_nsec);
}

/* For programs that do not know "now", the time is given as well, as Linux does. */
static void
set_times(struct fuse_setattr_in *in, const struct vnode_attr *attr)
{
	struct timespec now, atime = attr->atime, mtime = attr->mtime;

	clock_gettime(CLOCK_REALTIME, &now);
	if ((attr->set & ATTR_ATIME_NOW) != 0) {
		in->valid |= FATTR_ATIME | FATTR_ATIME_NOW;
		atime = now;
	}
	if ((attr->set & ATTR_MTIME_NOW) != 0) {
		in->valid |= FATTR_MTIME | FATTR_MTIME_NOW;
		mtime = now;
	}
	if ((attr->set & ATTR_ATIME) != 0)
		in->valid |= FATTR_ATIME;
	if ((attr->set & ATTR_MTIME) != 0)
		in->valid |= FATTR_MTIME;
	in->atime = (uint64_t)atime.tv_sec;
	in->atimensec = (uint32_t)atime.tv_nsec;
	in->mtime = (uint64_t)mtime.tv_sec;
	in->mtimensec = (uint32_t)mtime.tv_nsec;
}

/* Bytes before times and length: what is still in the cache would come after them. */
static int
setattr_opened(struct fuse_node *n, struct fuse_setattr_in *in)
{
	int error = fuse_lock(n);

	if (error != 0)
		return error;
	error = fuse_cache_flush(n, true);
	if (error == 0 && (in->valid & FATTR_SIZE) != 0 && in->size != 0)
		error = fuse_cache_complete(n);
	if (error == 0)
		error = fuse_node_setattr(n, in);
	if (error == 0 && (in->valid & FATTR_SIZE) != 0)
		error = fuse_cache_resize(n, (off_t)in->size);
	if (error == 0)
		fuse_cache_stamped(n);
	fuse_unlock(n);
	return error;
}

int
fuse_setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_setattr_in in = {.valid = 0};
	int error = fuse_check_user(fuse_of(n));

	if (error != 0)
		return error;
	set_times(&in, attr);
	if ((attr->set & ATTR_MODE) != 0) {
		in.valid |= FATTR_MODE;
		in.mode = (vn->mode & S_IFMT) | attr->mode;
	}
	if ((attr->set & ATTR_UID) != 0) {
		in.valid |= FATTR_UID;
		in.uid = attr->uid;
	}
	if ((attr->set & ATTR_GID) != 0) {
		in.valid |= FATTR_GID;
		in.gid = attr->gid;
	}
	if ((attr->set & ATTR_SIZE) != 0) {
		in.valid |= FATTR_SIZE;
		in.size = (uint64_t)attr->size;
	}
	if (in.valid == 0)
		return 0;
	error = n->cache != NULL ? setattr_opened(n, &in) : fuse_node_setattr(n, &in);
	fuse_object_dress(n);
	return error;
}

/* --- birth and death --- */

static int
node_new(struct fuse_mount *fm, uint64_t nodeid, uint64_t generation, struct fuse_node **ret)
{
	struct fuse_node *n = calloc(1, sizeof *n);

	if (n == NULL)
		return ENOMEM;
	n->v = (struct vnode){.ops = &fuse_vnode_ops, .mount = &fm->mount, .refs = 1};
	n->nodeid = nodeid;
	n->generation = generation;
	n->hostfd = -1;
	LIST_INIT(&n->names);
	HASH_ADD(hh, fm->nodes, nodeid, sizeof n->nodeid, n);
	if (n->hh.tbl == NULL) {
		free(n);
		return ENOMEM;
	}
	*ret = n;
	return 0;
}

static bool
is_other(const struct fuse_node *n, const struct fuse_entry_out *e)
{
	return n->generation != e->generation || (n->v.mode & S_IFMT) != (e->attr.mode & S_IFMT);
}

/* The program uses the number for something else now. */
static void
disown(struct fuse_mount *fm, struct fuse_node *n)
{
	HASH_DEL(fm->nodes, n);
	n->hh.tbl = NULL;
}

int
fuse_node_get(struct fuse_mount *fm, const struct fuse_entry_out *e, struct fuse_node **ret)
{
	struct fuse_node *n;
	int error = 0;

	if (!fuse_reply_entry(e)) {
		fuse_end(fm);
		return EIO;
	}
	HASH_FIND(hh, fm->nodes, &e->nodeid, sizeof e->nodeid, n);
	if (n != NULL && is_other(n, e)) {
		disown(fm, n);
		n = NULL;
	}
	if (n != NULL)
		vnode_ref(&n->v);
	else
		error = node_new(fm, e->nodeid, e->generation, &n);
	if (error != 0) {
		fuse_node_forget(fm, e->nodeid, 1);
		return error;
	}
	n->nlookup++;
	n->removed = false;
	error = fuse_attr_set(n, &e->attr, e->attr_valid, e->attr_valid_nsec);
	if (error != 0)
		vnode_unref(&n->v);
	else
		*ret = n;
	return error;
}

int
fuse_node_root(struct fuse_mount *fm, struct fuse_node **ret)
{
	struct fuse_node *n;
	int error = node_new(fm, FUSE_ROOT_ID, 0, &n);

	if (error != 0)
		return error;
	error = ask_attr(n);
	if (error == 0 && !S_ISDIR(n->v.mode))
		error = ENOTDIR;
	if (error != 0)
		vnode_unref(&n->v);
	else
		*ret = n;
	return error;
}

void
fuse_node_forget(struct fuse_mount *fm, uint64_t nodeid, uint64_t nlookup)
{
	struct fuse_request r = fuse_request(FUSE_FORGET, nodeid);
	struct fuse_forget_in in = {.nlookup = nlookup};

	fuse_in(&r, &in, sizeof in);
	fuse_post(fm, &r, false);
}

void
fuse_node_free(struct fuse_node *n)
{
	struct fuse_node *above = n->above;
	struct fuse_mount *fm = fuse_of(n);

	fuse_object_drop(n);
	fuse_listings_free(n);
	vnode_release_special(&n->v);
	if (n->nlookup != 0)
		fuse_node_forget(fm, n->nodeid, n->nlookup);
	if (n->hh.tbl != NULL)
		HASH_DEL(fm->nodes, n);
	free(n);
	if (above != NULL)
		vnode_unref(&above->v);
}

/* Nobody in the kernel refers to it; a program may, by its descriptor: then the mount's thread
 * looks after it, as it does if bytes have to be written back.  (O_PATH does not show: what had
 * that is kept until there are too many.) */
void
fuse_inactive(struct vnode *vn)
{
	struct fuse_node *n = fuse_node_of(vn);

	if (n->hostfd == -1 || (n->settled && !n->path_opened))
		fuse_node_free(n);
	else if (!n->settled)
		fuse_thread_watch(fuse_of(n));
}
