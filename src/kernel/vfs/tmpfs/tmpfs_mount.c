/* SPDX-License-Identifier: BSD-2-Clause */
/* The file system as a whole: limits, statfs, beginning and end. */
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "vfs/tmpfs/tmpfs.h"

#define PAGE 4096

/* Blocks in use: the host knows, file by file. */
static uint64_t
pages_used(struct tmpfs *fs)
{
	struct tmpfs_node *n;
	uint64_t sectors = 0;
	struct stat st;

	TAILQ_FOREACH (n, &fs->hosts, hosts)
		if (fstat(n->hostfd, &st) == 0)
			sectors += (uint64_t)st.st_blocks;
	return sectors / (PAGE / 512);
}

static int
tmpfs_statfs(struct mount *mp, struct statfs *st)
{
	struct tmpfs *fs = (struct tmpfs *)mp;
	uint64_t used = pages_used(fs), total = fs->bytes_max / PAGE;

	st->f_type = TMPFS_MAGIC;
	st->f_bsize = st->f_frsize = PAGE;
	st->f_blocks = total;
	st->f_bfree = st->f_bavail = used < total ? total - used : 0;
	st->f_files = fs->nodes_max;
	st->f_ffree = fs->nodes_max - (fs->nodes > fs->names ? fs->nodes : fs->names);
	st->f_namelen = 255;
	st->f_flags = 0x0020 | ((mp->flags & MOUNT_RDONLY) != 0 ? 1 : 0); /* ST_VALID, ST_RDONLY */
	return 0;
}

/* All nodes go, whoever refers to them: the kernel has ended. */
static void
tmpfs_unmount(struct mount *mp)
{
	struct tmpfs *fs = (struct tmpfs *)mp;
	struct tmpfs_entry *e;
	struct tmpfs_node *n;

	while ((n = LIST_FIRST(&fs->all)) != NULL) {
		HASH_CLEAR(hh, n->dir.names);
		while ((e = TAILQ_FIRST(&n->dir.order)) != NULL) {
			TAILQ_REMOVE(&n->dir.order, e, order);
			free(e);
		}
		tmpfs_node_free(n);
	}
	close(fs->clock_fd);
	free(fs);
}

static const struct mount_ops tmpfs_mount_ops = {
    .statfs = tmpfs_statfs,
    .unmount = tmpfs_unmount,
};

int
tmpfs_mount(struct mount **ret)
{
	struct vnode_new what = {.mode = S_IFDIR | 0755, .uid = geteuid(), .gid = getegid()};
	struct tmpfs *fs = calloc(1, sizeof *fs);
	struct tmpfs_node *root;
	struct sysinfo si;
	struct stat st;
	int error;

	if (fs == NULL)
		return ENOMEM;
	LIST_INIT(&fs->all);
	TAILQ_INIT(&fs->hosts);
	TAILQ_INIT(&fs->zombies);
	fs->clock_fd = memfd_create("rump-clock", MFD_CLOEXEC);
	if (fs->clock_fd == -1 || fstat(fs->clock_fd, &st) == -1 || sysinfo(&si) == -1) {
		error = errno;
		goto free_fs;
	}
	/* Half of the memory and an inode for each of its pages, as Linux's tmpfs. */
	fs->bytes_max = (uint64_t)si.totalram * si.mem_unit / 2;
	fs->nodes_max = fs->bytes_max / PAGE;
	fs->mount = (struct mount){.ops = &tmpfs_mount_ops, .flags = MOUNT_ACL, .dev = st.st_dev};
	error = tmpfs_node_new(fs, &what, &root);
	if (error != 0)
		goto free_fs;
	root->dir.parent = root;
	fs->mount.root = &root->v;
	*ret = &fs->mount;
	return 0;

free_fs:
	if (fs->clock_fd != -1)
		close(fs->clock_fd);
	free(fs);
	return error;
}
