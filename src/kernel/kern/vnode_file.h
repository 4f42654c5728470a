/* SPDX-License-Identifier: BSD-2-Clause */
/* Open files of file systems, and the copy-in-and-look-up that every call with a path begins with.
 */
#ifndef KERNEL_KERN_VNODE_FILE_H
#define KERNEL_KERN_VNODE_FILE_H

#include <stdint.h>

#include "kern/usercopy.h"

struct file;
struct lwp;
struct proc;
struct vnode;

/* An open file on vn; takes over hostfd, but the reference to vn only on success. */
int vnode_file_new(struct vnode *vn, int hostfd, int flags, struct file **ret);

/* vfs_lookup() of a path in the client's memory.  With AT_EMPTY_PATH it may be NULL. */
int upath_lookup(struct lwp *l, uint64_t dir, struct upath path, int atflags, struct vnode **ret);

/* The vnode behind a descriptor word, counted.  EBADF for an O_PATH descriptor unless `path_ok`;
 * EINVAL for an open file that is none. */
int fdword_vnode(struct lwp *l, uint64_t word, bool path_ok, struct vnode **ret);

/* The process lost a descriptor of vn, or (vn NULL) is no more: its record locks go. */
void record_locks_drop(struct proc *p, struct vnode *vn);

/* fcntl(2)'s record locks, classic and F_OFD_*. */
int record_lock_fcntl(struct lwp *l, struct file *f, int cmd, struct uptr arg);
/* A moment before a lock is tried again: 0, or EINTR. */
int lock_retry_pause(struct lwp *l);

#endif
