/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes: the program's affair. */
#include <errno.h>
#include <string.h>

#include "vfs/fuse/fuse.h"

static int
result(int error)
{
	return error == ENOSYS ? EOPNOTSUPP : error;
}

/* GETXATTR and LISTXATTR: the bytes, or how many there are. */
static int
get(struct fuse_node *n, struct fuse_request *r, void *value, size_t size, size_t *ret_len)
{
	struct fuse_getxattr_out out = {.size = 0};
	int error;

	r->out = size != 0 ? value : &out;
	r->out_size = size != 0 ? size : sizeof out;
	r->out_min = size != 0 ? 0 : sizeof out;
	error = fuse_call(fuse_of(n), r);
	if (error == 0)
		*ret_len = size != 0 ? r->out_len : out.size;
	return result(error);
}

int
fuse_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_request r = fuse_request(FUSE_GETXATTR, n->nodeid);
	struct fuse_getxattr_in in = {.size = (uint32_t)size};

	fuse_in(&r, &in, sizeof in);
	fuse_in_name(&r, name);
	return get(n, &r, value, size, ret_len);
}

int
fuse_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_request r = fuse_request(FUSE_LISTXATTR, n->nodeid);
	struct fuse_getxattr_in in = {.size = (uint32_t)size};

	int error;

	fuse_in(&r, &in, sizeof in);
	error = get(n, &r, list, size, ret_len);
	if (error != 0 || size == 0 || *ret_len == 0 || list[*ret_len - 1] == '\0')
		return error;
	fuse_end(fuse_of(n));
	return EIO;
}

int
fuse_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags)
{
	struct fuse_node *n = fuse_node_of(vn);
	struct fuse_request r =
	    fuse_request(value == NULL ? FUSE_REMOVEXATTR : FUSE_SETXATTR, n->nodeid);
	struct fuse_setxattr_in in = {.size = (uint32_t)len, .flags = (uint32_t)flags};

	if (value != NULL)
		fuse_in(&r, &in, FUSE_COMPAT_SETXATTR_IN_SIZE);
	fuse_in_name(&r, name);
	if (value != NULL)
		fuse_in(&r, value, len);
	fuse_node_stale(n);
	return result(fuse_call(fuse_of(n), &r));
}
