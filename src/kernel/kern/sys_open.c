/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that open files, and those that the hijacker makes about what it has open. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>

#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "socket/deleg.h"
#include "syscall/sys_proto.h"
#include "vfs/hoststore.h"
#include "vfs/names.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"

/* open(2) ignores what it does not know. */
static struct open_how
how_of(int flags, mode_t mode)
{
	return (struct open_how){.flags = (unsigned)(flags & ~VNODE_PARTS), .mode = mode & 07777};
}

/* openat2(2) takes nothing that would not count. */
static int
check_how(const struct open_how *how)
{
	const uint64_t known = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |
			       O_NONBLOCK | O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | O_DIRECTORY |
			       O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE |
			       O_LARGEFILE;
	const uint64_t place = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	const uint64_t scopes = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
	bool creates = (how->flags & O_CREAT) != 0 || (how->flags & O_TMPFILE & ~O_DIRECTORY) != 0;

	if ((how->flags & ~known) != 0 ||
	    (how->resolve & ~(uint64_t)(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |
					RESOLVE_NO_SYMLINKS | RESOLVE_CACHED | scopes)) != 0 ||
	    (how->resolve & scopes) == scopes)
		return EINVAL;
	if ((how->mode & ~(uint64_t)07777) != 0 || (!creates && how->mode != 0))
		return EINVAL;
	if ((how->flags & O_PATH) != 0 && (how->flags & ~place) != 0)
		return EINVAL;
	if ((how->resolve & RESOLVE_CACHED) != 0 && (creates || (how->flags & O_TRUNC) != 0))
		return EAGAIN;
	return 0;
}

static int
get_how(struct lwp *l, struct uin uhow, struct open_how *how)
{
	struct {
		struct open_how known;
		char more[512 - sizeof(struct open_how)]; /* of later versions: must be zero */
	} u = {0};
	int error;

	if (uhow.len < sizeof *how)
		return EINVAL;
	if (uhow.len > sizeof u)
		return E2BIG;
	error = uin_get(l, uhow, 0, &u, uhow.len);
	if (error != 0)
		return error;
	for (size_t i = 0; i < sizeof u.more; i++)
		if (u.more[i] != 0)
			return E2BIG;
	*how = u.known;
	return check_how(how);
}

int
sys_openat(
    struct lwp *l, uint64_t dirfd, struct upath path, int flags, mode_t mode, int64_t *retval)
{
	struct open_how how = how_of(flags, mode);
	struct vnode *vn;
	struct file *f;
	char buf[PATH_MAX];
	int error, hostfd, fd;

	error = upath_get(l, path, buf, true);
	if (error == 0)
		error = vfs_open(l, dirfd, buf, &how, &vn, &hostfd);
	if (error != 0)
		return error;
	error = vnode_file_new(vn, hostfd, flags, &f);
	if (error != 0) {
		vnode_unref(vn);
		return error;
	}
	error = filedesc_alloc(l->proc, f, 0, (flags & O_CLOEXEC) != 0, &fd);
	if (error == 0)
		*retval = fd;
	return error;
}

int
sys_deleg_open(struct lwp *l, uint64_t dirfd, struct upath path, int flags, mode_t mode)
{
	struct open_how how = how_of(flags, mode);
	CLEANUP_VNODE struct vnode *vn = NULL;
	char buf[PATH_MAX];
	int error = upath_get(l, path, buf, true); /* the flags come before an empty path */

	return error != 0 ? error : vfs_open(l, dirfd, buf, &how, &vn, &l->out_fd);
}

int
sys_deleg_open2(struct lwp *l, uint64_t dirfd, struct upath path, struct uin uhow, size_t size)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct open_how how;
	char buf[PATH_MAX];
	int error = get_how(l, uhow, &how);

	(void)size; /* uhow.len is it */
	if (error == 0)
		error = upath_get(l, path, buf, true);
	return error != 0 ? error : vfs_open(l, dirfd, buf, &how, &vn, &l->out_fd);
}

int
sys_deleg_find(
    struct lwp *l, uint64_t dirfd, struct upath path, int flags, mode_t mode, struct uout object)
{
	struct deleg_object found = {.fd = -1};
	struct vnode_object at;
	char buf[PATH_MAX];
	int error = upath_get(l, path, buf, true);

	if (error == 0)
		error = vfs_find_object(l, dirfd, buf, flags, mode, &at);
	if (error == 0)
		found = (struct deleg_object){at.fd, at.open_flags, at.number};
	else if (error != VFS_PASS)
		return error;
	return uout_put(l, object, 0, &found, sizeof found);
}

int
sys_deleg_dcache(struct lwp *l)
{
	if (l->proc->root != vfs_root())
		return EOPNOTSUPP;
	return publish_table(&l->out_fd);
}

int
sys_deleg_open_parts(struct lwp *l, uint64_t dirfd, struct upath path, int flags)
{
	struct open_how how = how_of(flags, 0);
	CLEANUP_VNODE struct vnode *vn = NULL;
	char buf[PATH_MAX];
	int error = upath_get(l, path, buf, true);

	how.flags |= VNODE_PARTS;
	return error != 0 ? error : vfs_open(l, dirfd, buf, &how, &vn, &l->out_fd);
}

int
sys_deleg_read_in(struct lwp *l, uint64_t fd, off_t offset, unsigned long len, int64_t *retval)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	bool all = true;
	int error = vnode_by_word(l, fd, &vn);

	if (error == 0 && offset < 0)
		error = EINVAL;
	if (error == 0 && vn->ops->read_in != NULL)
		error = vn->ops->read_in(vn, (uint64_t)offset, len, &all);
	if (error == 0)
		*retval = all;
	return error;
}

int
sys_deleg_closed(struct lwp *l, uint64_t fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = vnode_by_word(l, fd, &vn);

	return error != 0 || vn->ops->closed == NULL ? error : vn->ops->closed(vn);
}

int
sys_deleg_store(struct lwp *l, unsigned long dev, int64_t *retval)
{
	(void)l;
	*retval = (int64_t)hoststore_number(dev);
	return 0;
}

int
sys_deleg_room(struct lwp *l, uint64_t fd)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = vnode_by_word(l, fd, &vn);

	if (error == 0 && vn->mount->ops->reclaim != NULL)
		vn->mount->ops->reclaim(vn->mount);
	return error;
}
