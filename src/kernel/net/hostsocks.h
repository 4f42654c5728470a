/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's AF_UNIX sockets, as its sock_diag lists them: numbers, peers, users, what waits in
 * them.  For listings of the rump kernel's sockets, which are some of those.
 */
#ifndef KERNEL_NET_HOSTSOCKS_H
#define KERNEL_NET_HOSTSOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "socket/sockname.h"

struct hostsock {
	uint64_t inode, peer; /* numbers; peer 0: none */
	uint8_t type, state;  /* SOCK_*, TCP_* */
	uint32_t uid, rqueue, wqueue;
	struct sockname name; /* SOCKNAME_OTHER: no name of this server's */
};

struct hostsocks {
	struct hostsock *at; /* by inode */
	size_t n, room;
};

/* All there are; an errno if the host does not tell.  Then there are none. */
int hostsocks_load(struct hostsocks *s);
void hostsocks_free(struct hostsocks *s);
const struct hostsock *hostsocks_by_inode(const struct hostsocks *s, uint64_t inode);

#endif
