/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port of a virtual switch of the host (vde_switch, or what else libvdeplug knows) as the wire.
 */
#ifndef KERNEL_NET_NETIF_VDE_H
#define KERNEL_NET_NETIF_VDE_H

#include <stdint.h>

struct ifnet;

/*
 * A new interface, which is down.  mac may be NULL, mtu 0.  ENOSYS: this kernel was built without
 * libvdeplug.
 */
int vde_new(const char *url, const uint8_t *mac, unsigned mtu, struct ifnet **ret);

#endif
