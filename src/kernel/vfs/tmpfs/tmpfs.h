/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tmpfs: a file system in memory.  Names, modes, owners and links are here; the bytes of a regular
 * file are in a file of the host, so that a program's descriptor can be the file itself: in a host
 * store (vfs/hoststore.h), which keeps to the size of the file system, or if there is none in a
 * memfd.
 *
 *   tmpfs_mount.c   the file system as a whole: limits, statfs
 *   tmpfs_limits.c  its size: the host store
 *   tmpfs_node.c    nodes: birth, death, attributes, times
 *   tmpfs_dir.c     directory entries
 *   tmpfs_vnops.c   names: create, link, remove; the table of operations
 *   tmpfs_rename.c  rename
 *   tmpfs_host.c    memfds and placeholders
 *   tmpfs_zombie.c  removed files that programs still have open
 *   tmpfs_park.c    what is done when descriptors run out
 *   tmpfs_xattr.c   extended attributes
 */
#ifndef KERNEL_VFS_TMPFS_H
#define KERNEL_VFS_TMPFS_H

#include "vfs/hash.h"
#include "vfs/vnode.h"

struct hoststore;
struct tmpfs_node;
struct tmpfs_xattr;

/* A name in a directory; counts as a reference to the node. */
struct tmpfs_entry {
	struct tmpfs_node *node;
	uint64_t seq; /* grows with age of the directory: the position that readdir knows it by */
	TAILQ_ENTRY(tmpfs_entry) order;
	UT_hash_handle hh;
	size_t len;
	char name[];
};

struct tmpfs_dir {
	struct tmpfs_entry *names;                  /* hash */
	TAILQ_HEAD(tmpfs_order, tmpfs_entry) order; /* newest first */
	uint64_t last_seq;
	size_t count;
	struct tmpfs_node *parent; /* counted once this directory is removed */
	struct tmpfs_entry *self;  /* its entry there; NULL: removed, or the root */
};

struct tmpfs_node {
	struct vnode v; /* first */
	struct timespec atime, mtime, ctime, btime;
	struct tmpfs_dir
	    dir;       /* S_ISDIR; of others only parent and self, their name that was used last */
	char *target;  /* S_ISLNK */
	bool linkable; /* O_TMPFILE: may get its first name */

	/* The host object, -1 if there is none: our descriptor; its number (dcache/object.h); and
	 * the ctime it had when we last touched it: another one means that a program wrote.  It may
	 * not be the file's owner's: a server without privilege cannot give it away. */
	int hostfd;
	uint64_t host_number;
	struct timespec host_ctime;
	bool host_is_owned;
	bool path_opened; /* given out with O_PATH or O_ACCMODE, which leases do not see */
	bool zombie;      /* on the list of tmpfs_zombie.c */
	TAILQ_ENTRY(tmpfs_node) hosts; /* with a host object, latest opened last */
	TAILQ_ENTRY(tmpfs_node) zombies;

	/* A regular file without a host object: its contents, unless they are in the store. */
	void *parked;
	size_t parked_len;
	blkcnt_t parked_blocks;
	uint64_t stored; /* the object's name in the store; 0: it is none of those */

	struct tmpfs_xattr *xattrs; /* sorted by name */
	LIST_ENTRY(tmpfs_node) all;
};
TAILQ_HEAD(tmpfs_nodes, tmpfs_node);

#define TMPFS_NO_LIMIT (UINT64_MAX / 2)
struct tmpfs_limits {
	uint64_t bytes_max;
	size_t nodes_max;
	bool sized, counted; /* they were asked for */
};

struct tmpfs {
	struct mount mount; /* first */
	LIST_HEAD(, tmpfs_node) all;
	/* A name counts like a node, for it takes memory as well; so does each KiB of extended
	 * attributes: each kind by itself. */
	size_t nodes, names;
	uint64_t xattr_bytes;
	struct tmpfs_limits limits;
	struct hoststore *store; /* see tmpfs_limits.c */
	bool storeless;          /* there is to be none */
	uint64_t last_stored;
	struct tmpfs_nodes hosts;
	size_t nhosts;
	struct tmpfs_nodes zombies;
	size_t nzombies, sweep_at;
	time_t swept; /* CLOCK_MONOTONIC second of the last sweep */
	int clock_fd; /* see tmpfs_now() */
	struct timespec now;
	uint64_t now_call; /* the system call whose time `now` is */
};

static inline struct tmpfs_node *
tmpfs_node_of(struct vnode *vn)
{
	return (struct tmpfs_node *)vn;
}

static inline struct tmpfs *
tmpfs_of(const struct tmpfs_node *n)
{
	return (struct tmpfs *)n->v.mount;
}

/* tmpfs_mount.c, tmpfs_options.c */
extern const struct fstype tmpfs_type;
/* size=, nr_blocks=, nr_inodes=, and for a new mount's root mode=, uid=, gid= (into `root`, NULL
 * when mounted anew).  EINVAL. */
int tmpfs_parse_options(struct tmpfs_limits *limits, const char *options, struct vnode_new *root);
void tmpfs_show(const struct mount *mp, char *buf, size_t size);

/* tmpfs_limits.c: where new bytes go, or NULL; new limits for a file system in use, EINVAL if it
 * has more already; what is in use. */
struct hoststore *tmpfs_store(struct tmpfs *fs);
int tmpfs_change_limits(struct tmpfs *fs, const struct tmpfs_limits *limits);
size_t tmpfs_nodes_used(const struct tmpfs *fs);
int tmpfs_bytes_used(const struct tmpfs *fs, uint64_t *ret);

/* tmpfs_node.c */
struct timespec tmpfs_now(struct tmpfs *fs);
void tmpfs_stamped(struct tmpfs *fs, struct timespec now); /* by the host, in this call */
int tmpfs_node_new(struct tmpfs *fs, const struct vnode_new *what, struct tmpfs_node **ret);
/* Frees a node without references and entries.  Returns the directory above, if the node (a removed
 * directory) held a reference to it: the caller is to drop that. */
struct tmpfs_node *tmpfs_node_free(struct tmpfs_node *n);
void tmpfs_touch(struct tmpfs_node *n, bool contents); /* ctime, and mtime if contents */
void tmpfs_accessed(struct tmpfs_node *n);
/* Programs are not to see the attributes that were published. */
void tmpfs_changed(const struct tmpfs_node *n);
void tmpfs_publish(const struct vnode *vn, struct dcache_facts *f);
/* A write takes set-id bits away on the host, without us. */
int tmpfs_refresh(struct vnode *vn);
int tmpfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
int tmpfs_set_inode_flags(struct vnode *vn, unsigned flags);
int tmpfs_setattr(struct vnode *vn, const struct vnode_attr *attr);

/* tmpfs_dir.c */
struct tmpfs_entry *tmpfs_dir_find(struct tmpfs_node *dir, const char *name, size_t len);
int tmpfs_dir_add(struct tmpfs_node *dir, const char *name, size_t len, struct tmpfs_node *n);
void tmpfs_dir_remove(struct tmpfs_node *dir, struct tmpfs_entry *e);
/* Puts another node under the entry's name; the reference moves from the entry to the caller. */
struct tmpfs_node *tmpfs_dir_swap(
    struct tmpfs_node *dir, struct tmpfs_entry *e, struct tmpfs_node *n);
int tmpfs_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg);
/* A node got a name in `dir`, or a directory (dir NULL) lost its last. */
void tmpfs_dir_attach(struct tmpfs_node *child, struct tmpfs_node *dir, struct tmpfs_entry *e);

/* tmpfs_vnops.c, tmpfs_rename.c */
extern const struct vnode_ops tmpfs_vnode_ops;
int tmpfs_rename(struct vnode *fdir, const char *fname, size_t flen, struct vnode *vn,
    struct vnode *tdir, const char *tname, size_t tlen, struct vnode *over, unsigned flags);

/* tmpfs_host.c: makes the host object if there is none; ENFILE. */
int tmpfs_host_need(struct tmpfs_node *n);
/* The same for a new node, which gets number and times of the object. */
int tmpfs_host_born(struct tmpfs_node *n);
void tmpfs_host_drop(struct tmpfs_node *n);
int tmpfs_host_open(struct vnode *vn, int flags, int *ret_fd);
int tmpfs_host_object(struct vnode *vn, int flags, struct vnode_object *ret);
/* A descriptor of our own to write with, for as long as that takes. */
int tmpfs_host_write_fd(struct tmpfs_node *n, int *ret_fd);
/* Does nobody but us have the object open? */
bool tmpfs_host_is_alone(struct tmpfs_node *n);
/* We changed the object: its ctime is no sign of others. */
void tmpfs_host_sync(struct tmpfs_node *n);
/* The mode of the object for a file of this mode. */
mode_t tmpfs_host_mode(const struct tmpfs_node *n);

/* tmpfs_zombie.c: the vnode operation `inactive`, and the sweep, cheap when there is nothing. */
void tmpfs_inactive(struct vnode *vn);
void tmpfs_zombie_forget(struct tmpfs_node *n);
void tmpfs_sweep(struct tmpfs *fs, bool now);

/* tmpfs_park.c: gives some descriptors back; false: there were none. */
bool tmpfs_park_some(struct tmpfs *fs);
int tmpfs_unpark(struct tmpfs_node *n); /* contents into the new host object */

/* tmpfs_xattr.c */
int tmpfs_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len);
int tmpfs_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags);
int tmpfs_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len);
void tmpfs_xattr_free(struct tmpfs_node *n);

#endif
