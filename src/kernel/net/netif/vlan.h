/* SPDX-License-Identifier: BSD-2-Clause */
/* A VLAN of IEEE 802.1Q on an interface: those of its frames that have the number. */
#ifndef KERNEL_NET_NETIF_VLAN_H
#define KERNEL_NET_NETIF_VLAN_H

#include <stdint.h>

struct ifnet;
struct ifnet_wish;

#define VLAN_ID_MAX 4094

/* ERANGE; EOPNOTSUPP: no Ethernet below; EEXIST: that VLAN has an interface; EMLINK: too many on
 * one another. */
int vlan_new(const struct ifnet_wish *wish, struct ifnet *lower, unsigned id, struct ifnet **ret);
unsigned vlan_id(const struct ifnet *);

#endif
