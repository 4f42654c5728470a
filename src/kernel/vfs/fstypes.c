/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of file systems that mount(2) knows. */
#include <string.h>

#include "vfs/devfs/devfs.h"
#include "vfs/fuse/fuse_mount.h"
#include "vfs/hostfs/hostfs.h"
#include "vfs/mount.h"
#include "vfs/procfs/procfs.h"
#include "vfs/tmpfs/tmpfs.h"

const struct fstype *const fstypes[] = {&tmpfs_type, &hostfs_type, &devfs_type, &devpts_type,
    &procfs_type, &sysfs_type, &fuse_type, NULL};

const struct fstype *
fstype_find(const char *name)
{
	for (const struct fstype *const *fs = fstypes; *fs != NULL; fs++)
		if (strcmp((*fs)->name, name) == 0)
			return *fs;
	return NULL;
}
