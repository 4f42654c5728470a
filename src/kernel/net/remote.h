/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP/IP stack as the sockets see it: what leaves the kernel, and how.  There is none until an
 * interface that needs it is made.
 */
#ifndef KERNEL_NET_REMOTE_H
#define KERNEL_NET_REMOTE_H

#include "socket/inaddr.h"
#include "socket/sockhost.h"

struct remote_ops {
	/*
	 * Connects the program's host socket, which has its name, to dest from own through the
	 * stack.  Returns once the attempt has begun; the socket's tag says how it ended
	 * (SOCKTAG_RETRYING cleared, pending error).  fd stays the caller's.
	 */
	int (*connect)(int fd, const struct inaddr *own, const struct inaddr *dest);
	/* A raw socket, with the flags of its bind, is there from now on. */
	int (*raw)(unsigned flags);
	/* The host name of the datagram socket that stands for this remote address. */
	int (*datagrams)(const struct inaddr *dest, struct sockhost *ret);
};

extern const struct remote_ops *remote; /* NULL: no stack */

#endif
