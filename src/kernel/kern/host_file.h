/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files that are nothing but an object of the host (pipes, sockets, epoll sets): how they come
 * into a descriptor table, and the operations that are the same for all of them.
 */
#ifndef KERNEL_KERN_HOST_FILE_H
#define KERNEL_KERN_HOST_FILE_H

#include <stdbool.h>

#include "kern/file.h"
#include "kern/usercopy.h"

/* What the descriptor is to be. */
struct host_file {
	enum file_type type;
	const struct file_ops *ops;
	int hostfd; /* taken over in any case */
	int flags;  /* O_* as F_GETFL shows them */
	bool cloexec;
};

/* As the lowest free descriptor. */
int host_file_open(struct lwp *l, const struct host_file *h, int *ret_fd);
/* Two of them, whose numbers go to the client's int[2] at `fds`: both or none. */
int host_file_open_pair(struct lwp *l, const struct host_file h[2], struct uout fds);

/* For struct file_ops. */
int host_file_stat(struct lwp *l, struct file *f, struct stat *st);
void host_file_close(struct file *f);
/* An ioctl whose argument is the address of an int that the host fills. */
int host_file_ioctl_int(
    struct lwp *l, struct file *f, unsigned long request, uint64_t arg, int64_t *retval);

/* What a read(2) or write(2) gave, as file_ops return it. */
int host_file_result(ssize_t n, size_t *ret);

#endif
