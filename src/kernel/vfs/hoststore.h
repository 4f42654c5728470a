/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host stores: file systems in memory of the host, of limited size and without a place in its
 * tree, for the bytes of a tmpfs.  Programs write to the files without us, so only the host can say
 * ENOSPC at the right moment, to whoever writes in whatever way: by write(2), by libc's own stdio,
 * by a mapping (SIGBUS).
 *
 * A file has a name in its store, a number, so that it need not be open to be kept.  Its host
 * descriptor is recognised by the device of the store: an object of the server, in general, has a
 * number that is its inode number if it is a memfd, and else has the number of its store above the
 * inode number: dcache/object.h tells programs the same.
 */
#ifndef KERNEL_VFS_HOSTSTORE_H
#define KERNEL_VFS_HOSTSTORE_H

#include <stdint.h>
#include <sys/stat.h>

struct hoststore;

/* bytes: at most so many.  EPERM, ENOSYS, ...: the host does not let us. */
int hoststore_new(uint64_t bytes, struct hoststore **ret);
/* The same of a directory of the host: nothing is limited, and its files are not recognised. */
int hoststore_in(const char *path, struct hoststore **ret);
/* Files that are open live on. */
void hoststore_free(struct hoststore *s);
/* EINVAL: more is in use. */
int hoststore_resize(struct hoststore *s, uint64_t bytes);
/* Bytes in use. */
int hoststore_used(const struct hoststore *s, uint64_t *ret);

/*
 * A new file with this name, and the server's descriptor of it, for reading.  Its mode is less by
 * the server's umask.
 */
int hoststore_create(struct hoststore *s, uint64_t name, mode_t mode, int *ret_fd);
/* A FIFO or a device (type: S_IFIFO, ...), and what stat(2) says of it. */
int hoststore_mknod(
    struct hoststore *s, uint64_t name, mode_t type, dev_t rdev, struct stat *ret_st);
/* What has this name, with flags of open(2). */
int hoststore_open(struct hoststore *s, uint64_t name, int flags, int *ret_fd);
void hoststore_remove(struct hoststore *s, uint64_t name);
/* The same, for one that shows these attributes by itself from now on to those who have it open. */
void hoststore_let_go(struct hoststore *s, uint64_t name, mode_t mode, uid_t uid, gid_t gid);

/* The number of the store that has this st_dev; 0: none. */
uint64_t hoststore_number(dev_t dev);
/* The number of a host object, of what fstat(2) says of it; 0: it is none of the server's. */
uint64_t hoststore_object(const struct stat *st);

/* hoststore_mount.c: makes one, or changes the size of one.  What is kept for the latter is in
 * *userns: a user namespace, or -1. */
int hoststore_mount(uint64_t bytes, int *ret_dir, int *ret_userns);
int hoststore_remount(int dir, int userns, uint64_t bytes);

#endif
