/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of vnodes: reading and changing them, with Linux's rules of who may. */
#ifndef KERNEL_VFS_ATTR_H
#define KERNEL_VFS_ATTR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct cred;
struct statfs;
struct vnode;

int vfs_stat(struct vnode *vn, struct stat *st);
/* What of it every file system has in struct vnode. */
void vfs_stat_common(const struct vnode *vn, struct stat *st);
int vfs_stat_born(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
int vfs_statx(struct vnode *vn, unsigned mask, struct statx *stx);
int vfs_statfs(struct vnode *vn, struct statfs *st);
/* The text of a symbolic link: EINVAL if it is none. */
int vfs_readlink(struct vnode *vn, char target[PATH_MAX]);

int vfs_chmod(struct vnode *vn, mode_t mode, const struct cred *c);
/* (uid_t)-1 and (gid_t)-1: unchanged. */
int vfs_chown(struct vnode *vn, uid_t uid, gid_t gid, const struct cred *c);
/* times: atime and mtime with UTIME_NOW and UTIME_OMIT; NULL: both now. */
int vfs_utimens(struct vnode *vn, const struct timespec times[2], const struct cred *c);
/* The length of a regular file; `opened`: through a descriptor open for writing. */
int vfs_truncate(struct vnode *vn, off_t length, bool opened, const struct cred *c);
/* The caller changed the contents: a file that runs as somebody else does so no longer. */
void vfs_drop_setid(struct vnode *vn, const struct cred *c);

/* Extended attributes.  get and list give the length needed when size is 0, else ERANGE. */
int vfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len,
    const struct cred *c);
int vfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags,
    const struct cred *c);
int vfs_removexattr(struct vnode *vn, const char *name, const struct cred *c);
int vfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len, const struct cred *c);

#endif
