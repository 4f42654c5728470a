/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of mounts.  A mount's root stands for the directory that it covers: path lookup steps
 * from the covered directory down to the root, and ".." from the root back up.
 */
#include <errno.h>

#include "vfs/vnode.h"

static SLIST_HEAD(, mount) mounts = SLIST_HEAD_INITIALIZER(mounts);

int
mount_add(struct mount *mp, struct vnode *on)
{
	static unsigned last_id;

	if (on != NULL) {
		if (on->covered_by != NULL || on->mount->root == on)
			return EBUSY;
		mp->covered = vnode_get(on);
		on->covered_by = mp;
	}
	mp->id = ++last_id;
	SLIST_INSERT_HEAD(&mounts, mp, all);
	return 0;
}

void
mount_remove_all(void)
{
	struct mount *mp;

	while ((mp = SLIST_FIRST(&mounts)) != NULL) {
		SLIST_REMOVE_HEAD(&mounts, all);
		if (mp->covered != NULL) {
			mp->covered->covered_by = NULL;
			vnode_unref(mp->covered);
		}
		mp->ops->unmount(mp);
	}
}

int
mount_cross_down(struct vnode *vn, struct vnode **ret)
{
	struct vnode *root;
	int error;

	while (vn->covered_by != NULL) {
		error = vnode_hold(vn->covered_by->root, &root);
		vnode_unref(vn);
		if (error != 0)
			return error;
		vn = root;
	}
	*ret = vn;
	return 0;
}

struct vnode *
mount_cross_up(struct vnode *vn)
{
	struct vnode *covered;

	while (vn == vn->mount->root && vn->mount->covered != NULL) {
		covered = vnode_get(vn->mount->covered);
		vnode_unref(vn);
		vn = covered;
	}
	return vn;
}
