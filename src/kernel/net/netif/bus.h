/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bus: an Ethernet segment that any number of rump kernels of one user on one machine share.
 */
#ifndef KERNEL_NET_NETIF_BUS_H
#define KERNEL_NET_NETIF_BUS_H

#include <stdint.h>

struct ifnet;

#define BUS_NAME_MAX 32

/* Joins the bus of this name with a new interface, which is down.  mac may be NULL, mtu 0. */
int bus_new(const char *bus, const uint8_t *mac, unsigned mtu, struct ifnet **ret);

#endif
