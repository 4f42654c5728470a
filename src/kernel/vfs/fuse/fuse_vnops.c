/* SPDX-License-Identifier: BSD-2-Clause */
/* Making, removing and moving names; and the table of operations. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

/* A name as requests have it. */
struct name {
	char text[NAME_MAX + 1];
};

static struct name
name_of(const char *name, size_t len)
{
	struct name nm;

	memcpy(nm.text, name, len);
	nm.text[len] = '\0';
	return nm;
}

static uint32_t
from_rdev(dev_t rdev)
{
	return (minor(rdev) & 0xff) | major(rdev) << 8 | (minor(rdev) & 0xfff00) << 12;
}

/* We changed the directory: its times, and what lookups on their way found, are old. */
static void
changed(struct fuse_node *dir)
{
	dir->changes++;
	fuse_node_outdated(dir);
}

/* --- making --- */

/* A request that gives an entry. */
static int
call_entry(struct fuse_node *dir, struct fuse_request *r, struct fuse_entry_out *e)
{
	int error;

	r->out = e;
	r->out_min = FUSE_COMPAT_ENTRY_OUT_SIZE;
	r->out_size = sizeof *e;
	error = fuse_call(fuse_of(dir), r);
	changed(dir);
	return error;
}

static uint32_t
umask_of_caller(void)
{
	return curlwp != NULL ? curlwp->proc->umask : 0;
}

static struct fuse_request
request_for(uint32_t opcode, struct fuse_node *dir, const struct vnode_new *what)
{
	struct fuse_request r = fuse_request(opcode, dir->nodeid);

	r.uid = what->uid;
	r.gid = what->gid;
	return r;
}

static int
make_directory(struct fuse_node *dir, const char name[], const struct vnode_new *what,
    struct fuse_entry_out *e)
{
	struct fuse_request r = request_for(FUSE_MKDIR, dir, what);
	struct fuse_mkdir_in in = {.mode = what->mode & 07777, .umask = umask_of_caller()};

	fuse_in(&r, &in, sizeof in);
	fuse_in_name(&r, name);
	return call_entry(dir, &r, e);
}

static int
make_link(struct fuse_node *dir, const char name[], const struct vnode_new *what,
    struct fuse_entry_out *e)
{
	struct fuse_request r = request_for(FUSE_SYMLINK, dir, what);

	fuse_in_name(&r, name);
	fuse_in_name(&r, what->target);
	return call_entry(dir, &r, e);
}

static int
make_node(struct fuse_node *dir, const char name[], const struct vnode_new *what,
    struct fuse_entry_out *e)
{
	struct fuse_request r = request_for(FUSE_MKNOD, dir, what);
	struct fuse_mknod_in in = {
	    .mode = what->mode, .rdev = from_rdev(what->rdev), .umask = umask_of_caller()};

	fuse_in(&r, &in, fuse_of(dir)->minor < 12 ? FUSE_COMPAT_MKNOD_IN_SIZE : sizeof in);
	fuse_in_name(&r, name);
	return call_entry(dir, &r, e);
}

/* A file that is opened at once: the handle is kept for that, because its mode may forbid to open
 * it for writing a moment later. */
static int
make_opened(struct fuse_node *dir, const char name[], const struct vnode_new *what,
    struct fuse_entry_out *e, struct fuse_open_out *open)
{
	struct fuse_request r = request_for(FUSE_CREATE, dir, what);
	struct fuse_create_in in = {
	    .flags = O_CREAT | O_EXCL | O_RDWR, .mode = what->mode, .umask = umask_of_caller()};
	size_t entry_size = fuse_of(dir)->minor < 9 ? FUSE_COMPAT_ENTRY_OUT_SIZE : sizeof *e;
	char out[sizeof *e + sizeof *open];
	int error;

	fuse_in(&r, &in, fuse_of(dir)->minor < 12 ? sizeof(struct fuse_open_in) : sizeof in);
	fuse_in_name(&r, name);
	r.out = out;
	r.out_min = r.out_size = entry_size + sizeof *open;
	error = fuse_call(fuse_of(dir), &r);
	changed(dir);
	if (error != 0)
		return error;
	memset(e, 0, sizeof *e);
	memcpy(e, out, entry_size);
	memcpy(open, out + entry_size, sizeof *open);
	return 0;
}

static int
fuse_create(struct vnode *dirvn, const char *name, size_t len, const struct vnode_new *what,
    struct vnode **ret)
{
	struct fuse_node *dir = fuse_node_of(dirvn);
	struct name nm = name_of(name, len);
	struct fuse_entry_out e = {.nodeid = 0};
	struct fuse_open_out open;
	bool opened = S_ISREG(what->mode) && what->opened;
	int error;

	if (opened) {
		error = make_opened(dir, nm.text, what, &e, &open);
		if (error == ENOSYS)
			opened = false;
		else if (error != 0)
			return error;
	}
	if (opened)
		error = 0;
	else if (S_ISDIR(what->mode))
		error = make_directory(dir, nm.text, what, &e);
	else if (S_ISLNK(what->mode))
		error = make_link(dir, nm.text, what, &e);
	else
		error = make_node(dir, nm.text, what, &e);
	if (error != 0)
		return error;
	error = fuse_entered(dir, name, len, &e, ret);
	if (error == 0 && opened)
		fuse_created(fuse_node_of(*ret), &open);
	return error;
}

static int
fuse_link(struct vnode *dirvn, const char *name, size_t len, struct vnode *vn)
{
	struct fuse_node *dir = fuse_node_of(dirvn);
	struct fuse_request r = fuse_request(FUSE_LINK, dir->nodeid);
	struct fuse_link_in in = {.oldnodeid = fuse_node_of(vn)->nodeid};
	CLEANUP_VNODE struct vnode *linked = NULL;
	struct fuse_entry_out e = {.nodeid = 0};
	struct name nm = name_of(name, len);
	int error;

	fuse_in(&r, &in, sizeof in);
	fuse_in_name(&r, nm.text);
	error = call_entry(dir, &r, &e);
	fuse_node_outdated(fuse_node_of(vn));
	if (error != 0)
		return error == ENOSYS ? EPERM : error;
	return fuse_entered(dir, name, len, &e, &linked);
}

/* --- removing and moving --- */

/* A file that is about to lose a name: a program (libfuse) would only rename one that it still has
 * open, so what nobody has open any more is closed now.  Nobody will read what was written to it,
 * if it has no other name. */
static int
let_go(struct vnode *vn)
{
	struct fuse_node *n = fuse_node_of(vn);
	int error;

	if (n->hostfd == -1)
		return 0;
	error = fuse_lock(n);
	if (error != 0)
		return error;
	if (vn->nlink <= 1 && !fuse_is_open_elsewhere(n))
		fuse_cache_wrote_last(n);
	fuse_settle(n, true);
	fuse_unlock(n);
	return 0;
}

/* The file lost its name in dir. */
static void
unnamed(struct vnode *vn, struct fuse_node *dir)
{
	struct fuse_node *n = fuse_node_of(vn);

	if (S_ISDIR(vn->mode) && n->above == NULL)
		n->above = fuse_node_of(vnode_get(&dir->v));
	n->removed = S_ISDIR(vn->mode) || vn->nlink <= 1;
	vn->nlink = n->removed ? 0 : vn->nlink - 1;
	fuse_node_outdated(n);
	while (n->children != NULL)
		fuse_name_remove(n->children);
}

static int
fuse_remove(struct vnode *dirvn, const char *name, size_t len, struct vnode *vn)
{
	struct fuse_node *dir = fuse_node_of(dirvn);
	struct fuse_request r =
	    fuse_request(S_ISDIR(vn->mode) ? FUSE_RMDIR : FUSE_UNLINK, dir->nodeid);
	struct name nm = name_of(name, len);
	int error = let_go(vn);

	if (error != 0)
		return error;
	fuse_in_name(&r, nm.text);
	error = fuse_call(fuse_of(dir), &r);
	changed(dir);
	if (error == 0)
		unnamed(vn, dir);
	if (error == 0 || error == ENOENT)
		fuse_name_forget(dir, name, len);
	return error;
}

static int
call_rename(struct fuse_node *fdir, const char from[], struct fuse_node *tdir, const char to[],
    unsigned flags)
{
	struct fuse_request r = fuse_request(flags != 0 ? FUSE_RENAME2 : FUSE_RENAME, fdir->nodeid);
	struct fuse_rename2_in in2 = {.newdir = tdir->nodeid, .flags = flags};
	struct fuse_rename_in in = {.newdir = tdir->nodeid};
	int error;

	if (flags != 0)
		fuse_in(&r, &in2, sizeof in2);
	else
		fuse_in(&r, &in, sizeof in);
	fuse_in_name(&r, from);
	fuse_in_name(&r, to);
	error = fuse_call(fuse_of(fdir), &r);
	changed(fdir);
	changed(tdir);
	return error == ENOSYS && flags != 0 ? EINVAL : error;
}

/* The name of a node that was just given this one. */
static void
renamed(struct fuse_node *dir, const char *name, size_t len, struct vnode *vn)
{
	struct fuse_entry_out e = {.entry_valid = 1};

	fuse_name_add(dir, name, len, fuse_node_of(vn), &e);
	fuse_node_outdated(fuse_node_of(vn));
}

static int
fuse_rename(struct vnode *fdirvn, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdirvn, const char *tname, size_t tlen, struct vnode *over, unsigned flags)
{
	struct fuse_node *fdir = fuse_node_of(fdirvn), *tdir = fuse_node_of(tdirvn);
	struct name from = name_of(fname, flen), to = name_of(tname, tlen);
	bool exchange = (flags & RENAME_EXCHANGE) != 0;
	int error = over != NULL && !exchange ? let_go(over) : 0;

	if (error == 0)
		error = call_rename(fdir, from.text, tdir, to.text, flags);
	if (error != 0)
		return error;
	fuse_name_forget(fdir, fname, flen);
	fuse_name_forget(tdir, tname, tlen);
	renamed(tdir, tname, tlen, vn);
	if (exchange)
		renamed(fdir, fname, flen, over);
	else if (over != NULL)
		unnamed(over, tdir);
	return 0;
}

static int
fuse_readlink(struct vnode *vn, char ret_target[PATH_MAX])
{
	struct fuse_request r = fuse_request(FUSE_READLINK, fuse_node_of(vn)->nodeid);
	int error;

	r.out = ret_target;
	r.out_size = PATH_MAX - 1;
	error = fuse_call(fuse_of(fuse_node_of(vn)), &r);
	if (error != 0)
		return error;
	ret_target[r.out_len] = '\0';
	return ret_target[0] == '\0' ? ENOENT : 0;
}

const struct vnode_ops fuse_vnode_ops = {
    .lookup = fuse_lookup,
    .parent = fuse_parent,
    .name = fuse_name,
    .create = fuse_create,
    .link = fuse_link,
    .remove = fuse_remove,
    .rename = fuse_rename,
    .readdir = fuse_readdir,
    .readlink = fuse_readlink,
    .refresh = fuse_refresh,
    .access = fuse_access,
    .access_asked = fuse_access_asked,
    .getattr = fuse_getattr,
    .setattr = fuse_setattr,
    .open = fuse_open,
    .read_in = fuse_read_in,
    .fsync = fuse_fsync,
    .closed = fuse_closed,
    .getxattr = fuse_getxattr,
    .setxattr = fuse_setxattr,
    .listxattr = fuse_listxattr,
    .inactive = fuse_inactive,
};
