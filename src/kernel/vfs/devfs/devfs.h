/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devfs (type "devtmpfs"): a tmpfs that begins with the device nodes and links of /dev.  The
 * devices themselves are device.c's, wherever in the tree their nodes are.
 */
#ifndef KERNEL_VFS_DEVFS_H
#define KERNEL_VFS_DEVFS_H

struct fstype;

extern const struct fstype devfs_type;
/* Terminals of the host, by their numbers: the host's /dev/pts. */
extern const struct fstype devpts_type;

#endif
