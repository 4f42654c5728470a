/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX access control lists.  A list is kept by the file system as the extended attribute that
 * shows it (system.posix_acl_access, system.posix_acl_default), on mounts that keep them.  A file
 * has one only if it says more than its mode; the mode always has the list's owner, other, and
 * mask or group.
 */
#ifndef KERNEL_VFS_ACL_H
#define KERNEL_VFS_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct cred;
struct vnode;
struct vnode_new;

/* Does the attribute name an ACL? */
bool acl_is_name(const char *name);

/* What the list grants the caller, who is not the owner: 0 or EACCES; -1: there is no list. */
int acl_access(struct vnode *vn, const struct cred *c, int accmode);

/* The system calls on the attribute: setting (value NULL: removing) and reading it. */
int acl_set(
    struct vnode *vn, const char *name, const void *value, size_t len, const struct cred *c);
int acl_get(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len);

/* The mode was changed to vn->mode: the list follows. */
int acl_chmod(struct vnode *vn);

/* dir's default list takes its part of the mode of what is to be made there; false: there is no
 * such list (the umask counts then).  Afterwards vn, which was made so, gets its lists. */
bool acl_mask(struct vnode *dir, struct vnode_new *what, mode_t asked);
int acl_inherit(struct vnode *dir, struct vnode *vn, mode_t asked);

#endif
