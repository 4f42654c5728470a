/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path MTUs that routers have reported.
 */
#ifndef KERNEL_NET_PMTU_H
#define KERNEL_NET_PMTU_H

#include "socket/inaddr.h"

/* A packet of ours to this address was too large for a link with this MTU. */
void pmtu_learn(const struct inaddr *dest, unsigned mtu);
/* The MTU of the way there, of which the first link has `mtu`. */
unsigned pmtu_of(const struct inaddr *dest, unsigned mtu);

#endif
