/* SPDX-License-Identifier: BSD-2-Clause */
/* The path of a vnode: for getcwd(2), and for what /proc/self/fd shows. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "kern/proc.h"
#include "vfs/names.h"
#include "vfs/vnode.h"

int
vfs_path_of(struct lwp *l, struct vnode *vn, char *buf, size_t size, size_t *ret_len)
{
	CLEANUP_VNODE struct vnode *at = vnode_get(vn);
	struct vnode *up;
	char path[PATH_MAX], name[NAME_MAX + 1];
	size_t start = sizeof path - 1, len;
	int error;

	/* From the end of path towards its beginning. */
	path[start] = '\0';
	while (at != l->proc->root) {
		at = mount_cross_up(at);
		error = at->ops->name(at, name, &len);
		if (error != 0)
			return error; /* removed, or a root that is not ours */
		if (len + 1 > start)
			return ENAMETOOLONG;
		start -= len;
		memcpy(path + start, name, len);
		path[--start] = '/';
		error = at->ops->parent(at, &up);
		if (error != 0)
			return error;
		vnode_put(&at);
		error = mount_cross_down(up, &at);
		if (error != 0)
			return error;
	}
	if (path[start] == '\0')
		path[--start] = '/';
	len = sizeof path - start;
	if (len > size)
		return ERANGE;
	memcpy(buf, path + start, len);
	*ret_len = len;
	return 0;
}
