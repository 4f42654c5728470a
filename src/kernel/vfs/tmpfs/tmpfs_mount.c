/* SPDX-License-Identifier: BSD-2-Clause */
/* The file system as a whole: limits, statfs, beginning and end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/hostobj.h"
#include "vfs/hoststore.h"
#include "vfs/tmpfs/tmpfs.h"

#define PAGE 4096

static int
tmpfs_statfs(struct mount *mp, struct statfs *st)
{
	struct tmpfs *fs = (struct tmpfs *)mp;
	uint64_t total = fs->limits.bytes_max / PAGE, used;
	int error;

	tmpfs_sweep(fs, true);
	error = tmpfs_bytes_used(fs, &used);
	if (error != 0)
		return error;
	used /= PAGE;
	st->f_type = TMPFS_MAGIC;
	st->f_bsize = st->f_frsize = PAGE;
	st->f_blocks = total;
	st->f_bfree = st->f_bavail = used < total ? total - used : 0;
	st->f_files = fs->limits.nodes_max;
	st->f_ffree = fs->limits.nodes_max - tmpfs_nodes_used(fs);
	st->f_namelen = 255;
	return 0;
}

/* All nodes go, whoever refers to them: the kernel has ended. */
static int
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
	hoststore_free(fs->store);
	free(fs);
	return 0;
}

/* References besides those of the names, and of the mount to the root. */
static bool
is_referred_to(const struct tmpfs_node *n)
{
	size_t own = S_ISDIR(n->v.mode) ? (n->dir.self != NULL) : n->v.nlink;

	return n->v.refs > own + (&n->v == n->v.mount->root);
}

static bool
has_writer(struct tmpfs_node *n)
{
	return S_ISREG(n->v.mode) && hostobj_has_writer(n->hostfd);
}

static bool
tmpfs_busy(struct mount *mp, bool writers)
{
	struct tmpfs *fs = (struct tmpfs *)mp;
	struct tmpfs_node *n;

	tmpfs_sweep(fs, true);
	TAILQ_FOREACH (n, &fs->hosts, hosts)
		if (writers ? has_writer(n) : !hostobj_is_alone(n->hostfd))
			return true;
	if (!writers)
		LIST_FOREACH (n, &fs->all, all)
			if (is_referred_to(n))
				return true;
	return false;
}

static void
tmpfs_reclaim(struct mount *mp)
{
	tmpfs_sweep((struct tmpfs *)mp, true);
}

static int
tmpfs_remount(struct mount *mp, const char *options)
{
	struct tmpfs *fs = (struct tmpfs *)mp;
	struct tmpfs_limits limits = fs->limits;
	int error = tmpfs_parse_options(&limits, options, NULL);

	return error != 0 ? error : tmpfs_change_limits(fs, &limits);
}

static const struct mount_ops tmpfs_mount_ops = {
    .statfs = tmpfs_statfs,
    .busy = tmpfs_busy,
    .reclaim = tmpfs_reclaim,
    .remount = tmpfs_remount,
    .show = tmpfs_show,
    .unmount = tmpfs_unmount,
};

/* Half of the memory and an inode for each of its pages, as Linux's tmpfs. */
static int
default_limits(struct tmpfs_limits *limits)
{
	struct sysinfo si;

	if (sysinfo(&si) == -1)
		return errno;
	limits->bytes_max = (uint64_t)si.totalram * si.mem_unit / 2;
	limits->nodes_max = limits->bytes_max / PAGE;
	return 0;
}

static int
make_root(struct tmpfs *fs, const struct vnode_new *what)
{
	struct tmpfs_node *root;
	int error = tmpfs_node_new(fs, what, &root);

	if (error != 0)
		return error;
	root->dir.parent = root;
	fs->mount.root = &root->v;
	return 0;
}

static int
tmpfs_mount(const struct mount_args *args, struct mount **ret)
{
	const struct cred *c = &args->l->proc->cred;
	struct vnode_new what = {.mode = S_IFDIR | 01777, .uid = c->fsuid, .gid = c->fsgid};
	struct tmpfs *fs = calloc(1, sizeof *fs);
	int error;

	if (fs == NULL)
		return ENOMEM;
	LIST_INIT(&fs->all);
	TAILQ_INIT(&fs->hosts);
	TAILQ_INIT(&fs->zombies);
	fs->mount =
	    (struct mount){.ops = &tmpfs_mount_ops, .acl = true, .dev = mount_anonymous_dev()};
	fs->clock_fd = memfd_create("rump-clock", MFD_CLOEXEC);
	error = fs->clock_fd == -1 ? errno : default_limits(&fs->limits);
	if (error == 0)
		error = tmpfs_parse_options(&fs->limits, args->options, &what);
	if (error == 0)
		error = make_root(fs, &what);
	if (error == 0) {
		*ret = &fs->mount;
		return 0;
	}
	if (fs->clock_fd != -1)
		close(fs->clock_fd);
	free(fs);
	return error;
}

const struct fstype tmpfs_type = {.name = "tmpfs", .mount = tmpfs_mount};
