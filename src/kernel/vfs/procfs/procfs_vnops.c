/* SPDX-License-Identifier: BSD-2-Clause */
/* procfs: lookup, readdir, links, opening; the table of its operations. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/hostobj.h"
#include "vfs/placeholder.h"
#include "vfs/procfs/procfs.h"

/* Cookies: behind ".", "..", the entries of the table, the numbers. */
enum { AFTER_DOT = 1, AFTER_DOTDOT = 2, AFTER_NUMBERS = 1 << 16 };

/* A name that is a number, without leading zeros; -1. */
static int
number_of(const char *name, size_t len)
{
	int n = 0;

	if (len == 0 || len > 9 || (len > 1 && name[0] == '0'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		n = n * 10 + (name[i] - '0');
	}
	return n;
}

/* Where an entry's contents are described. */
static const struct procfs_entry *
body_of(const struct procfs_entry *e)
{
	return e->plugged != NULL ? *e->plugged : e;
}

static int
number_in(const struct procfs_entry *dir, const char *name, size_t len)
{
	if (dir->next == NULL)
		return -1;
	return dir->names != NULL ? dir->names->number(name, len) : number_of(name, len);
}

static void
name_in(const struct procfs_entry *dir, int number, char name[NAME_MAX + 1])
{
	if (dir->names != NULL)
		dir->names->name(number, name);
	else
		snprintf(name, NAME_MAX + 1, "%d", number);
}

/* What of the directory's process another entry is. */
static struct procfs_of
beside(const struct procfs_of *dir, const struct procfs_entry *e)
{
	return (struct procfs_of){.entry = e, .pid = dir->pid, .num = dir->num};
}

/* What the number in this directory names. */
static int
find_number(const struct procfs_of *dir, int number, struct procfs_of *ret)
{
	const struct procfs_entry *body = body_of(dir->entry);
	const struct proc *p;
	int found = number;

	if (body->next(dir, &found) != 0 || found != number)
		return ENOENT;
	*ret = (struct procfs_of){.entry = body->numbered, .pid = dir->pid, .num = number};
	if (dir->entry != &procfs_root)
		return 0;
	p = procfs_find(number);
	if (p == NULL)
		return ENOENT;
	ret->pid = p->pid;
	ret->num = -1;
	return 0;
}

static bool
is_there(const struct procfs_of *dir, const struct procfs_entry *e)
{
	return e->is_there == NULL || e->is_there(dir);
}

static int
procfs_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret)
{
	struct procfs_node *n = procfs_node_of(dir);
	const struct procfs_entry *e = body_of(n->of.entry);
	int number = number_in(e, name, len);
	struct procfs_of of;

	if (dir->nlink == 0)
		return ENOENT;
	if (number != -1)
		return find_number(&n->of, number, &of) != 0
			   ? ENOENT
			   : procfs_node_get(dir->mount, of, n, ret);
	for (e = e->children; e != NULL && e->name != NULL; e++)
		if (strlen(e->name) == len && memcmp(e->name, name, len) == 0 &&
		    is_there(&n->of, e))
			return procfs_node_get(dir->mount, beside(&n->of, e), n, ret);
	return ENOENT;
}

static int
procfs_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len)
{
	const struct procfs_of *of = &procfs_node_of(vn)->of;
	const struct procfs_node *parent = procfs_node_of(vn)->parent;
	const struct proc *p = proc_find(of->pid);

	if (parent == NULL || (of->pid != 0 && p == NULL))
		return ENOENT;
	if (of->entry->name != NULL)
		snprintf(ret_name, NAME_MAX + 1, "%s", of->entry->name);
	else
		name_in(body_of(parent->of.entry),
		    of->num != -1 ? of->num : (int)procfs_shown_pid(p), ret_name);
	*ret_len = strlen(ret_name);
	return *ret_len == 0 ? ENOENT : 0;
}

static int
procfs_parent(struct vnode *vn, struct vnode **ret)
{
	struct procfs_node *parent = procfs_node_of(vn)->parent;

	*ret = vnode_get(parent == NULL ? vn : &parent->v);
	return 0;
}

/* Nothing is made or removed here. */
static int
procfs_create(struct vnode *dir, const char *name, size_t len, const struct vnode_new *what,
    struct vnode **ret)
{
	(void)dir, (void)name, (void)len, (void)what, (void)ret;
	return ENOENT;
}

static int
procfs_tmpfile(struct vnode *dir, const struct vnode_new *what, struct vnode **ret)
{
	(void)dir, (void)what, (void)ret;
	return EOPNOTSUPP;
}

static int
procfs_link(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	(void)dir, (void)name, (void)len, (void)vn;
	return EPERM;
}

static int
procfs_remove(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	(void)dir, (void)name, (void)len, (void)vn;
	return EPERM;
}

static int
procfs_rename(struct vnode *fdir, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdir, const char *tname, size_t tlen, struct vnode *over, unsigned flags)
{
	(void)fdir, (void)fname, (void)flen, (void)vn, (void)tdir, (void)tname, (void)tlen;
	(void)over, (void)flags;
	return EPERM;
}

struct reading {
	const struct procfs_node *dir;
	uint64_t *cookie;
	readdir_fn *emit;
	void *arg;
};

static bool
put(struct reading *r, const struct procfs_of *of, const char *name, uint64_t next)
{
	if (!r->emit(r->arg, procfs_ino(of), (unsigned char)IFTODT(of->entry->mode), name,
		strlen(name), next))
		return false;
	*r->cookie = next;
	return true;
}

static bool
put_numbers(struct reading *r)
{
	const struct procfs_of *dir = &r->dir->of;
	int num = *r->cookie <= AFTER_NUMBERS ? 0 : (int)(*r->cookie - AFTER_NUMBERS);
	const struct procfs_entry *body = body_of(dir->entry);
	struct procfs_of of;
	char name[NAME_MAX + 1];

	for (; body->next(dir, &num) == 0; num++) {
		if (find_number(dir, num, &of) != 0)
			continue;
		name_in(body, num, name);
		if (!put(r, &of, name, AFTER_NUMBERS + (uint64_t)num + 1))
			return false;
	}
	return true;
}

static int
procfs_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	const struct procfs_node *n = procfs_node_of(dir), *up = n->parent == NULL ? n : n->parent;
	const struct procfs_entry *body = body_of(n->of.entry), *e = body->children;
	struct reading r = {.dir = n, .cookie = cookie, .emit = emit, .arg = arg};
	uint64_t next = AFTER_DOTDOT;
	struct procfs_of of;

	if (dir->nlink == 0)
		return ENOENT;
	if (*cookie < AFTER_DOT && !put(&r, &n->of, ".", AFTER_DOT))
		return 0;
	if (*cookie < AFTER_DOTDOT && !put(&r, &up->of, "..", AFTER_DOTDOT))
		return 0;
	for (; e != NULL && e->name != NULL; e++) {
		of = beside(&n->of, e);
		if (*cookie < ++next && is_there(&n->of, e) && !put(&r, &of, e->name, next))
			return 0;
	}
	if (body->next != NULL)
		put_numbers(&r);
	return 0;
}

/* What is secret is for the process's user. */
static bool
may_see(const struct vnode *vn)
{
	return !procfs_node_of((struct vnode *)vn)->of.entry->secret ||
	       vnode_is_owner(vn, &curlwp->proc->cred);
}

static int
procfs_readlink(struct vnode *vn, char ret_target[PATH_MAX])
{
	const struct procfs_of *of = &procfs_node_of(vn)->of;

	return may_see(vn) ? of->entry->link(of, ret_target) : EACCES;
}

/* A link that is only its text goes on at that. */
static int
procfs_follow(struct vnode *vn, struct vnode **ret)
{
	const struct procfs_of *of = &procfs_node_of(vn)->of;

	if (!may_see(vn))
		return EACCES;
	return of->entry->follow == NULL ? VNODE_FOLLOW_TEXT : of->entry->follow(of, ret);
}

static int
procfs_setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	/* The length of what is to be written means nothing. */
	return attr->set == ATTR_SIZE && procfs_node_of(vn)->of.entry->store != NULL ? 0 : EPERM;
}

static int
write_text(const struct procfs_of *of, FILE *out)
{
	char path[PATH_MAX];
	int error;

	if (of->entry->show != NULL)
		return of->entry->show(of, out);
	if (of->pid == 0)
		return procfs_copy_host(of->entry->host, out);
	error = procfs_host_path(of, of->entry->host, path);
	return error == ESRCH ? 0 : procfs_copy_host(path, out);
}

/* A host object with the text that the file has now. */
static int
new_snapshot(const struct procfs_of *of, int *ret_fd)
{
	CLEANUP_FD int fd = -1, own = -1;
	FILE *out;
	int error = hostobj_new(&fd);

	if (error != 0)
		return error == EMFILE ? ENFILE : error;
	own = hostobj_reopen(fd, O_WRONLY);
	out = own == -1 ? NULL : fdopen(own, "w");
	if (out == NULL)
		return errno == EMFILE ? ENFILE : errno;
	take_fd(&own);
	error = write_text(of, out);
	if (fclose(out) != 0 && error == 0)
		error = errno;
	if (error == 0)
		*ret_fd = take_fd(&fd);
	return error;
}

/* An object to be written to; programs tell when they close it by the mark that its mode has. */
static int
open_to_write(struct procfs_node *n, int flags, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	int error;

	if (n->of.entry->store == NULL)
		return EACCES;
	error = (flags & O_ACCMODE) == O_RDWR && (flags & O_TRUNC) == 0 ? new_snapshot(&n->of, &fd)
									: hostobj_new(&fd);
	if (error != 0)
		return error;
	fchmod(fd, S_ISVTX | 0600);
	if (n->written != -1)
		close(n->written);
	n->written = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	n->taken = 0;
	if (n->written == -1)
		return ENFILE;
	return placeholder_open_object(&n->v, take_fd(&fd), flags & ~O_DIRECT, ret_fd);
}

static int
procfs_closed(struct vnode *vn)
{
	struct procfs_node *n = procfs_node_of(vn);
	char text[4096];
	ssize_t len;

	/* There may be other descriptors of it: a shell closes one before it writes to another. */
	len = n->written == -1 ? 0 : pread(n->written, text, sizeof text - 1, n->taken);
	if (len <= 0)
		return 0;
	n->taken += len;
	text[len] = '\0';
	return n->of.entry->store(&n->of, text);
}

static int
procfs_open(struct vnode *vn, int flags, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	int error;

	if (!may_see(vn))
		return EACCES;
	if (vnode_is_dir(vn) || (flags & O_PATH) != 0)
		return placeholder_open(vn, flags, ret_fd);
	if ((flags & O_ACCMODE) != O_RDONLY)
		return open_to_write(procfs_node_of(vn), flags, ret_fd);
	error = new_snapshot(&procfs_node_of(vn)->of, &fd);
	if (error != 0)
		return error;
	return placeholder_open_object(vn, take_fd(&fd), flags & ~O_DIRECT, ret_fd);
}

const struct vnode_ops procfs_vnode_ops = {
    .lookup = procfs_lookup,
    .name = procfs_name,
    .parent = procfs_parent,
    .create = procfs_create,
    .tmpfile = procfs_tmpfile,
    .link = procfs_link,
    .remove = procfs_remove,
    .rename = procfs_rename,
    .readdir = procfs_readdir,
    .readlink = procfs_readlink,
    .follow = procfs_follow,
    .refresh = procfs_refresh,
    .getattr = procfs_getattr,
    .setattr = procfs_setattr,
    .open = procfs_open,
    .closed = procfs_closed,
    .inactive = procfs_inactive,
};
