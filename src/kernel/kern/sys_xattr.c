/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes: four calls in three forms each (path, link itself, descriptor). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "syscall/sys_proto.h"
#include "vfs/attr.h"
#include "vfs/vnode.h"

#define SIZE_LIMIT 65536 /* of a value, and of a list */

/* What the call is about; the one member that is set says how it was named. */
struct target {
	struct upath path;
	uint64_t fd;
	bool is_fd;
	int atflags;
};

#define BY_PATH(p)  ((struct target){.path = (p)})
#define BY_LINK(p)  ((struct target){.path = (p), .atflags = AT_SYMLINK_NOFOLLOW})
#define BY_FD(word) ((struct target){.fd = (word), .is_fd = true})

static int
find(struct lwp *l, const struct target *t, struct vnode **ret)
{
	int error;

	if (!t->is_fd)
		return upath_lookup(l, (uint64_t)AT_FDCWD, t->path, t->atflags, ret);
	error = fdword_vnode(l, t->fd, false, ret);
	return error == EINVAL ? EOPNOTSUPP : error;
}

static int
get_name(struct lwp *l, struct upath name, char buf[PATH_MAX])
{
	int error = upath_get(l, name, buf, true);

	return error == ENAMETOOLONG ? ERANGE : error;
}

static int
get(struct lwp *l, struct target t, struct upath uname, struct uout value, int64_t *retval)
{
	size_t size = value.len < SIZE_LIMIT ? value.len : SIZE_LIMIT, len;
	CLEANUP_FREE void *mem = malloc(size + 1);
	CLEANUP_VNODE struct vnode *vn = NULL;
	char name[PATH_MAX];
	int error = mem == NULL ? ENOMEM : get_name(l, uname, name);

	if (error == 0)
		error = find(l, &t, &vn);
	if (error == 0)
		error = vfs_getxattr(vn, name, mem, size, &len, &l->proc->cred);
	if (error != 0)
		return error;
	*retval = (int64_t)len;
	return size == 0 ? 0 : uout_put(l, value, 0, mem, len);
}

static int
set(struct lwp *l, struct target t, struct upath uname, struct uin value, int flags)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	CLEANUP_FREE void *mem = NULL;
	char name[PATH_MAX];
	int error = get_name(l, uname, name);

	if (error != 0)
		return error;
	if (value.len > SIZE_LIMIT)
		return E2BIG;
	mem = malloc(value.len + 1);
	if (mem == NULL)
		return ENOMEM;
	error = value.len == 0 ? 0 : uin_get(l, value, 0, mem, value.len);
	if (error == 0)
		error = find(l, &t, &vn);
	return error != 0 ? error : vfs_setxattr(vn, name, mem, value.len, flags, &l->proc->cred);
}

static int
list(struct lwp *l, struct target t, struct uout out, int64_t *retval)
{
	size_t size = out.len < SIZE_LIMIT ? out.len : SIZE_LIMIT, len;
	CLEANUP_FREE char *mem = malloc(size + 1);
	CLEANUP_VNODE struct vnode *vn = NULL;
	int error = mem == NULL ? ENOMEM : find(l, &t, &vn);

	if (error == 0)
		error = vfs_listxattr(vn, mem, size, &len, &l->proc->cred);
	if (error != 0)
		return error;
	*retval = (int64_t)len;
	return size == 0 ? 0 : uout_put(l, out, 0, mem, len);
}

static int delete (struct lwp *l, struct target t, struct upath uname)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	char name[PATH_MAX];
	int error = get_name(l, uname, name);

	if (error == 0)
		error = find(l, &t, &vn);
	return error != 0 ? error : vfs_removexattr(vn, name, &l->proc->cred);
}

int
sys_getxattr(struct lwp *l, struct upath path, struct upath name, struct uout value, size_t size,
    int64_t *retval)
{
	(void)size; /* value.len is it, here and below */
	return get(l, BY_PATH(path), name, value, retval);
}

int
sys_lgetxattr(struct lwp *l, struct upath path, struct upath name, struct uout value, size_t size,
    int64_t *retval)
{
	(void)size;
	return get(l, BY_LINK(path), name, value, retval);
}

int
sys_fgetxattr(
    struct lwp *l, uint64_t fd, struct upath name, struct uout value, size_t size, int64_t *retval)
{
	(void)size;
	return get(l, BY_FD(fd), name, value, retval);
}

int
sys_setxattr(
    struct lwp *l, struct upath path, struct upath name, struct uin value, size_t size, int flags)
{
	(void)size;
	return set(l, BY_PATH(path), name, value, flags);
}

int
sys_lsetxattr(
    struct lwp *l, struct upath path, struct upath name, struct uin value, size_t size, int flags)
{
	(void)size;
	return set(l, BY_LINK(path), name, value, flags);
}

int
sys_fsetxattr(
    struct lwp *l, uint64_t fd, struct upath name, struct uin value, size_t size, int flags)
{
	(void)size;
	return set(l, BY_FD(fd), name, value, flags);
}

int
sys_listxattr(struct lwp *l, struct upath path, struct uout out, size_t size, int64_t *retval)
{
	(void)size;
	return list(l, BY_PATH(path), out, retval);
}

int
sys_llistxattr(struct lwp *l, struct upath path, struct uout out, size_t size, int64_t *retval)
{
	(void)size;
	return list(l, BY_LINK(path), out, retval);
}

int
sys_flistxattr(struct lwp *l, uint64_t fd, struct uout out, size_t size, int64_t *retval)
{
	(void)size;
	return list(l, BY_FD(fd), out, retval);
}

int
sys_removexattr(struct lwp *l, struct upath path, struct upath name)
{
	return delete (l, BY_PATH(path), name);
}

int
sys_lremovexattr(struct lwp *l, struct upath path, struct upath name)
{
	return delete (l, BY_LINK(path), name);
}

int
sys_fremovexattr(struct lwp *l, uint64_t fd, struct upath name)
{
	return delete (l, BY_FD(fd), name);
}
