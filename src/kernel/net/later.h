/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams for which there was no room at the receiver.
 *
 * The host lets only a few datagrams wait at an AF_UNIX socket (net.unix.max_dgram_qlen, often 10),
 * far fewer than UDP would.  What does not fit is kept here, in order, as much as UDP would keep,
 * and handed over by the network's thread as the receiver makes room.
 */
#ifndef KERNEL_NET_LATER_H
#define KERNEL_NET_LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "socket/deleg.h"
#include "socket/sockhost.h"

struct later;

/* Room for the bytes of a datagram: fill it, then put it.  NULL: no memory. */
struct later *later_new(const struct deleg_later *about, size_t len, uint8_t **ret_bytes);
/* Takes it in any case.  ECONNREFUSED: the receiver is gone; ENOBUFS: there is no room here either.
 */
int later_put(struct later *d, const struct sockhost *to);
/* Does something wait for this receiver already?  What comes now has to stand behind it. */
bool later_waits(const struct sockhost *to);
/* Hands over now what there is room for. */
void later_fetch(const struct sockhost *to);
void later_free(struct later *d);
void later_fini(void);

#endif
