/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FUSE, the kernel's side: a file system that a program serves.  The program reads requests from
 * one end of a SOCK_SEQPACKET pair and writes replies to it, one message each, as with /dev/fuse.
 *
 *   fuse_conn.c    a connection, its end; waiting for replies
 *   fuse_send.c    requests
 *   fuse_receive.c replies, notifications
 *   fuse_reply.c   what a reply may look like: nothing in it is believed
 *   fuse_mount.c   beginning (INIT) and end of a mount, statfs
 *   fuse_options.c what the mount is to be like
 *   fuse_rights.c  who may use it, and who decides that
 *   fuse_node.c    nodes: birth, death, attributes
 *   fuse_name.c    names that were looked up, for as long as the program says that they hold
 *   fuse_dir.c     looking up and reading directories
 *   fuse_vnops.c   making, removing and moving names; links; the table of operations
 *   fuse_xattr.c   extended attributes
 *   fuse_file.c    open files: handles, and the host object that is given to programs
 *   fuse_lock.c    one at a time in what takes several requests
 *   fuse_cache.c   a file's bytes, read in
 *   fuse_parts.c   by parts, if it is large
 *   fuse_writeback.c  and written back, where they changed
 *   fuse_settle.c  the mount's thread: finds out that files were closed
 *
 * A program's descriptor of a regular file is a memfd with the whole contents, read in when the
 * file is opened, or, of a large one, before they are read: so it can be mapped, sent and read by
 * stdio as any file of the host.  What
 * programs wrote is written back on fsync, on close, and soon after the last one let go of it.
 */
#ifndef KERNEL_VFS_FUSE_H
#define KERNEL_VFS_FUSE_H

#include <linux/fuse.h>
#include <sys/uio.h>

#include "vfs/fuse/fuse_reply.h"
#include "vfs/hash.h"
#include "vfs/vnode.h"

struct fuse_cache;
struct fuse_listing;

/* A request in flight, on its caller's stack. */
struct fuse_request {
	uint32_t opcode;
	uint64_t nodeid;
	uid_t uid; /* who asks: fuse_begin() */
	gid_t gid;
	pid_t pid;
	struct iovec in[4]; /* in[0] is the header's */
	unsigned nparts;
	void *out; /* the reply without its header: between out_min and out_size bytes */
	size_t out_min, out_size, out_len;

	uint64_t unique;
	bool done;
	int error;
	int wake; /* eventfd: done, or it is this caller's turn to receive */
	bool asleep, woken;
	TAILQ_ENTRY(fuse_request) link;
};

/* A reply that nobody waits for any more. */
struct fuse_abandoned {
	uint64_t unique;
	uint32_t opcode;
	LIST_ENTRY(fuse_abandoned) link;
};

/* A message that the socket did not take yet, and that has no answer or none that matters. */
struct fuse_post {
	STAILQ_ENTRY(fuse_post) link;
	size_t len;
	char bytes[];
};

/* What the program gave for an open file or directory. */
struct fuse_handle {
	bool open;
	bool silent; /* the program has no OPEN: nothing to release */
	uint64_t fh;
	uint32_t flags; /* FOPEN_* */
};

/* A name that was looked up.  Holds a reference to both; node NULL: there is none of that name. */
struct fuse_name {
	struct fuse_node *dir, *node;
	uint64_t expires; /* fuse_now() */
	UT_hash_handle hh;
	LIST_ENTRY(fuse_name) of_node;
	TAILQ_ENTRY(fuse_name) lru;
	size_t len;
	char name[];
};

struct fuse_node {
	struct vnode v; /* first */
	uint64_t nodeid, generation, nlookup;
	UT_hash_handle hh;
	struct fuse_attr attr;
	uint64_t expires;             /* of attr */
	bool outdated;                /* size, times and blocks have to be asked for */
	bool removed;                 /* the last name that we know of */
	bool made;                    /* just now: attr is what it is */
	LIST_HEAD(, fuse_name) names; /* its own, latest first */

	struct fuse_node *above; /* a removed directory: where it was, counted */

	/* Directories: known names; how often we changed it; it as it was read, latest first. */
	struct fuse_name *children;
	uint64_t changes;
	struct fuse_listing *listings;
	uint64_t last_listing;

	/* Open files; see fuse_file.c. */
	bool locked;                  /* fuse_lock() */
	struct fuse_handle handle[2]; /* for reading; for reading and writing */
	int hostfd;                   /* the host object, or -1 */
	ino_t host_ino;
	bool path_opened;
	bool blank;                    /* the host object is new */
	struct fuse_cache *cache;      /* regular files, once read in */
	TAILQ_ENTRY(fuse_node) opened; /* in one of the mount's lists */
	bool settled;                  /* nobody has it open, and all was written back */
};
TAILQ_HEAD(fuse_nodes, fuse_node);

/* What the mount is to be like. */
struct fuse_options {
	uid_t user; /* whose it is: others may not use it ... */
	gid_t group;
	bool allow_other;         /* ... but for this */
	bool default_permissions; /* mode and owner count; else the program decides */
	uint64_t max_read;
};

struct fuse_mount {
	struct mount mount; /* first */

	/* The connection. */
	int fd;
	int ended;      /* 0, or what requests fail with */
	bool receiving; /* somebody waits on fd */
	uint64_t last_unique;
	TAILQ_HEAD(, fuse_request) requests; /* sent, waiting */
	LIST_HEAD(, fuse_abandoned) abandoned;
	STAILQ_HEAD(, fuse_post) posts;
	char *buf; /* one message */
	size_t buf_size;
	int spare_wakes[8];
	unsigned nspare_wakes;
	LIST_HEAD(, fuse_waiter) waiters; /* for locked nodes */

	struct fuse_options options;
	char type[64]; /* shown in tables of mounts, if not empty */

	/* What INIT agreed on. */
	bool agreed;
	unsigned minor;
	uint64_t flags;
	size_t io_max;    /* bytes of one READ or WRITE */
	uint64_t missing; /* bits of opcodes that the program does not know */

	struct fuse_node *nodes; /* hash by nodeid */
	TAILQ_HEAD(fuse_lru, fuse_name) lru;
	size_t nnames;
	/* Nodes with a host object: that programs may have open, and that are settled. */
	struct fuse_nodes opened, settled;
	size_t nopened, nsettled;

	struct fuse_node *looking; /* the thread has a reference to it */
	bool watching;             /* the thread looks at open files soon, unasked */
	bool stopping;
	struct timespec deadline; /* if stopping: for what the program does at the moment */
	int thread_wake;
	bool forced;  /* MNT_FORCE: nobody waits for the program */
	int finished; /* eventfd of the one who waits for the end, or -1: gets 1 + error */
};

static inline struct fuse_node *
fuse_node_of(struct vnode *vn)
{
	return (struct fuse_node *)vn;
}

static inline struct fuse_mount *
fuse_of(const struct fuse_node *n)
{
	return (struct fuse_mount *)n->v.mount;
}

/* --- fuse_conn.c --- */
#define FUSE_NS UINT64_C(1000000000)

uint64_t fuse_now(void); /* CLOCK_MONOTONIC in ns */
int fuse_conn_init(struct fuse_mount *fm, int fd);
void fuse_conn_fini(struct fuse_mount *fm);
/* Sends and waits.  The program's errno; ENOTCONN; ECONNABORTED if the connection ended meanwhile;
 * ENOSYS, also if it said so before. */
int fuse_call(struct fuse_mount *fm, struct fuse_request *r);
/* The program is gone, or talks nonsense. */
void fuse_end(struct fuse_mount *fm);
/* Its caller has something to look at. */
void fuse_wake(struct fuse_request *r);
/* The request has its reply. */
void fuse_finished(struct fuse_mount *fm, struct fuse_request *r, int error);
/* eventfds to wait with; -1. */
int fuse_wake_get(struct fuse_mount *fm);
void fuse_wake_put(struct fuse_mount *fm, int wake);

/* --- fuse_send.c --- */
/* A request about the node by the current call's process. */
struct fuse_request fuse_request(uint32_t opcode, uint64_t nodeid);
void fuse_in(struct fuse_request *r, const void *data, size_t len);
void fuse_in_name(struct fuse_request *r, const char name[]); /* with its NUL */
/* Sends one whose reply is waited for next; *interrupted: see kern_poll_firmly(). */
int fuse_send(struct fuse_mount *fm, struct fuse_request *r, bool *interrupted);
/* Sends without waiting: no reply, or none that matters. */
void fuse_post(struct fuse_mount *fm, struct fuse_request *r, bool has_reply);
/* Messages that had to wait, in order; EAGAIN: some still have to. */
int fuse_send_posts(struct fuse_mount *fm);
/* Nobody waits for the reply to this, but it may come. */
void fuse_abandon(struct fuse_mount *fm, uint64_t unique, uint32_t opcode);

/* --- fuse_receive.c: takes what there is --- */
void fuse_receive(struct fuse_mount *fm);

/* --- fuse_lock.c: mutual exclusion on a node, over waits.  ECANCELED: the process is gone --- */
int fuse_lock(struct fuse_node *n);
void fuse_unlock(struct fuse_node *n);

/* --- fuse_node.c --- */
/* The node of an entry that the program gave; takes over its lookup count.  EIO. */
int fuse_node_get(struct fuse_mount *fm, const struct fuse_entry_out *e, struct fuse_node **ret);
int fuse_node_root(struct fuse_mount *fm, struct fuse_node **ret);
void fuse_node_forget(struct fuse_mount *fm, uint64_t nodeid, uint64_t nlookup);
void fuse_inactive(struct vnode *vn);
void fuse_node_free(struct fuse_node *n);
int fuse_attr_set(struct fuse_node *n, const struct fuse_attr *a, uint64_t valid, uint32_t nsec);
int fuse_refresh(struct vnode *vn);
int fuse_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
int fuse_setattr(struct vnode *vn, const struct vnode_attr *attr);
/* SETATTR of what `in` says; the node's attributes are those of the reply. */
int fuse_node_setattr(struct fuse_node *n, struct fuse_setattr_in *in);
/* Its attributes are to be asked for again: all, or those that say nothing about rights. */
void fuse_node_stale(struct fuse_node *n);
void fuse_node_outdated(struct fuse_node *n);
/* All attributes as the program has them; those that say something about rights. */
int fuse_node_update(struct fuse_node *n);
int fuse_node_refresh(struct fuse_node *n);

/* --- fuse_rights.c --- */
/* EACCES: the mount is not for the caller. */
int fuse_check_user(const struct fuse_mount *fm);
int fuse_access(struct vnode *vn, const struct cred *c, int accmode);
int fuse_access_asked(struct vnode *vn, const struct cred *c, int accmode);

/* --- fuse_options.c --- */
/* What the caller of mount(2) says, and the path of the socket (PATH_MAX bytes).  EINVAL. */
int fuse_options_parse(const struct mount_args *args, struct fuse_options *o, char *ret_socket);
/* What the program said when it mounted: FUSE_NOTIFY_MOUNTED. */
void fuse_options_told(struct fuse_mount *fm, const char *body, size_t len);

/* --- fuse_name.c --- */
#define FUSE_NAMES_MAX 16384

struct fuse_name *fuse_name_find(struct fuse_node *dir, const char *name, size_t len);
/* ENOMEM; EIO: a directory cannot be there. */
int fuse_name_add(struct fuse_node *dir, const char *name, size_t len, struct fuse_node *n,
    const struct fuse_entry_out *e);
/* The program says that there is nothing, and maybe for how long. */
void fuse_name_add_missing(
    struct fuse_node *dir, const char *name, size_t len, const struct fuse_entry_out *e);
/* It is to be asked for again. */
void fuse_name_expire(struct fuse_node *dir, const char *name, size_t len);
void fuse_name_remove(struct fuse_name *nm);
void fuse_name_forget(struct fuse_node *dir, const char *name, size_t len);
void fuse_names_drop_all(struct fuse_mount *fm);
int fuse_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len);
int fuse_parent(struct vnode *vn, struct vnode **ret);

/* --- fuse_dir.c --- */
/* An entry that the program gave for this name: a counted node. */
int fuse_entered(struct fuse_node *dir, const char *name, size_t len,
    const struct fuse_entry_out *e, struct vnode **ret);
int fuse_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret);
int fuse_fsync_directory(struct fuse_node *n, bool datasync);
int fuse_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg);
void fuse_listings_free(struct fuse_node *n);

/* --- fuse_vnops.c, fuse_xattr.c --- */
extern const struct vnode_ops fuse_vnode_ops;
int fuse_getxattr(struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len);
int fuse_setxattr(struct vnode *vn, const char *name, const void *value, size_t len, int flags);
int fuse_listxattr(struct vnode *vn, char *list, size_t size, size_t *ret_len);

/* --- fuse_file.c --- */
int fuse_open(struct vnode *vn, int flags, int *ret_fd);
int fuse_read_in(struct vnode *vn, uint64_t offset, uint64_t len, bool *ret_all);
int fuse_fsync(struct vnode *vn, bool datasync);
int fuse_closed(struct vnode *vn);
/* A file was made and opened in one. */
void fuse_created(struct fuse_node *n, const struct fuse_open_out *open);
/* The handle to name in a request about an open file, or NULL. */
struct fuse_handle *fuse_any_handle(struct fuse_node *n);
/* Writes back and releases what no program has open any more; `n` is locked.  wait: until the
 * program has released it. */
int fuse_settle(struct fuse_node *n, bool wait);
/* The host object gets mode and owner of the node. */
void fuse_object_dress(struct fuse_node *n);
/* Moves the node to the other list; too many settled ones give way. */
void fuse_set_settled(struct fuse_node *n, bool settled);
/* The one that was settled the longest ago gives way; false: there is none. */
bool fuse_drop_settled(struct fuse_mount *fm);
/* Lets go of the host object, which nobody has open. */
void fuse_object_drop(struct fuse_node *n);
bool fuse_is_open_elsewhere(struct fuse_node *n);

/* --- fuse_cache.c, fuse_writeback.c: `n` is locked --- */
/* Reads the file in, or makes sure that what was read is what the program has; `parts`: a large one
 * need not be there yet. */
int fuse_cache_fill(struct fuse_node *n, bool parts);
/* Reads in what is not there yet: of these bytes, of all. */
int fuse_cache_need(struct fuse_node *n, uint64_t offset, uint64_t len);
int fuse_cache_complete(struct fuse_node *n);
void fuse_cache_free(struct fuse_node *n);
/* A descriptor for writing is about to be given out. */
int fuse_cache_will_write(struct fuse_node *n);
/* Writes back what changed; not `thorough`: unless the host says that nothing did. */
int fuse_cache_flush(struct fuse_node *n, bool thorough);
/* The length was changed in the program; now in the cache. */
int fuse_cache_resize(struct fuse_node *n, off_t size);
/* The bytes may be others now: they are read again for the next who opens it first. */
void fuse_cache_doubt(struct fuse_node *n);
/* Nobody writes any more. */
void fuse_cache_wrote_last(struct fuse_node *n);
/* Length and times that programs gave the open file; false: those of the node count. */
bool fuse_cache_stat(struct fuse_node *n, struct stat *st);
/* The times were set: the program's are the latest. */
void fuse_cache_stamped(struct fuse_node *n);

/* --- fuse_settle.c --- */
int fuse_thread_start(struct fuse_mount *fm);
void fuse_thread_kick(struct fuse_mount *fm);  /* look now */
void fuse_thread_watch(struct fuse_mount *fm); /* there is a file to look at */
void fuse_thread_stop(struct fuse_mount *fm);  /* the thread ends with fuse_finish() */
void fuse_deadline_renew(struct fuse_mount *fm);
int fuse_sync(struct mount *mp);

/* --- fuse_mount.c: the end of the mount, which takes the time that the program takes --- */
void fuse_finish(struct fuse_mount *fm);

#endif
