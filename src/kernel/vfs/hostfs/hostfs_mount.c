/* SPDX-License-Identifier: BSD-2-Clause */
/* hostfs as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "vfs/hostfs/hostfs.h"

static int
hostfs_statfs(struct mount *mp, struct statfs *st)
{
	return fstatfs(hostfs_node_of(mp->root)->fd, st) == -1 ? errno : 0;
}

/* Whether programs have files open only the host knows; they go on working. */
static bool
hostfs_busy(struct mount *mp, bool writers)
{
	struct hostfs *fs = (struct hostfs *)mp;
	struct hostfs_node *n, *next;

	if (writers)
		return false;
	HASH_ITER (hh, fs->nodes, n, next) {
		if (n->v.refs > (&n->v == mp->root))
			return true;
	}
	return false;
}

static int
hostfs_unmount(struct mount *mp)
{
	struct hostfs *fs = (struct hostfs *)mp;
	struct hostfs_node *n, *next;

	HASH_ITER (hh, fs->nodes, n, next) {
		hostfs_node_free(n);
	}
	free(fs);
	return 0;
}

static const struct mount_ops hostfs_mount_ops = {
    .statfs = hostfs_statfs,
    .busy = hostfs_busy,
    .unmount = hostfs_unmount,
};

static bool
keeps_acls(struct vnode *root)
{
	size_t len;

	return hostfs_getxattr(root, "system.posix_acl_access", NULL, 0, &len) != EOPNOTSUPP;
}

static int
hostfs_mount(const struct mount_args *args, struct mount **ret)
{
	struct hostfs *fs;
	int error, fd;

	if (args->source[0] != '/')
		return EINVAL;
	fd = open(args->source, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return hostfs_error();
	fs = calloc(1, sizeof *fs);
	if (fs == NULL) {
		close(fd);
		return ENOMEM;
	}
	fs->mount.ops = &hostfs_mount_ops;
	error = hostfs_node_get(&fs->mount, fd, &fs->mount.root);
	if (error != 0) {
		free(fs);
		return error;
	}
	fs->mount.dev = hostfs_node_of(fs->mount.root)->id.dev;
	fs->mount.acl = keeps_acls(fs->mount.root);
	*ret = &fs->mount;
	return 0;
}

const struct fstype hostfs_type = {.name = "hostfs", .mount = hostfs_mount};
