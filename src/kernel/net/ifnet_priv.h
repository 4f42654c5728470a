/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about interfaces and their addresses share. */
#ifndef KERNEL_NET_IFNET_PRIV_H
#define KERNEL_NET_IFNET_PRIV_H

#include "net/ifnet.h"

/* Makes the connected route of an address and tells its broadcasts, if its interface is up. */
void ifaddr_connect(const struct ifnet_addr *);
/* ifaddr_linklocal.c: the interface is up. */
void ifaddr_add_linklocal(struct ifnet *);
/* The name itself, or with its %d replaced by the lowest number that is free: EEXIST, EINVAL. */
int ifnet_choose_name(const char *wanted, char name[IFNET_NAME_MAX]);

#endif
