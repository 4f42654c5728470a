/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes of hostfs, and their attributes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/hostfs/hostfs.h"

struct hostfs_path
hostfs_path(int fd)
{
	struct hostfs_path p;

	snprintf(p.text, sizeof p.text, "/proc/self/fd/%d", fd);
	return p;
}

int
hostfs_error(void)
{
	return errno == EMFILE ? ENFILE : errno;
}

static void
copy_attributes(struct vnode *vn, const struct stat *st)
{
	vn->ino = st->st_ino;
	vn->mode = st->st_mode;
	vn->uid = st->st_uid;
	vn->gid = st->st_gid;
	vn->nlink = st->st_nlink;
	vn->rdev = st->st_rdev;
}

static int
new_node(struct mount *mp, int fd, struct hostfs_id id, struct hostfs_node **ret)
{
	struct hostfs *fs = (struct hostfs *)mp;
	struct hostfs_node *n = calloc(1, sizeof *n);

	if (n == NULL)
		return ENOMEM;
	n->v = (struct vnode){.ops = &hostfs_vnode_ops, .mount = mp};
	n->id = id;
	n->fd = fd;
	n->new_mode = n->stream = -1;
	HASH_ADD(hh, fs->nodes, id, sizeof n->id, n);
	if (n->hh.tbl == NULL) {
		free(n);
		return ENOMEM;
	}
	*ret = n;
	return 0;
}

int
hostfs_node_get(struct mount *mp, int fd, struct vnode **ret)
{
	struct hostfs *fs = (struct hostfs *)mp;
	struct hostfs_node *n = NULL;
	struct hostfs_id id;
	struct stat st;
	int error;

	if (fstatat(fd, "", &st, AT_EMPTY_PATH) == -1) {
		error = errno;
		close(fd);
		return error;
	}
	id = (struct hostfs_id){st.st_dev, st.st_ino};
	HASH_FIND(hh, fs->nodes, &id, sizeof id, n);
	if (n != NULL) {
		close(fd);
	} else {
		error = new_node(mp, fd, id, &n);
		if (error != 0) {
			close(fd);
			return error;
		}
	}
	copy_attributes(&n->v, &st);
	*ret = vnode_get(&n->v);
	return 0;
}

/* It was to be opened and was not. */
static void
settle_mode(struct hostfs_node *n)
{
	if (n->new_mode != -1)
		chmod(hostfs_path(n->fd).text, (mode_t)n->new_mode);
}

void
hostfs_node_free(struct hostfs_node *n)
{
	struct hostfs *fs = (struct hostfs *)n->v.mount;

	settle_mode(n);
	HASH_DEL(fs->nodes, n);
	vnode_release_special(&n->v);
	if (n->stream != -1)
		close(n->stream);
	close(n->fd);
	free(n);
}

void
hostfs_inactive(struct vnode *vn)
{
	/* A socket that is bound to this name is found by it. */
	if (vn->socket == NULL || vn->nlink == 0)
		hostfs_node_free(hostfs_node_of(vn));
}

int
hostfs_refresh(struct vnode *vn)
{
	struct stat st;

	if (fstatat(hostfs_node_of(vn)->fd, "", &st, AT_EMPTY_PATH) == -1)
		return errno;
	copy_attributes(vn, &st);
	return 0;
}

int
hostfs_access(struct vnode *vn, const struct cred *c, int accmode)
{
	int error = vnode_mode_access(vn, c, accmode);

	/* Access control lists of the host may grant more. */
	if (error == EACCES && c->fsuid == geteuid() &&
	    faccessat(AT_FDCWD, hostfs_path(hostfs_node_of(vn)->fd).text, accmode, AT_EACCESS) == 0)
		error = 0;
	return error;
}

static struct timespec
to_timespec(struct statx_timestamp t)
{
	return (struct timespec){.tv_sec = t.tv_sec, .tv_nsec = t.tv_nsec};
}

int
hostfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	struct statx x;

	if (statx(hostfs_node_of(vn)->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &x) ==
	    -1)
		return errno;
	*st = (struct stat){
	    .st_dev = makedev(x.stx_dev_major, x.stx_dev_minor),
	    .st_ino = x.stx_ino,
	    .st_mode = x.stx_mode,
	    .st_nlink = x.stx_nlink,
	    .st_uid = x.stx_uid,
	    .st_gid = x.stx_gid,
	    .st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
	    .st_size = (off_t)x.stx_size,
	    .st_blksize = (blksize_t)x.stx_blksize,
	    .st_blocks = (blkcnt_t)x.stx_blocks,
	    .st_atim = to_timespec(x.stx_atime),
	    .st_mtim = to_timespec(x.stx_mtime),
	    .st_ctim = to_timespec(x.stx_ctime),
	};
	*ret_btime = to_timespec(x.stx_btime);
	copy_attributes(vn, st);
	return 0;
}

static int
set_times(int fd, const struct vnode_attr *attr)
{
	struct timespec ts[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};

	if ((attr->set & ATTR_ATIME) != 0)
		ts[0] = attr->atime;
	if ((attr->set & ATTR_ATIME_NOW) != 0)
		ts[0].tv_nsec = UTIME_NOW;
	if ((attr->set & ATTR_MTIME) != 0)
		ts[1] = attr->mtime;
	if ((attr->set & ATTR_MTIME_NOW) != 0)
		ts[1].tv_nsec = UTIME_NOW;
	return utimensat(fd, "", ts, AT_EMPTY_PATH);
}

static int
set_owner(int fd, const struct vnode_attr *attr)
{
	return fchownat(fd, "", (attr->set & ATTR_UID) != 0 ? attr->uid : (uid_t)-1,
	    (attr->set & ATTR_GID) != 0 ? attr->gid : (gid_t)-1, AT_EMPTY_PATH);
}

int
hostfs_setattr(struct vnode *vn, const struct vnode_attr *attr)
{
	const unsigned times = ATTR_ATIME | ATTR_ATIME_NOW | ATTR_MTIME | ATTR_MTIME_NOW;
	struct hostfs_path path = hostfs_path(hostfs_node_of(vn)->fd);
	int fd = hostfs_node_of(vn)->fd, rc = 0;

	if ((attr->set & ATTR_SIZE) != 0)
		rc = truncate(path.text, attr->size);
	if (rc == 0 && (attr->set & (ATTR_UID | ATTR_GID)) != 0)
		rc = set_owner(fd, attr);
	if (rc == 0 && (attr->set & ATTR_MODE) != 0)
		rc = chmod(path.text, attr->mode);
	if (rc == 0 && (attr->set & times) != 0)
		rc = set_times(fd, attr);
	return rc == -1 ? errno : hostfs_refresh(vn);
}
