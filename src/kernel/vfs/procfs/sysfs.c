/* SPDX-License-Identifier: BSD-2-Clause */
/* /sys: what there is of it are the network's interfaces. */
#include <linux/magic.h>

#include "vfs/procfs/procfs.h"

#define DIR_      (S_IFDIR | 0755)
#define FILE_SIZE 4096 /* of all files, as Linux says */

const struct procfs_entry *sysfs_class_net, *sysfs_devices_net;

static const struct procfs_entry class_children[] = {
    {.name = "net", .mode = DIR_, .plugged = &sysfs_class_net},
    {.name = NULL},
};
static const struct procfs_entry virtual_children[] = {
    {.name = "net", .mode = DIR_, .plugged = &sysfs_devices_net},
    {.name = NULL},
};
static const struct procfs_entry devices_children[] = {
    {.name = "virtual", .mode = DIR_, .children = virtual_children},
    {.name = NULL},
};
static const struct procfs_entry root_children[] = {
    {.name = "class", .mode = DIR_, .children = class_children},
    {.name = "devices", .mode = DIR_, .children = devices_children},
    {.name = NULL},
};
static const struct procfs_entry root = {.mode = S_IFDIR | 0555, .children = root_children};

static int
sysfs_mount(const struct mount_args *args, struct mount **ret)
{
	(void)args;
	return procfs_mount_tree(&root, FILE_SIZE, SYSFS_MAGIC, ret);
}

const struct fstype sysfs_type = {.name = "sysfs", .mount = sysfs_mount};
