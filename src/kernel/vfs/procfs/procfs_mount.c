/* SPDX-License-Identifier: BSD-2-Clause */
/* procfs as a whole. */
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>

#include "vfs/procfs/procfs.h"

static int
procfs_statfs(struct mount *mp, struct statfs *st)
{
	st->f_type = ((const struct procfs *)mp)->magic;
	st->f_bsize = st->f_frsize = 4096;
	st->f_namelen = NAME_MAX;
	return 0;
}

/* A file that was opened is a thing of its own. */
static bool
procfs_busy(struct mount *mp, bool writers)
{
	struct procfs *fs = (struct procfs *)mp;

	return !writers && (HASH_COUNT(fs->nodes) > 1 || mp->root->refs > 1);
}

static int
procfs_unmount(struct mount *mp)
{
	struct procfs *fs = (struct procfs *)mp;
	struct procfs_node *n, *next;

	HASH_ITER (hh, fs->nodes, n, next) {
		procfs_node_free(n);
	}
	free(fs);
	return 0;
}

static const struct mount_ops procfs_mount_ops = {
    .statfs = procfs_statfs,
    .busy = procfs_busy,
    .unmount = procfs_unmount,
};

int
procfs_mount_tree(const struct procfs_entry *root, off_t file_size, long magic, struct mount **ret)
{
	const struct procfs_of of = {.entry = root, .pid = 0, .num = -1};
	struct procfs *fs = calloc(1, sizeof *fs);
	int error;

	if (fs == NULL)
		return ENOMEM;
	fs->mount.ops = &procfs_mount_ops;
	fs->mount.dev = mount_anonymous_dev();
	fs->file_size = file_size;
	fs->magic = magic;
	error = procfs_node_get(&fs->mount, of, NULL, &fs->mount.root);
	if (error != 0)
		free(fs);
	else
		*ret = &fs->mount;
	return error;
}

static int
procfs_mount(const struct mount_args *args, struct mount **ret)
{
	(void)args;
	procfs_note_boot();
	return procfs_mount_tree(&procfs_root, 0, PROC_SUPER_MAGIC, ret);
}

const struct fstype procfs_type = {.name = "proc", .mount = procfs_mount};
