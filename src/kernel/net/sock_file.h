/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets as open files of the classic kind.  The host socket is non-blocking and the same thing
 * that a hijacked program has as its own; all its state is in its tag and its name.
 */
#ifndef KERNEL_NET_SOCK_FILE_H
#define KERNEL_NET_SOCK_FILE_H

#include <stdint.h>
#include <sys/socket.h>

#include "kern/file.h"
#include "kern/usercopy.h"

/* hostfd, which is taken over in any case, as the lowest free descriptor; type: SOCK_ flags. */
int sock_file_open(struct lwp *l, int hostfd, int type, int *ret_fd);
/* Two of them, whose numbers go to the client's int[2] at `fds`. */
int sock_file_open_pair(struct lwp *l, const int hostfd[2], int type, struct uout fds);
/* EBADF, ENOTSOCK; borrowed as from filedesc_get(). */
int sock_file_get(struct lwp *l, uint64_t fdword, struct file **ret);

/*
 * One attempt that never waits: EAGAIN.  An Internet or AF_UNIX address to send to, if namelen is
 * not 0; room for the sender's in *ss, or NULL.
 */
int sock_file_send(struct lwp *l, struct file *f, const void *buf, size_t len, int flags,
    const struct sockaddr_storage *ss, socklen_t namelen, size_t *ret);
int sock_file_recv(struct lwp *l, struct file *f, void *buf, size_t len, int *flags,
    struct sockaddr_storage *ss, socklen_t *ret_namelen, size_t *ret);

/* An AF_UNIX address as the kernel's processes see it, from the host's. */
void sock_file_show(struct sockaddr_storage *ss, socklen_t *len);

#endif
