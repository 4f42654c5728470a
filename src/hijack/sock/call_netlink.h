/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink sockets of the rump kernel (socket/nltag.h), for the functions about sockets: what they
 * do where the host's AF_UNIX socket is not enough.  Each returns as the libc function does.
 */
#ifndef HIJACK_CALL_NETLINK_H
#define HIJACK_CALL_NETLINK_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Has the rump kernel this protocol of netlink?  The others are the host's. */
bool netlink_is_routed(int protocol);
int netlink_socket(int type, int protocol);

/* Is it a netlink socket of the rump kernel?  And the address one for it? */
bool netlink_is(int fd);
bool netlink_is_named(int fd, const void *name, socklen_t len);
int netlink_bind(int fd, const void *name, socklen_t len);
/* To the kernel, without the address. */
ssize_t netlink_send(int fd, const struct msghdr *msg, int flags);

/* The sender of what came without a sender's name, or the name of a socket without one: if fd is a
 * netlink socket of the rump kernel. */
void netlink_show(int fd, bool own, struct sockaddr_storage *ss, socklen_t *len);

/* Options that AF_UNIX has not, or has otherwise.  False: the host's. */
bool netlink_has_option(int fd, int level, int name);
/* 0 or an errno; `value` may be bad. */
int netlink_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
bool netlink_setsockopt(
    int fd, int level, int name, const void *value, socklen_t len, int *ret_error);

#endif
