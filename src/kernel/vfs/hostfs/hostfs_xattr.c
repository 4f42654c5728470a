/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes of hostfs. */
#include <errno.h>
#include <sys/xattr.h>

#include "vfs/hostfs/hostfs.h"

static int
result(ssize_t len, size_t *ret_len)
{
	if (len == -1)
		return errno;
	*ret_len = (size_t)len;
	return 0;
}

int
hostfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len)
{
	struct hostfs_path path = hostfs_path(hostfs_node_of(vn)->fd);

	return result(getxattr(path.text, name, value, size), ret_len);
}

int
hostfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags)
{
	struct hostfs_path path = hostfs_path(hostfs_node_of(vn)->fd);
	int rc = value == NULL ? removexattr(path.text, name)
			       : setxattr(path.text, name, value, len, flags);

	return rc == -1 ? errno : 0;
}

int
hostfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len)
{
	struct hostfs_path path = hostfs_path(hostfs_node_of(vn)->fd);

	return result(listxattr(path.text, list, size), ret_len);
}
