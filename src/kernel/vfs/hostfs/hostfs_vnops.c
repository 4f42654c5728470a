/* SPDX-License-Identifier: BSD-2-Clause */
/* hostfs: names, and the table of its operations. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vfs/hostfs/hostfs.h"

struct name {
	char text[NAME_MAX + 1];
};

static struct name
terminated(const char *name, size_t len)
{
	struct name n;

	memcpy(n.text, name, len);
	n.text[len] = '\0';
	return n;
}

/* Makes the object and opens it by its name. */
static int
make(int dir, const char *name, const struct vnode_new *what, mode_t mode, int *ret_fd)
{
	int rc, flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;

	if (S_ISREG(mode)) {
		rc = openat(
		    dir, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
		if (rc != -1)
			close(rc);
	} else if (S_ISDIR(mode)) {
		rc = mkdirat(dir, name, mode & 07777);
	} else if (S_ISLNK(mode)) {
		rc = symlinkat(what->target, dir, name);
	} else {
		rc = mknodat(dir, name, mode, what->rdev);
	}
	*ret_fd = rc == -1 ? -1 : openat(dir, name, flags);
	return *ret_fd == -1 ? hostfs_error() : 0;
}

/* The owner and mode that it is to have, as far as the host lets the server. */
static int
dress(struct vnode *vn, const struct vnode_new *what, mode_t mode)
{
	struct hostfs_node *n = hostfs_node_of(vn);
	bool give = vn->uid != what->uid || vn->gid != what->gid;

	if (give && fchownat(n->fd, "", what->uid, what->gid, AT_EMPTY_PATH) == -1 &&
	    errno != EPERM)
		return errno;
	if (give && hostfs_refresh(vn) != 0)
		return EIO;
	if (!S_ISLNK(mode) && vn->mode != mode &&
	    chmod(hostfs_path(n->fd).text, mode & 07777) == -1)
		return errno;
	return give || vn->mode != mode ? hostfs_refresh(vn) : 0;
}

/* The mode to make it with: a file that is to be opened at once must let the server do so. */
static mode_t
first_mode(const struct vnode_new *what)
{
	return what->opened && S_ISREG(what->mode) ? what->mode | 0600 : what->mode;
}

/* The node of what was just made. */
static int
finish(struct mount *mp, int fd, const struct vnode_new *what, struct vnode **ret)
{
	mode_t mode = first_mode(what);
	int error = hostfs_node_get(mp, fd, ret);

	if (error == 0)
		error = dress(*ret, what, mode);
	if (error == 0 && mode != what->mode)
		hostfs_node_of(*ret)->new_mode = what->mode & 07777;
	return error;
}

static int
hostfs_create(struct vnode *dir, const char *name, size_t len, const struct vnode_new *what,
    struct vnode **ret)
{
	struct name n = terminated(name, len);
	int error, fd;

	error = make(hostfs_node_of(dir)->fd, n.text, what, first_mode(what), &fd);
	return error != 0 ? error : finish(dir->mount, fd, what, ret);
}

static int
hostfs_tmpfile(struct vnode *dir, const struct vnode_new *what, struct vnode **ret)
{
	int fd = open(hostfs_path(hostfs_node_of(dir)->fd).text,
	    O_TMPFILE | O_RDWR | O_CLOEXEC | (what->linkable ? 0 : O_EXCL),
	    first_mode(what) & 07777);

	return fd == -1 ? hostfs_error() : finish(dir->mount, fd, what, ret);
}

static int
hostfs_link(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct name n = terminated(name, len);

	if (linkat(AT_FDCWD, hostfs_path(hostfs_node_of(vn)->fd).text, hostfs_node_of(dir)->fd,
		n.text, AT_SYMLINK_FOLLOW) == -1)
		return errno;
	return hostfs_refresh(vn);
}

static int
hostfs_remove(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct name n = terminated(name, len);

	if (unlinkat(hostfs_node_of(dir)->fd, n.text, vnode_is_dir(vn) ? AT_REMOVEDIR : 0) == -1)
		return errno;
	return hostfs_refresh(vn);
}

static int
hostfs_rename(struct vnode *fdir, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdir, const char *tname, size_t tlen, struct vnode *over, unsigned flags)
{
	struct name from = terminated(fname, flen), to = terminated(tname, tlen);

	if (renameat2(hostfs_node_of(fdir)->fd, from.text, hostfs_node_of(tdir)->fd, to.text,
		flags) == -1)
		return errno;
	if (over != NULL)
		hostfs_refresh(over);
	return hostfs_refresh(vn);
}

static int
hostfs_readlink(struct vnode *vn, char ret_target[PATH_MAX])
{
	ssize_t len = readlinkat(hostfs_node_of(vn)->fd, "", ret_target, PATH_MAX - 1);

	if (len == -1)
		return errno;
	ret_target[len] = '\0';
	return 0;
}

const struct vnode_ops hostfs_vnode_ops = {
    .lookup = hostfs_lookup,
    .name = hostfs_name,
    .parent = hostfs_parent,
    .create = hostfs_create,
    .tmpfile = hostfs_tmpfile,
    .link = hostfs_link,
    .remove = hostfs_remove,
    .rename = hostfs_rename,
    .readdir = hostfs_readdir,
    .readlink = hostfs_readlink,
    .refresh = hostfs_refresh,
    .access = hostfs_access,
    .getattr = hostfs_getattr,
    .setattr = hostfs_setattr,
    .open = hostfs_open,
    .open_special = true,
    .getxattr = hostfs_getxattr,
    .setxattr = hostfs_setxattr,
    .listxattr = hostfs_listxattr,
    .inactive = hostfs_inactive,
};
