/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames on their way from one interface of this kernel to another, or to itself.
 *
 * A frame is received in a turn of the network's (netloop.h), never inside the sending, because who
 * receives may send.
 */
#ifndef KERNEL_NET_NETIF_CABLE_H
#define KERNEL_NET_NETIF_CABLE_H

#include <stddef.h>
#include <sys/queue.h>

struct ifnet;
struct cable_frame;

struct cable {
	LIST_ENTRY(cable) all;
	struct ifnet *to; /* who receives */
	STAILQ_HEAD(, cable_frame) frames;
	unsigned n; /* of them */
};

void cable_init(struct cable *, struct ifnet *to);
void cable_fini(struct cable *);                              /* what is on it is lost */
int cable_put(struct cable *, const void *frame, size_t len); /* ENOBUFS */

#endif
