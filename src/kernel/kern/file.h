/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files and descriptor tables of the classic kind: what a program that uses librumpclient
 * directly sees (rump_sys_open() gives a number in its process's table here).  A delegated
 * descriptor has no struct file: it is a host descriptor in the client.
 *
 * A struct file stands on a host descriptor wherever the object has one (regular file, socket,
 * pipe), so reading is read(2) and waiting is poll(2) on it.
 */
#ifndef KERNEL_KERN_FILE_H
#define KERNEL_KERN_FILE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

struct file;
struct lwp;
struct proc;
struct vnode;

enum file_type { FILE_VNODE, FILE_SOCKET, FILE_PIPE, FILE_EPOLL };

/*
 * Operations.  read/write move data between the host object and a kernel buffer and never block:
 * EAGAIN if the object is not ready, and the caller (sys_rw.c) waits on hostfd.  offset is NULL for
 * the file's own position.  A NULL operation means the errno noted here.
 */
struct file_ops {
	int (*read)(struct lwp *, struct file *, void *buf, size_t len, const off_t *offset,
	    size_t *ret); /* EINVAL */
	int (*write)(struct lwp *, struct file *, const void *buf, size_t len, const off_t *offset,
	    size_t *ret);                                                               /* EINVAL */
	int (*seek)(struct lwp *, struct file *, off_t offset, int whence, off_t *ret); /* ESPIPE */
	int (*stat)(struct lwp *, struct file *, struct stat *st); /* never NULL */
	int (*ioctl)(struct lwp *, struct file *, unsigned long request, uint64_t arg,
	    int64_t *retval);         /* ENOTTY */
	void (*close)(struct file *); /* last reference; frees data, closes hostfd;
					  file_unref() then lets go of vnode, if set */
};

struct file {
	enum file_type type;
	const struct file_ops *ops;
	unsigned refs;
	int flags;           /* O_* as F_GETFL shows them */
	int hostfd;          /* or -1 */
	struct vnode *vnode; /* FILE_VNODE: a counted reference */
	off_t offset;        /* directories: position of getdents64 */
	void *data;
};

/* file.c, filedesc.c */
int file_new(enum file_type type, const struct file_ops *ops, struct file **ret);
void file_ref(struct file *f);
void file_unref(struct file *f);

struct filedesc *filedesc_new(void);
unsigned filedesc_count(const struct filedesc *t);     /* open descriptors */
struct filedesc *filedesc_copy(struct filedesc *from); /* NULL: ENOMEM */
void filedesc_free(struct filedesc *);
void filedesc_close_on_exec(struct filedesc *);
/* Lowest free number >= min; takes over the reference in any case.  EMFILE, EINVAL. */
int filedesc_alloc(struct proc *p, struct file *f, int min, bool cloexec, int *ret_fd);
/* Puts f at exactly this number, closing what was there (dup2); takes over the reference in any
 * case.  EBADF if no table is that large. */
int filedesc_set(struct proc *p, struct file *f, uint64_t fdword, bool cloexec);
/* Borrowed for as long as the giant lock is held: file_ref() it before waiting.  EBADF. */
int filedesc_get(struct proc *p, uint64_t fdword, struct file **ret);
int filedesc_close(struct proc *p, uint64_t fdword);
bool filedesc_cloexec(struct proc *p, int fd);
void filedesc_set_cloexec(struct proc *p, int fd, bool on);
#define FILEDESC_MAX 4096 /* descriptors per process */

#endif
