/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Internet sockets with an address, and connections between them: what `ss` and `netstat` list.
 */
#ifndef KERNEL_NET_SOCKLIST_H
#define KERNEL_NET_SOCKLIST_H

#include <stdint.h>

#include "socket/inaddr.h"

struct socklist_entry {
	uint8_t state; /* TCP_ESTABLISHED, TCP_LISTEN, TCP_CLOSE */
	struct inaddr own;
	struct inaddr peer; /* any() if it has none */
	uint64_t id;
};
typedef void socklist_fn(void *arg, const struct socklist_entry *e);

/* All of the family (AF_INET, AF_INET6) and protocol (IPPROTO_*).  An errno if the host does not
 * tell which connections there are. */
int socklist_each(int family, int protocol, socklist_fn *fn, void *arg);

#endif
