/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vnodes, as file systems and the rest of vfs/ see them.
 *
 * A vnode is an object that has a name, or had one.  What every file system has in common stands
 * in struct vnode; the rest is behind the operations.  Policy (permission, sticky bits, what a
 * trailing slash means) is done by vfs/ before an operation is called: operations only act, and
 * fail for what is theirs alone (ENOSPC, ENOTEMPTY, ...).
 *
 * References: lookup, create and vnode_by_word() give counted ones.  A directory entry counts as
 * one.  At the last, `inactive` is called: the file system frees the vnode, or keeps it where
 * handle_find() finds it while programs still have its host object open.
 *
 * Waiting: a file system whose files are elsewhere (a program that serves it) may kern_wait() for
 * curlwp in any operation but name, parent and inactive, and in those of its mount that return an
 * errno: the giant lock is released meanwhile.  So a caller holds references to what it goes on
 * using, and what it looked up before may be outdated, which the file system finds out in the
 * operation that acts on it.
 */
#ifndef KERNEL_VFS_VNODE_H
#define KERNEL_VFS_VNODE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "vfs/mount.h"
#include "vfs/vfs.h"

struct dcache_facts;
struct fifo;
struct placeholder;
struct special;
struct vnode_ops;
struct watch;

struct vnode {
	const struct vnode_ops *ops;
	struct mount *mount;
	struct mount *covered_by; /* the mount whose root stands for this one */
	unsigned refs;
	ino_t ino;
	/* Attributes; a copy if they are elsewhere: see `refresh`. */
	mode_t mode; /* with the type */
	uid_t uid;
	gid_t gid;
	nlink_t nlink; /* 0: removed */
	dev_t rdev;
	unsigned inode_flags; /* inode_flags.h */
	struct vnode *lower;  /* the vnode that this one stands for at another place (bind/) */
	struct placeholder *placeholder;
	struct fifo *fifo;       /* FIFOs that were opened (fifo.c) */
	struct special *special; /* FIFOs and devices that were opened (special.h) */
	void *socket;            /* sockets: what vfs_mksocket() was given */
	void (*socket_reclaim)(void *);
	struct watch *watch; /* inotify (watch/) */
	bool was_opened;     /* and may be open still */
};

/* What a vnode is to be when it is made. */
struct vnode_new {
	mode_t mode; /* with the type */
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	unsigned inode_flags;
	const char *target; /* symbolic links */
	bool opened;        /* an open follows at once */
	bool linkable;      /* tmpfile: linkat() may give it a name */
};

/* Changes of attributes: those in `set`. */
enum {
	ATTR_MODE = 1,
	ATTR_UID = 2,
	ATTR_GID = 4,
	ATTR_SIZE = 8,
	ATTR_ATIME = 16,
	ATTR_MTIME = 32,
	ATTR_ATIME_NOW = 64,
	ATTR_MTIME_NOW = 128,
};
struct vnode_attr {
	unsigned set;
	mode_t mode; /* permission bits */
	uid_t uid;
	gid_t gid;
	off_t size;
	struct timespec atime, mtime;
};

/* Where the host object of a vnode is, to be opened by somebody else at once. */
struct vnode_object {
	int fd;          /* the server's own */
	int open_flags;  /* what is left of those of open(2); O_DIRECTORY: stands for one */
	uint64_t number; /* of the object: tells whether fd is still the same */
};

/* Takes one directory record; false: no room, ask again later with the cookie before it. */
typedef bool readdir_fn(
    void *arg, ino_t ino, unsigned char type, const char *name, size_t len, uint64_t next_cookie);

/*
 * A name is `len` bytes, not terminated, at most NAME_MAX, never "." or "..".  Operations marked
 * (dir) are called on directories only.
 */
#define VNODE_FOLLOW_TEXT (-1)
#define VNODE_PARTS       (1 << 30) /* beside the flags of open(2) */

struct vnode_ops {
	/* (dir) ENOENT.  The name that vn has (a file: that was used last), or ENOENT; then the
	 * directory that it has it in. */
	int (*lookup)(struct vnode *dir, const char *name, size_t len, struct vnode **ret);
	int (*name)(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len);
	int (*parent)(struct vnode *vn, struct vnode **ret);
	/* (dir) The name does not exist; the directory was not removed. */
	int (*create)(struct vnode *dir, const char *name, size_t len, const struct vnode_new *what,
	    struct vnode **ret);
	int (*tmpfile)(struct vnode *dir, const struct vnode_new *what, struct vnode **ret);
	int (*link)(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
	/* (dir) vn has this name here.  A directory: ENOTEMPTY. */
	int (*remove)(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
	/* (dir) over: what is there now, or NULL.  flags: of renameat2(2). */
	int (*rename)(struct vnode *fdir, const char *fname, size_t flen, struct vnode *vn,
	    struct vnode *tdir, const char *tname, size_t tlen, struct vnode *over, unsigned flags);
	/* (dir) Records after *cookie (0: from the start), "." and ".." too; moves *cookie on. */
	int (*readdir)(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg);
	/* Symbolic links: the target, terminated.  And for links that are more than their text
	 * (/proc/self/cwd): what they lead to; NULL or VNODE_FOLLOW_TEXT: the text says it. */
	int (*readlink)(struct vnode *vn, char ret_target[PATH_MAX]);
	int (*follow)(struct vnode *vn, struct vnode **ret);
	/* Brings the vnode's attributes up to date.  vfs/ calls it for a vnode that was held since
	 * an earlier call; one that lookup gives is fresh.  NULL: they always are. */
	int (*refresh)(struct vnode *vn);
	/* What the permission bits grant; 0 or EACCES.  NULL: vfs/ looks at the bits itself.  And
	 * for those after whom nothing follows that could fail for want of a right (access(2),
	 * chdir(2)).  NULL: it is the same. */
	int (*access)(struct vnode *vn, const struct cred *c, int accmode);
	int (*access_asked)(struct vnode *vn, const struct cred *c, int accmode);
	/* Fills in what is not in the vnode. */
	int (*getattr)(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
	int (*setattr)(struct vnode *vn, const struct vnode_attr *attr);
	/* NULL: it has none. */
	int (*set_inode_flags)(struct vnode *vn, unsigned flags);
	/* A host descriptor of the object (or its placeholder), with the flags of open(2).  FIFOs,
	 * devices and sockets come here only with O_PATH, or if open_special is set. */
	int (*open)(struct vnode *vn, int flags, int *ret_fd);
	bool open_special;
	bool mirrored; /* inotify sees it by watch/, not as a file of the host */
	/* With VNODE_PARTS in the flags, open for reading may leave bytes out that are not there
	 * yet; who has the descriptor asks for those that it is about to read.  NULL: they always
	 * are. */
	int (*read_in)(struct vnode *vn, uint64_t offset, uint64_t len, bool *ret_all);
	/* The same for one who opens it through /proc/PID/fd.  NULL: it takes `open`. */
	int (*object)(struct vnode *vn, int flags, struct vnode_object *ret);
	/* What was written is to reach the file system's store.  A program closed a descriptor of a
	 * file that it had open for writing.  NULL: nothing to do. */
	int (*fsync)(struct vnode *vn, bool datasync);
	int (*closed)(struct vnode *vn);
	/* Extended attributes by full name.  get: ENODATA; and list: names with their NULs, ERANGE,
	 * the length alone if size is 0.  set: NULL value removes.  NULL: EOPNOTSUPP. */
	int (*getxattr)(
	    struct vnode *vn, const char *name, void *value, size_t size, size_t *ret_len);
	int (*setxattr)(
	    struct vnode *vn, const char *name, const void *value, size_t len, int flags);
	int (*listxattr)(struct vnode *vn, char *list, size_t size, size_t *ret_len);
	void (*inactive)(struct vnode *vn);
	/* The rest of what the common part does not say, for publish.h.  NULL: nothing is
	 * published. */
	void (*publish)(const struct vnode *vn, struct dcache_facts *f);
};

/* vnode.c */
int vnode_by_word(struct lwp *l, uint64_t word, struct vnode **ret); /* counted; AT_FDCWD too */
/* A reference to a vnode that was held before, whose attributes are brought up to date. */
int vnode_hold(struct vnode *vn, struct vnode **ret);
void vnode_release_special(struct vnode *vn); /* for file systems: frees what vfs/ hung on it */
void vnode_put(struct vnode **pvn);

/* The variable gives its reference back when it goes out of scope. */
#define CLEANUP_VNODE __attribute__((cleanup(vnode_put)))

static inline struct vnode *
vnode_get(struct vnode *vn)
{
	vnode_ref(vn);
	return vn;
}

static inline bool
vnode_is_dir(const struct vnode *vn)
{
	return S_ISDIR(vn->mode);
}

static inline bool
vnode_is_readonly(const struct vnode *vn)
{
	return (vn->mount->flags & MS_RDONLY) != 0;
}

/* access.c: may the caller remove victim from dir (sticky bit too)?  isdir: by rmdir, or rename of
 * a directory.  May it make a name there?  Is it the owner or root? */
int vnode_may_remove(struct vnode *dir, struct vnode *victim, bool isdir, const struct cred *c);
int vnode_may_create(struct vnode *dir, const struct cred *c);
/* vnode_access() and vnode_access_asked() but for what the mount forbids. */
int vnode_rights(struct vnode *vn, const struct cred *c, int accmode);
int vnode_rights_asked(struct vnode *vn, const struct cred *c, int accmode);
/* What the permission bits say, for file systems that have an `access` of their own. */
int vnode_mode_access(struct vnode *vn, const struct cred *c, int accmode);
bool vnode_is_owner(const struct vnode *vn, const struct cred *c);
/* May it try to change attributes that are the owner's affair? */
bool vnode_may_change(const struct vnode *vn, const struct cred *c);

/* names.c: who will own what the caller makes in dir, and what the umask and a setgid directory
 * leave of its mode. */
void vnode_inherit(struct lwp *l, struct vnode *dir, struct vnode_new *what);
/* Makes `what` in dir for the caller: permission, umask, setgid directories. */
int vnode_create(struct lwp *l, struct vnode *dir, const char *name, size_t len,
    struct vnode_new *what, struct vnode **ret);
/* A nameless regular file in dir (O_TMPFILE). */
int vnode_tmpfile(struct lwp *l, struct vnode *dir, struct vnode_new *what, struct vnode **ret);

/* open.c: a host descriptor of any vnode, with the flags of open(2) that are left when the caller's
 * right to it is clear.  May wait for a FIFO's other end. */
int vnode_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd);

/* namei.c: the caller goes on, with EREDIRECT, at this path of the host, also if it has a blanket
 * over that. */
void vfs_redirect_to_host(struct lwp *l, const char *path);

/* device.c, fifo.c: host descriptors for special files.  A FIFO may wait. */
int device_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd);
int fifo_open(struct lwp *l, struct vnode *vn, int flags, int *ret_fd);
void fifo_free(struct fifo *f);
/* Has the FIFO behind this end for reading a writer, or bytes that one left? */
bool fifo_has_writer(int reader);

#endif
