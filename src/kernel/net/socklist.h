/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets with an address, and connections between them: what `ss` and `netstat` list.
 */
#ifndef KERNEL_NET_SOCKLIST_H
#define KERNEL_NET_SOCKLIST_H

#include <stdint.h>
#include <sys/un.h>

#include "socket/inaddr.h"

struct socklist_entry {
	uint8_t state; /* TCP_ESTABLISHED, TCP_LISTEN, TCP_CLOSE */
	struct inaddr own;
	struct inaddr peer; /* any() if it has none */
	uint64_t inode;     /* the host's number of the socket; 0: the host does not tell */
	uint32_t uid, rqueue, wqueue;
};
typedef void socklist_fn(void *arg, const struct socklist_entry *e);

/* All of the family (AF_INET, AF_INET6) and protocol (IPPROTO_*; raw sockets: IPPROTO_RAW).  An
 * errno if the host does not tell which connections there are. */
int socklist_each(int family, int protocol, socklist_fn *fn, void *arg);

/* An AF_UNIX socket that has a name in this kernel, or is connected to one that has. */
struct socklist_local {
	uint8_t type, state; /* SOCK_*; TCP_* */
	uint64_t inode, peer;
	uint32_t uid, rqueue, wqueue;
	const struct sockaddr_un *name; /* NULL: none */
	socklen_t len;
};
typedef void socklist_local_fn(void *arg, const struct socklist_local *e);
int socklist_each_local(socklist_local_fn *fn, void *arg);

#endif
