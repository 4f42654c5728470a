/* SPDX-License-Identifier: BSD-2-Clause */
/* The rump kernel's file system at its start: a tmpfs as root with /tmp and /dev. */
#include "vfs/vfs.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/hostobj.h"
#include "vfs/names.h"
#include "vfs/protect.h"
#include "vfs/tmpfs/tmpfs.h"

static struct mount *root_mount;

static int
make(struct vnode *dir, const char *name, mode_t mode, dev_t rdev, struct vnode **ret)
{
	struct vnode_new what = {.mode = mode, .uid = geteuid(), .gid = getegid(), .rdev = rdev};

	return dir->ops->create(dir, name, strlen(name), &what, ret);
}

static int
make_devices(struct vnode *dev)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} devices[] = {
	    {"null", 1, 3},
	    {"zero", 1, 5},
	    {"full", 1, 7},
	    {"random", 1, 8},
	    {"urandom", 1, 9},
	    {"tty", 5, 0},
	};
	int error = 0;

	for (unsigned i = 0; i < sizeof devices / sizeof devices[0] && error == 0; i++) {
		CLEANUP_VNODE struct vnode *vn = NULL;

		error = make(dev, devices[i].name, S_IFCHR | 0666,
		    makedev(devices[i].major, devices[i].minor), &vn);
	}
	return error;
}

static int
populate(struct vnode *root)
{
	CLEANUP_VNODE struct vnode *tmp = NULL;
	CLEANUP_VNODE struct vnode *dev = NULL;
	int error = make(root, "tmp", S_IFDIR | 01777, 0, &tmp);

	if (error == 0)
		error = make(root, "dev", S_IFDIR | 0755, 0, &dev);
	return error != 0 ? error : make_devices(dev);
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

/* A program that opens an object while hostobj_is_alone() has a lease on it makes the host send us
 * SIGIO, which ends a process that does not expect it. */
static void
ignore_lease_breaks(void)
{
	struct sigaction now;

	if (sigaction(SIGIO, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGIO, SIG_IGN);
}

int
vfs_init(void)
{
	/* The first file system belongs to the server's own user. */
	struct proc self = {.cred = {.fsuid = geteuid(), .fsgid = getegid()}};
	struct lwp l = {.proc = &self};
	struct mount_args args = {.l = &l, .options = "mode=755"};
	int error;

	raise_descriptor_limit();
	ignore_lease_breaks();
	protect_init();
	error = tmpfs_type.mount(&args, &root_mount);
	if (error == 0)
		error = mount_add(root_mount, tmpfs_type.name, "none", MS_RELATIME, NULL);
	if (error == 0)
		error = populate(root_mount->root);
	return error;
}

void
vfs_fini(void)
{
	mount_remove_all();
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
