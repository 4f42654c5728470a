/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's fs.protected_* settings, which forbid some uses of other people's files in shared
 * directories.  They are the host's: what a program may do on the host it may do here.
 */
#ifndef KERNEL_VFS_PROTECT_H
#define KERNEL_VFS_PROTECT_H

struct cred;
struct vnode;

void protect_init(void); /* reads the host's settings */

/* 0, or the errno: following a symbolic link in dir; open(O_CREAT) of what is in dir already; a
 * hard link to vn. */
int protect_follow(const struct vnode *dir, const struct vnode *link, const struct cred *c);
int protect_open(const struct vnode *dir, const struct vnode *vn, const struct cred *c);
int protect_link(struct vnode *vn, const struct cred *c);

#endif
