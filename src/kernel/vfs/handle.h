/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handles: how clients name a file that they hold a host descriptor of.  A descriptor word with
 * RUMP_HANDLE set has the inode number of the host object in the other bits.
 */
#ifndef KERNEL_VFS_HANDLE_H
#define KERNEL_VFS_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "syscall/sysnum.h" /* RUMP_HANDLE */

struct vnode;

static inline bool
handle_is(uint64_t word)
{
	return (word & ~(RUMP_HANDLE - 1)) == RUMP_HANDLE;
}

/* The map from host inode number to vnode; entries hold no reference.  ENOMEM. */
int handle_add(uint64_t host_ino, struct vnode *vn);
void handle_remove(uint64_t host_ino);
struct vnode *handle_find(uint64_t host_ino); /* borrowed; NULL */

#endif
