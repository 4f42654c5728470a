/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tap interface of the host as the wire: what the kernel sends arrives there on the host.
 */
#ifndef KERNEL_NET_NETIF_TAP_H
#define KERNEL_NET_NETIF_TAP_H

#include <stdint.h>

struct ifnet;

/*
 * A new interface, which is down.  mac may be NULL, mtu 0.  The host's interface is made if there
 * is none of that name, and goes with this one unless it is persistent.  EPERM: neither may we make
 * one nor is it ours; EBUSY: somebody has it; ENOENT, EACCES: the host has no such device for us.
 */
int tap_new(const char *name, const uint8_t *mac, unsigned mtu, struct ifnet **ret);

#endif
