/* SPDX-License-Identifier: BSD-2-Clause */
/* The rump kernel's file systems at its start: a tmpfs as root with /tmp, /dev, /proc and /sys. */
#include "vfs/vfs.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/hostobj.h"
#include "vfs/names.h"
#include "vfs/protect.h"
#include "vfs/publish.h"
#include "vfs/special.h"
#include "vfs/tmpfs/tmpfs.h"
#include "vfs/watch/watch.h"

static struct mount *root_mount;

static int
make_dir(struct vnode *dir, const char *name, mode_t mode, struct vnode **ret)
{
	struct vnode_new what = {.mode = S_IFDIR | mode, .uid = geteuid(), .gid = getegid()};

	return dir->ops->create(dir, name, strlen(name), &what, ret);
}

/* What is to be there besides: directories, and what is mounted on them. */
static int
populate(struct lwp *l, struct vnode *root)
{
	static const struct {
		const char *name;
		mode_t mode;
		const char *type;
	} dirs[] = {
	    {"tmp", 01777, NULL},
	    {"dev", 0755, "devtmpfs"},
	    {"proc", 0555, "proc"},
	    {"sys", 0555, "sysfs"},
	};
	int error = 0;

	for (unsigned i = 0; i < sizeof dirs / sizeof dirs[0] && error == 0; i++) {
		CLEANUP_VNODE struct vnode *vn = NULL;

		error = make_dir(root, dirs[i].name, dirs[i].mode, &vn);
		if (error == 0 && dirs[i].type != NULL)
			error = vfs_mount(l, dirs[i].type, dirs[i].name, dirs[i].type, 0, "");
	}
	return error;
}

/* Each open file takes a descriptor: as many as the host allows us. */
static void
raise_descriptor_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
}

int
vfs_init(void)
{
	/* The first file system belongs to the server's own user. */
	struct proc self = {.cred = {.euid = geteuid(), .fsuid = geteuid(), .fsgid = getegid()}};
	struct lwp l = {.proc = &self};
	struct mount_args args = {.l = &l, .options = "mode=755"};
	int error;

	raise_descriptor_limit();
	protect_init();
	error = tmpfs_type.mount(&args, &root_mount);
	if (error == 0)
		error = mount_add(root_mount, tmpfs_type.name, "none", MS_RELATIME, NULL);
	if (error != 0)
		return error;
	self.root = self.cwd = root_mount->root;
	return populate(&l, root_mount->root);
}

void
vfs_fini(void)
{
	publish_end();
	mount_remove_all();
	special_fini();
	watch_fini();
	root_mount = NULL;
}

struct vnode *
vfs_root(void)
{
	return root_mount->root;
}

uint64_t
vfs_file_dev(void)
{
	return hostobj_dev();
}
