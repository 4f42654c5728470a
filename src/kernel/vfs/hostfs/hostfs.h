/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostfs: a directory (or file) of the host inside the rump kernel.
 *
 *   hostfs_mount.c  the file system as a whole
 *   hostfs_node.c   nodes, attributes
 *   hostfs_dir.c    lookup, parents, readdir
 *   hostfs_vnops.c  names: create, link, remove, rename; the table of operations
 *   hostfs_open.c   descriptors
 *   hostfs_xattr.c  extended attributes
 *
 * A node is an O_PATH descriptor of the host's object, and lives while it is referred to; the host
 * has all the truth.  Nothing leads out of the directory: names are looked up one at a time, with
 * O_NOFOLLOW, in directories that are held open; symbolic links are followed by path lookup, whose
 * root is the rump kernel's; and ".." is checked against the place where the result is.
 *
 * The server does the work, so the host sees the server's user: a process gets what its ids grant
 * by the permission bits and the server is allowed.
 *
 * A regular file's descriptor in the program is the host's file.  It need not be recognised:
 * st_dev and st_ino are the host's here as there, so what the host answers to fstat, fchmod or
 * ftruncate is the rump kernel's answer as well.
 */
#ifndef KERNEL_VFS_HOSTFS_H
#define KERNEL_VFS_HOSTFS_H

#include "vfs/hash.h"
#include "vfs/vnode.h"

struct hostfs_id {
	uint64_t dev, ino;
};

struct hostfs_node {
	struct vnode v; /* first */
	struct hostfs_id id;
	int fd;         /* O_PATH; of a file that was made without a name, an open one */
	int new_mode;   /* made to be opened: the mode it gets once it is; -1 */
	int stream;     /* directories that are being read: an open one, or -1 */
	uint64_t place; /* the cookie that `stream` is at */
	UT_hash_handle hh;
};

struct hostfs {
	struct mount mount; /* first */
	struct hostfs_node *nodes;
};

static inline struct hostfs_node *
hostfs_node_of(struct vnode *vn)
{
	return (struct hostfs_node *)vn;
}

/* /proc/self/fd/N: what reaches the object itself where a call has no form for O_PATH. */
struct hostfs_path {
	char text[32];
};
struct hostfs_path hostfs_path(int fd);

/* hostfs_node.c: the node of the object behind fd, which it takes over, also in case of an error.
 */
int hostfs_node_get(struct mount *mp, int fd, struct vnode **ret);
void hostfs_node_free(struct hostfs_node *n);
void hostfs_inactive(struct vnode *vn);
int hostfs_refresh(struct vnode *vn);
int hostfs_access(struct vnode *vn, const struct cred *c, int accmode);
int hostfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
int hostfs_setattr(struct vnode *vn, const struct vnode_attr *attr);
/* errno of the last host call; being out of descriptors is the system's trouble. */
int hostfs_error(void);

/* hostfs_dir.c */
int hostfs_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret);
int hostfs_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len);
int hostfs_parent(struct vnode *vn, struct vnode **ret);
int hostfs_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg);

/* hostfs_open.c */
int hostfs_open(struct vnode *vn, int flags, int *ret_fd);

/* hostfs_xattr.c */
int hostfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len);
int hostfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags);
int hostfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len);

extern const struct vnode_ops hostfs_vnode_ops;
extern const struct fstype hostfs_type;

#endif
