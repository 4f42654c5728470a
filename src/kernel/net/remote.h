/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP/IP stack as the sockets see it: what leaves the kernel, and how.  There is none until an
 * interface that needs it is made.
 */
#ifndef KERNEL_NET_REMOTE_H
#define KERNEL_NET_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/socklist.h"
#include <stdbool.h>

#include "socket/inaddr.h"
#include "socket/sockhost.h"

struct ifnet;

struct remote_ops {
	/*
	 * Connects the program's host socket, which has its name, to dest from own through the
	 * stack.  Returns once the attempt has begun; the socket's tag says how it ended
	 * (SOCKTAG_RETRYING cleared, pending error).  fd stays the caller's.
	 */
	int (*connect)(int fd, const struct inaddr *own, const struct inaddr *dest);
	/* Is there a connection between these already? */
	bool (*is_taken)(const struct inaddr *own, const struct inaddr *dest);
	/* A raw socket, with the flags of its bind, is there from now on. */
	int (*raw)(unsigned flags);
	/* A socket joins or leaves a multicast group on this interface. */
	void (*group)(const struct ifnet *ifp, const struct inaddr *group, bool join);
	/* The host name of the datagram socket that stands for this remote address. */
	int (*datagrams)(const struct inaddr *dest, struct sockhost *ret);
	/* Takes what waits in that socket, which had no room: false if there is none. */
	bool (*take)(const struct inaddr *dest);
	/*
	 * A TCP connection, by the number in its connector's name: ENOENT.  As much of its struct
	 * tcp_info as there is room for; *len is how much.
	 */
	int (*tcp_info)(uint64_t seq, void *info, size_t *len);
	/* An option; ENOPROTOOPT if the stack does not mind it. */
	int (*tcp_set)(uint64_t seq, int level, int name, int value);
	/* Connections that are no program's: still being made, or being ended. */
	void (*tcp_others)(int family, socklist_fn *fn, void *arg);
	/* The state (TCP_*) of one that is a program's. */
	int (*tcp_state)(uint64_t seq, uint8_t *ret);
};

extern const struct remote_ops *remote; /* NULL: no stack */

#endif
