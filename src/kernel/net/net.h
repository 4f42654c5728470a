/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets, as the rest of the kernel sees them.
 */
#ifndef KERNEL_NET_NET_H
#define KERNEL_NET_NET_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* After vfs_init(); the directory of host names (kern/hostdir.h) is there.  0 or an errno. */
int net_init(void);
void net_fini(void);

/* inet_bind(), for any kind of Internet socket: raw ones need the stack. */
struct inet_sockaddr;
int net_bind(int fd, const struct inet_sockaddr *sa, unsigned flags, pid_t pid);

/* An address in use, for listings.  Giant lock held. */
struct net_address {
	bool dgram, listening;
	struct sockaddr_storage sa;
	socklen_t sa_len;
	pid_t pid; /* who bound it */
};
void net_each_address(void (*fn)(void *arg, const struct net_address *), void *arg);

#endif
