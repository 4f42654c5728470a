/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces that lead nowhere: what is sent is gone. */
#ifndef KERNEL_NET_NETIF_DUMMY_H
#define KERNEL_NET_NETIF_DUMMY_H

struct ifnet;
struct ifnet_wish;

int dummy_new(const struct ifnet_wish *wish, struct ifnet **ret);

#endif
