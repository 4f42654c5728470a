/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link of a bus: the connection between two of its interfaces, which carries frames.
 *
 * A message is an Ethernet frame.  A large frame (large.h) has an envelope before it, which looks
 * like the header of a frame from a group, which no frame comes from, and has the segment's size at
 * its end.  An envelope with nothing in it says whether its sender takes large frames: a size of 1,
 * or 0.  Who has not said so (a program that speaks to the bus by itself) does not get any.
 */
#ifndef KERNEL_NET_NETIF_BUSLINK_H
#define KERNEL_NET_NETIF_BUSLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "net/netloop.h"

struct bus;

struct bus_link {
	LIST_ENTRY(bus_link) all;
	struct netwatch watch;
	struct bus *bus;
	bool takes_large;        /* the peer, as it has said */
	bool told, told_we_take; /* whether we have said, and what */
};
LIST_HEAD(bus_links, bus_link);

/* fd is taken over in any case.  ENOMEM. */
int bus_link_new(struct bus *, int fd, struct bus_link **ret);
void bus_link_free(struct bus_link *);
/* ENOBUFS: the peer does not keep up.  segment: of a large frame, else 0. */
int bus_link_send(struct bus_link *, const void *frame, size_t len, unsigned segment);
/* Tells the peer whether we take large frames, unless it knows. */
void bus_link_tell(struct bus_link *, bool takes_large);

/* --- bus.c --- */
void bus_arrived(struct bus_link *, const void *frame, size_t len, unsigned segment);
/* All that had come is dealt with. */
void bus_link_settled(struct bus_link *);
/* The peer has said whether it takes large frames. */
void bus_link_changed(struct bus_link *);
/* It is off the list, and about to be freed. */
void bus_link_gone(struct bus_link *);

#endif
