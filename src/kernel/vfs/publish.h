/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel puts into the table of names that programs map (dcache/dcache.h).
 *
 * Path lookup publishes what it comes past, on file systems that have the operation `publish`:
 * those whose names and attributes change by our own doing only.  The file system forgets what it
 * changes, before the call that changed it is answered.  Nothing is done until the first program
 * asks for the table.
 */
#ifndef KERNEL_VFS_PUBLISH_H
#define KERNEL_VFS_PUBLISH_H

#include <stddef.h>
#include <stdint.h>

struct vnode;

/* A descriptor of the table, to be mapped for reading.  ENOMEM, EMFILE ... */
int publish_table(int *ret_fd);
/* The kernel ends. */
void publish_end(void);

/* dir has this name for vn, or (NULL) does not have it. */
void publish_name(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
void publish_vnode(struct vnode *vn);

/* For file systems; an inode number may also be that of a host object. */
void publish_forget_name(const struct vnode *dir, const char *name, size_t len);
void publish_forget(uint64_t ino);
/* Mounts changed. */
void publish_forget_all(void);

#endif
