/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's network, without root: what programs of the rump kernel send, libslirp does with
 * sockets of the host.
 */
#ifndef KERNEL_NET_NETIF_SLIRP_H
#define KERNEL_NET_NETIF_SLIRP_H

#include <stdint.h>

struct ifnet;

/* The network that libslirp makes, and what a program would be told of it by DHCP. */
#define SLIRP_ADDRESS  "10.0.2.15"
#define SLIRP_PREFIX   24
#define SLIRP_GATEWAY  "10.0.2.2"
#define SLIRP_ADDRESS6 "fec0::15"
#define SLIRP_PREFIX6  64
#define SLIRP_GATEWAY6 "fec0::2"

/* A new interface, which is down.  mac may be NULL, mtu 0. */
int slirp_link_new(const uint8_t *mac, unsigned mtu, struct ifnet **ret);

/*
 * Connections to a port of the host go to one of the kernel:
 * "tcp:[ADDRESS:]PORT:[ADDRESS:]PORT", or udp.  EINVAL, EADDRINUSE.
 */
int slirp_link_forward(struct ifnet *, const char *text);

#endif
