/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes: birth and death, attributes and times.
 *
 * A regular file with a memfd has its length, blocks and times there, for programs read and write
 * it without us.  ctime is both sides' business: ours (link, rename, xattr) is in the node, and the
 * host's counts once it differs from what we saw after our own last act on the memfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "dcache/dcache.h"
#include "kern/clock.h"
#include "vfs/hostobj.h"
#include "vfs/hoststore.h"
#include "vfs/publish.h"
#include "vfs/tmpfs/tmpfs.h"

#define DIRENT_SIZE       20  /* what a name adds to st_size, as in Linux's tmpfs */
#define SHORT_SYMLINK_LEN 128 /* shorter targets take no block */

/*
 * The time as the host's tmpfs would stamp a change.  Asking for it there, rather than a clock,
 * keeps our stamps and those of memfds in one order: the host's are coarse unless somebody looks.
 * One system call has one time.
 */
struct timespec
tmpfs_now(struct tmpfs *fs)
{
	struct stat st;

	if (fs->now_call != 0 && fs->now_call == clock_call())
		return fs->now;
	if (futimens(fs->clock_fd, NULL) == -1 || fstat(fs->clock_fd, &st) == -1)
		clock_gettime(CLOCK_REALTIME_COARSE, &st.st_mtim);
	tmpfs_stamped(fs, st.st_mtim);
	return fs->now;
}

void
tmpfs_stamped(struct tmpfs *fs, struct timespec now)
{
	fs->now = now;
	fs->now_call = clock_call();
}

/*
 * Inode numbers of our own.  A file that was born with a memfd has the memfd's, which the host
 * counts up from 1; ours begin where it hardly comes.
 */
static ino_t last_ino = UINT64_C(1) << 32;

/* The times are those of the host object, if it is born with one. */
static int
fill(struct tmpfs_node *n, const struct vnode_new *what)
{
	if (S_ISLNK(what->mode)) {
		n->target = strdup(what->target);
		if (n->target == NULL)
			return ENOSPC;
	}
	if (what->opened)
		return tmpfs_host_born(n);
	n->btime = tmpfs_now(tmpfs_of(n));
	n->atime = n->mtime = n->ctime = n->btime;
	return 0;
}

int
tmpfs_node_new(struct tmpfs *fs, const struct vnode_new *what, struct tmpfs_node **ret)
{
	struct tmpfs_node *n;
	int error;

	if (fs->nodes >= fs->limits.nodes_max)
		return ENOSPC;
	n = calloc(1, sizeof *n);
	if (n == NULL)
		return ENOSPC;
	n->v = (struct vnode){
	    .ops = &tmpfs_vnode_ops,
	    .mount = &fs->mount,
	    .refs = 1,
	    .ino = ++last_ino,
	    .mode = what->mode,
	    .uid = what->uid,
	    .gid = what->gid,
	    .nlink = S_ISDIR(what->mode) ? 2 : 1,
	    .rdev = what->rdev,
	    .inode_flags = what->inode_flags,
	};
	n->hostfd = -1;
	TAILQ_INIT(&n->dir.order);
	LIST_INSERT_HEAD(&fs->all, n, all);
	fs->nodes++;
	error = fill(n, what);
	if (error != 0)
		tmpfs_node_free(n);
	else
		*ret = n;
	return error;
}

struct tmpfs_node *
tmpfs_node_free(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);
	bool removed_dir = S_ISDIR(n->v.mode) && n->v.nlink == 0;
	struct tmpfs_node *above = removed_dir ? n->dir.parent : NULL;

	tmpfs_changed(n);
	tmpfs_zombie_forget(n);
	tmpfs_host_drop(n);
	if (n->stored != 0)
		hoststore_remove(fs->store, n->stored);
	tmpfs_xattr_free(n);
	vnode_release_special(&n->v);
	LIST_REMOVE(n, all);
	fs->nodes--;
	free(n->target);
	free(n->parked);
	free(n);
	return above;
}

void
tmpfs_touch(struct tmpfs_node *n, bool contents)
{
	n->ctime = tmpfs_now(tmpfs_of(n));
	if (contents)
		n->mtime = n->ctime;
	tmpfs_changed(n);
}

static bool
is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* relatime: a first read after a change, or after a day. */
void
tmpfs_accessed(struct tmpfs_node *n)
{
	if (is_later(n->atime, n->mtime) && is_later(n->atime, n->ctime) &&
	    time(NULL) - n->atime.tv_sec < 24 * 60 * 60)
		return;
	n->atime = tmpfs_now(tmpfs_of(n));
	tmpfs_changed(n);
}

/* All but what the host object of a regular file knows. */
static void
own_attr(const struct tmpfs_node *n, struct stat *st, struct timespec *ret_btime)
{
	st->st_atim = n->atime;
	st->st_mtim = n->mtime;
	st->st_ctim = n->ctime;
	*ret_btime = n->btime;
	if (S_ISDIR(n->v.mode)) {
		st->st_size = (off_t)(n->dir.count + 2) * DIRENT_SIZE;
	} else if (S_ISLNK(n->v.mode)) {
		st->st_size = (off_t)strlen(n->target);
		st->st_blocks = st->st_size < SHORT_SYMLINK_LEN ? 0 : 8;
	} else if (S_ISREG(n->v.mode) && n->hostfd == -1) {
		st->st_size = (off_t)n->parked_len;
		st->st_blocks = n->parked_blocks;
	}
}

int
tmpfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct stat host;

	own_attr(n, st, ret_btime);
	if (!S_ISREG(vn->mode) || n->hostfd == -1)
		return 0;
	if (fstat(n->hostfd, &host) == -1)
		return errno;
	st->st_mode = vn->mode;
	dcache_merge(st, &host, n->host_ctime);
	vn->mode = st->st_mode;
	return 0;
}

int
tmpfs_refresh(struct vnode *vn)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct stat host;

	if (!S_ISREG(vn->mode) || (vn->mode & (S_ISUID | S_ISGID)) == 0 || n->hostfd == -1)
		return 0;
	if (fstat(n->hostfd, &host) == -1)
		return errno;
	vn->mode &= host.st_mode | ~(mode_t)(S_ISUID | S_ISGID);
	return 0;
}

void
tmpfs_publish(const struct vnode *vn, struct dcache_facts *f)
{
	const struct tmpfs_node *n = (const struct tmpfs_node *)vn;

	own_attr(n, &f->st, &f->btime);
	if (n->xattrs != NULL)
		f->flags |= DCACHE_ACL;
	if (n->host_is_owned)
		f->flags |= DCACHE_SAME_OWNER;
	f->object_number = n->host_number;
	f->object_fd = n->hostfd;
	f->object_ctime = n->host_ctime;
}

void
tmpfs_changed(const struct tmpfs_node *n)
{
	publish_forget(n->v.ino);
	if (n->host_number != 0)
		publish_forget(n->host_number);
}

/* The host stamps the times, or does not, as truncate(2) is to. */
static int
set_size(struct tmpfs_node *n, off_t size)
{
	char path[HOSTOBJ_PATH_MAX];
	CLEANUP_FD int fd = -1; /* while it is open nobody gets a lease to wait for */
	int error;

	if (n->hostfd == -1 && size == 0 && n->parked_len == 0)
		return 0;
	error = tmpfs_host_need(n);
	if (error == 0)
		error = tmpfs_host_write_fd(n, &fd);
	if (error != 0)
		return error;
	hostobj_path(fd, path);
	return truncate(path, size) == -1 ? errno : 0;
}

static void
set_owner(struct tmpfs_node *n, const struct vnode_attr *attr)
{
	if ((attr->set & ATTR_UID) != 0)
		n->v.uid = attr->uid;
	if ((attr->set & ATTR_GID) != 0)
		n->v.gid = attr->gid;
	if ((attr->set & ATTR_MODE) != 0)
		n->v.mode = (n->v.mode & S_IFMT) | attr->mode;
	if (n->hostfd == -1)
		return;
	/* So that others see the same in the memfd.  Only root can give files away; an unprivileged
	 * server keeps them its own. */
	if ((attr->set & (ATTR_UID | ATTR_GID)) != 0 && fchown(n->hostfd, n->v.uid, n->v.gid) == -1)
		return;
	fchmod(n->hostfd, tmpfs_host_mode(n));
}

static void
set_times(struct tmpfs_node *n, const struct vnode_attr *attr)
{
	struct timespec now = tmpfs_now(tmpfs_of(n));

	if ((attr->set & ATTR_ATIME_NOW) != 0)
		n->atime = now;
	else if ((attr->set & ATTR_ATIME) != 0)
		n->atime = attr->atime;
	if ((attr->set & ATTR_MTIME_NOW) != 0)
		n->mtime = now;
	else if ((attr->set & ATTR_MTIME) != 0)
		n->mtime = attr->mtime;
	if (n->hostfd != -1) {
		struct timespec ts[2] = {n->atime, n->mtime};

		if ((attr->set & (ATTR_ATIME | ATTR_ATIME_NOW)) == 0)
			ts[0].tv_nsec = UTIME_OMIT;
		if ((attr->set & (ATTR_MTIME | ATTR_MTIME_NOW)) == 0)
			ts[1].tv_nsec = UTIME_OMIT;
		futimens(n->hostfd, ts);
	}
}

int
tmpfs_set_inode_flags(struct vnode *vn, unsigned flags)
{
	vn->inode_flags = flags;
	tmpfs_touch(tmpfs_node_of(vn), false);
	return 0;
}

int
tmpfs_setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	int error = 0;

	if ((attr->set & ATTR_SIZE) != 0)
		error = set_size(n, attr->size);
	if (error != 0 || attr->set == ATTR_SIZE)
		return error;
	if ((attr->set & (ATTR_UID | ATTR_GID | ATTR_MODE)) != 0)
		set_owner(n, attr);
	if ((attr->set & (ATTR_ATIME | ATTR_ATIME_NOW | ATTR_MTIME | ATTR_MTIME_NOW)) != 0)
		set_times(n, attr);
	tmpfs_touch(n, false);
	tmpfs_host_sync(n);
	return 0;
}
