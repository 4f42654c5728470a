/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File systems, as the rest of the kernel sees them.  vnode.h is for file systems themselves.
 */
#ifndef KERNEL_VFS_VFS_H
#define KERNEL_VFS_VFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct cred;
struct lwp;
struct vnode;

int vfs_init(void); /* mounts a tmpfs as root, with /tmp, /dev and /proc */
void vfs_fini(void);
struct vnode *vfs_root(void); /* borrowed */
void vnode_ref(struct vnode *);
void vnode_unref(struct vnode *);

/*
 * Looks a path up for the caller: dir is a descriptor word (AT_FDCWD, a number of its table or a
 * RUMP_HANDLE).  flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH.  A counted reference in *ret.
 * EREDIRECT with l->redirect set if an absolute symbolic link leads out (proc.abslinks).
 */
int vfs_lookup(struct lwp *l, uint64_t dir, const char *path, int flags, struct vnode **ret);

/* A new socket node at path (permissions `mode` less umask) with `data` hung on it: EADDRINUSE if
 * it exists.  reclaim(data) is called when the node goes. */
int vfs_mksocket(struct lwp *l, const char *path, mode_t mode, void *data, void (*reclaim)(void *),
    struct vnode **ret);
/* The data of a socket node; NULL if it is another type.  May the caller connect (write
 * permission): 0 or EACCES. */
void *vnode_socket(struct vnode *);
int vnode_access(struct vnode *, const struct cred *, int accmode);
/* The same for one who wants to know no more than that, or to have its current directory there. */
int vnode_access_asked(struct vnode *, const struct cred *, int accmode);

/* st_dev of tmpfs's delegated files on the host. */
uint64_t vfs_file_dev(void);

#endif
