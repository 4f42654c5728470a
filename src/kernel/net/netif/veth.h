/* SPDX-License-Identifier: BSD-2-Clause */
/* Two interfaces with a cable between them: what one sends the other receives. */
#ifndef KERNEL_NET_NETIF_VETH_H
#define KERNEL_NET_NETIF_VETH_H

struct ifnet;
struct ifnet_wish;

/* Makes both; *ret is the first. */
int veth_new(const struct ifnet_wish *one, const struct ifnet_wish *other, struct ifnet **ret);

#endif
