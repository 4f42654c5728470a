/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File systems that a FUSE program serves.  Options: socket=PATH names a SOCK_SEQPACKET socket of
 * the host that the program, or who starts it, listens on; max_read=BYTES is what the other side's
 * socket can carry of a file in one reply; the rest are Linux's (fuse_options.c).
 */
#ifndef KERNEL_VFS_FUSE_MOUNT_H
#define KERNEL_VFS_FUSE_MOUNT_H

#include "vfs/mount.h"

extern const struct fstype fuse_type;

#endif
