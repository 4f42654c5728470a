/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in /dev. */
#include "vfs/devfs/devfs.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kern/proc.h"
#include "vfs/hostfs/hostfs.h"
#include "vfs/tmpfs/tmpfs.h"

struct entry {
	const char *name; /* one slash at most */
	mode_t mode;
	unsigned major, minor;
	const char *target;
};

static const struct entry entries[] = {
    {"null", S_IFCHR | 0666, 1, 3, NULL},
    {"zero", S_IFCHR | 0666, 1, 5, NULL},
    {"full", S_IFCHR | 0666, 1, 7, NULL},
    {"random", S_IFCHR | 0666, 1, 8, NULL},
    {"urandom", S_IFCHR | 0666, 1, 9, NULL},
    {"tty", S_IFCHR | 0666, 5, 0, NULL},
    {"ptmx", S_IFCHR | 0666, 5, 2, NULL},
    {"fd", S_IFLNK | 0777, 0, 0, "/proc/self/fd"},
    {"stdin", S_IFLNK | 0777, 0, 0, "/proc/self/fd/0"},
    {"stdout", S_IFLNK | 0777, 0, 0, "/proc/self/fd/1"},
    {"stderr", S_IFLNK | 0777, 0, 0, "/proc/self/fd/2"},
    {"net", S_IFDIR | 0755, 0, 0, NULL},
    {"net/tun", S_IFCHR | 0666, 10, 200, NULL},
    {"pts", S_IFDIR | 0755, 0, 0, NULL},
    {"shm", S_IFDIR | 01777, 0, 0, NULL},
};

static int
make(struct vnode *root, const struct entry *e)
{
	const char *slash = strchr(e->name, '/'), *name = slash != NULL ? slash + 1 : e->name;
	CLEANUP_VNODE struct vnode *below = NULL, *vn = NULL;
	struct vnode *dir = root;
	struct vnode_new what = {.mode = e->mode,
	    .uid = dir->uid,
	    .gid = dir->gid,
	    .rdev = makedev(e->major, e->minor),
	    .target = e->target};

	if (slash != NULL) {
		int error = root->ops->lookup(root, e->name, (size_t)(slash - e->name), &below);

		if (error != 0)
			return error;
		dir = below;
	}
	return dir->ops->create(dir, name, strlen(name), &what, &vn);
}

static int
devfs_mount(const struct mount_args *args, struct mount **ret)
{
	struct mount_args with_mode = *args;
	struct mount *mp;
	int error;

	if (args->options[0] == '\0')
		with_mode.options = "mode=755";
	error = tmpfs_type.mount(&with_mode, &mp);
	if (error != 0)
		return error;
	for (unsigned i = 0; i < sizeof entries / sizeof entries[0] && error == 0; i++)
		error = make(mp->root, &entries[i]);
	if (error != 0)
		mp->ops->unmount(mp);
	else
		*ret = mp;
	return error;
}

const struct fstype devfs_type = {.name = "devtmpfs", .mount = devfs_mount};

static int
devpts_mount(const struct mount_args *args, struct mount **ret)
{
	struct mount_args host = {.l = args->l, .source = "/dev/pts", .options = ""};

	return hostfs_type.mount(&host, ret);
}

const struct fstype devpts_type = {.name = "devpts", .mount = devpts_mount};
