/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names: making, removing and moving them, and opening what they mean; with the permission checks
 * and errnos of Linux.  Directory words are as vfs_lookup() takes them.
 */
#ifndef KERNEL_VFS_NAMES_H
#define KERNEL_VFS_NAMES_H

#include <stdint.h>
#include <sys/types.h>

struct lwp;
struct vnode;

int vfs_mknod(struct lwp *l, uint64_t dir, const char *path, mode_t mode, dev_t dev);
int vfs_mkdir(struct lwp *l, uint64_t dir, const char *path, mode_t mode);
int vfs_symlink(struct lwp *l, const char *target, uint64_t dir, const char *path);
int vfs_unlink(struct lwp *l, uint64_t dir, const char *path);
int vfs_rmdir(struct lwp *l, uint64_t dir, const char *path);
int vfs_link(
    struct lwp *l, uint64_t fromdir, const char *from, uint64_t todir, const char *to, int flags);
int vfs_rename(struct lwp *l, uint64_t fromdir, const char *from, uint64_t todir, const char *to,
    unsigned flags);

/*
 * openat2(2) with all its flags, which the caller has checked if it is not open(2): a counted vnode
 * and a host descriptor (close-on-exec) that behaves as the flags say; a placeholder for a
 * directory or O_PATH.  Opening a FIFO may wait.
 */
struct open_how;
int vfs_open(struct lwp *l, uint64_t dir, const char *path, const struct open_how *how,
    struct vnode **ret, int *ret_fd);

/*
 * The same for a caller that opens the server's descriptor of the object by itself, through
 * /proc/PID/fd.  VFS_PASS: it cannot, and nothing was done; vfs_open() it is.
 */
#define VFS_PASS (-1)
struct vnode_object;
int vfs_find_object(struct lwp *l, uint64_t dir, const char *path, int flags, mode_t mode,
    struct vnode_object *ret);

/* The path from the process's root into buf, of a file by the name that was last used; ENOENT if
 * it was removed or lies outside, ERANGE.  *ret_len counts the NUL. */
int vfs_path_of(struct lwp *l, struct vnode *vn, char *buf, size_t size, size_t *ret_len);

#endif
