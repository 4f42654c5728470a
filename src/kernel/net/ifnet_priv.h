/* SPDX-License-Identifier: BSD-2-Clause */
/* What ifnet.c and ifaddr.c share. */
#ifndef KERNEL_NET_IFNET_PRIV_H
#define KERNEL_NET_IFNET_PRIV_H

struct ifnet_addr;

/* Makes the connected route of an address and tells its broadcasts, if its interface is up. */
void ifaddr_connect(const struct ifnet_addr *);

#endif
