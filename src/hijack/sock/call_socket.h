/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets, for the hijacker's other functions.
 *
 * A routed Internet socket is a host AF_UNIX socket with a tag (socket/socktag.h).  Its data calls
 * are the host's; these functions are asked when one has failed.
 */
#ifndef HIJACK_CALL_SOCKET_H
#define HIJACK_CALL_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The errno that a failed read of fd means; ERESTART where it is to be tried again. */
int socket_read_error(int fd, int error);

/* A read of 0 bytes: what it is to fail with, or 0. */
int socket_end_error(int fd);

/* After a failed write of these data to fd, with errno as it left it: another way of doing it, or
 * the right errno. */
ssize_t socket_write_failed(int fd, const struct iovec *iov, int iovcnt);

/*
 * A message that the host refused to send, with errno as it left it; the same.
 */
ssize_t socket_send_failed(int fd, const struct msghdr *msg, int flags);

/* The end of socket(2) with this type, where the kernel gives the descriptor: it gave fd, or the
 * error. */
int socket_given(int error, int fd, int type);

/* An ioctl that is not for the host: *ret_error is its end.  False: it is. */
bool socket_ioctl(int fd, unsigned long request, void *arg, int *ret_error);

/* --- AF_UNIX sockets with names in the rump kernel (call_socklocal.c) --- */

/* Is the address a name in the rump kernel? */
bool socket_local_routed(const void *sa, socklen_t len);
/* bind to such a name.  EREDIRECT: the name leads to the host, where `*host` names it. */
int socket_local_bind(int fd, const void *sa, socklen_t len, struct sockaddr_un *host);
/* Calls use(arg, host name) with the host name behind such an address, for fd, and returns what
 * that returns: -1 and errno if it failed or there is no such socket. */
typedef long socket_use(void *arg, const struct sockaddr_un *host);
long socket_local_reach(int fd, const void *sa, socklen_t len, socket_use *use, void *arg);
/* If a host name is one of such a socket: the program's name for it. */
void socket_local_show(struct sockaddr_storage *ss, socklen_t *len);

#endif
