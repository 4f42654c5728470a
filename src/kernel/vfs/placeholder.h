/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Placeholders: descriptors for vnodes whose contents stay in the server, mostly directories.  An
 * empty host object stands for the vnode: it owns the number in the program, and its inode number
 * is the handle.
 *
 * While a program has one open it holds a reference to the vnode.  The host does not tell when the
 * last is closed, so they are looked through about once a second while calls come in, and whenever
 * their number has doubled.  O_PATH descriptors do not show; what had such is kept for as long as
 * there are not too many of them.
 */
#ifndef KERNEL_VFS_PLACEHOLDER_H
#define KERNEL_VFS_PLACEHOLDER_H

#include <stdbool.h>

struct mount;
struct vnode;

/* A descriptor of vn with the flags of open(2); ENFILE, ENOMEM. */
int placeholder_open(struct vnode *vn, int flags, int *ret_fd);
/* The same with an object for this open alone, which has contents: takes it over, also in case of
 * an error. */
int placeholder_open_object(struct vnode *vn, int object, int flags, int *ret_fd);
/* Lets go of those that nobody has open: if it is time to look, or at once. */
void placeholder_sweep(bool now);
/* The same for one mount at once, and not minding O_PATH; or for all of them, open or not. */
void placeholder_sweep_mount(const struct mount *mp);
void placeholder_drop_mount(const struct mount *mp);

#endif
