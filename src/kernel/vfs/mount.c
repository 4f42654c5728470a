/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of mounts.  A mount's root stands for the vnode that it covers: path lookup steps from
 * the covered vnode down to the root, and ".." from the root back up.  What is mounted on a root
 * lies over the mount that was there.
 *
 * A mount that was detached while in use is no longer in the tree, but works for those who use it;
 * it is freed when nobody does, which is looked for about once a second.
 */
#include "vfs/mount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "vfs/placeholder.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"

/* Behind what hosts come to when they count the file systems without a device. */
#define ANONYMOUS_MINOR  0xf0000
#define ANONYMOUS_STARTS 0x8000

#define ST_VALID 0x0020 /* in f_flags: the flags are true */

struct mount_list mount_all = TAILQ_HEAD_INITIALIZER(mount_all);
static struct mount_list detached = TAILQ_HEAD_INITIALIZER(detached);

int
mount_add(
    struct mount *mp, const char *type, const char *source, unsigned long flags, struct vnode *on)
{
	static unsigned last_id;

	if (mp->source == NULL)
		mp->source = strdup(source);
	if (mp->source == NULL)
		return ENOMEM;
	if (mp->type == NULL)
		mp->type = type;
	mp->flags |= flags;
	mp->id = ++last_id;
	if (on != NULL) {
		mp->covered = vnode_get(on);
		on->covered_by = mp;
	}
	TAILQ_INSERT_TAIL(&mount_all, mp, all);
	publish_forget_all();
	return 0;
}

/* The place that it covered is to be seen again. */
static void
uncover(struct mount *mp)
{
	struct vnode *covered = mp->covered;

	mp->covered = NULL;
	if (covered == NULL)
		return;
	covered->covered_by = NULL;
	publish_forget_all();
	vnode_unref(covered);
}

bool
mount_is_busy(struct mount *mp)
{
	placeholder_sweep_mount(mp);
	return mp->ops->busy(mp, false);
}

static int
destroy(struct mount *mp)
{
	placeholder_drop_mount(mp);
	free(mp->source);
	mp->source = NULL;
	return mp->ops->unmount(mp);
}

int
mount_detach(struct mount *mp)
{
	TAILQ_REMOVE(&mount_all, mp, all);
	uncover(mp);
	if (!mount_is_busy(mp))
		return destroy(mp);
	TAILQ_INSERT_TAIL(&detached, mp, all);
	return 0;
}

static struct mount *
child_of(const struct mount *mp)
{
	struct mount *m;

	TAILQ_FOREACH (m, &mount_all, all)
		if (m->covered != NULL && m->covered->mount == mp)
			return m;
	return NULL;
}

bool
mount_has_children(const struct mount *mp)
{
	return child_of(mp) != NULL;
}

void
mount_detach_tree(struct mount *mp)
{
	struct mount *child;

	while ((child = child_of(mp)) != NULL)
		mount_detach_tree(child);
	mount_detach(mp);
}

void
mount_reap(void)
{
	static time_t last;
	struct timespec now;
	struct mount *mp;

	if (TAILQ_EMPTY(&detached))
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (now.tv_sec == last)
		return;
	last = now.tv_sec;
	TAILQ_FOREACH (mp, &detached, all) {
		if (mount_is_busy(mp))
			continue;
		TAILQ_REMOVE(&detached, mp, all);
		destroy(mp);
		return; /* that may have taken its time */
	}
}

void
mount_remove_all(void)
{
	struct mount *mp;

	while ((mp = TAILQ_LAST(&mount_all, mount_list)) != NULL) {
		TAILQ_REMOVE(&mount_all, mp, all);
		uncover(mp);
		destroy(mp);
	}
	while ((mp = TAILQ_FIRST(&detached)) != NULL) {
		TAILQ_REMOVE(&detached, mp, all);
		destroy(mp);
	}
}

/*
 * Each kernel begins with another number: in what the host has once for all of them, programs name
 * a file by device and inode (postgres the memory of a database), and its like in another kernel is
 * not the same file.
 */
dev_t
mount_anonymous_dev(void)
{
	static unsigned last;
	uint16_t start;

	if (last == 0 && getrandom(&start, sizeof start, GRND_NONBLOCK) == sizeof start)
		last = start % ANONYMOUS_STARTS;
	return makedev(0, ANONYMOUS_MINOR + ++last);
}

long
mount_stat_flags(const struct mount *mp)
{
	static const struct {
		unsigned long mount, stat;
	} flags[] = {
	    {MS_RDONLY, ST_RDONLY},
	    {MS_NOSUID, ST_NOSUID},
	    {MS_NODEV, ST_NODEV},
	    {MS_NOEXEC, ST_NOEXEC},
	    {MS_SYNCHRONOUS, ST_SYNCHRONOUS},
	    {MS_MANDLOCK, ST_MANDLOCK},
	    {MS_NOATIME, ST_NOATIME},
	    {MS_NODIRATIME, ST_NODIRATIME},
	    {MS_RELATIME, ST_RELATIME},
	};

	long stat = ST_VALID;

	for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if ((mp->flags & flags[i].mount) != 0)
			stat |= (long)flags[i].stat;
	return stat;
}

struct vnode *
mount_top(struct vnode *vn)
{
	struct vnode *root;

	while (vn->covered_by != NULL) {
		root = vnode_get(vn->covered_by->root);
		vnode_unref(vn);
		vn = root;
	}
	return vn;
}

int
mount_cross_down(struct vnode *vn, struct vnode **ret)
{
	int error;

	if (vn->covered_by == NULL) {
		*ret = vn;
		return 0;
	}
	vn->covered_by->expiring = false;
	vn = mount_top(vn);
	error = vnode_hold(vn, ret);
	vnode_unref(vn);
	return error;
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
