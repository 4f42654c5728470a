/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bind mounts: a directory or file of the rump kernel at a second place.
 *
 * A bind mount is a layer: each of its vnodes stands for one of the file system below (`lower`) and
 * hands all operations down.  So path lookup, ".." and EXDEV need not know about it: the same file
 * is another vnode of another mount.  A vnode of the layer exists while it is referred to.
 */
#ifndef KERNEL_VFS_BIND_H
#define KERNEL_VFS_BIND_H

struct mount;
struct vnode;

/* A mount that shows `what` and, if it is a directory, the tree below it without what is mounted
 * there. */
int bind_mount(struct vnode *what, struct mount **ret);

#endif
