/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of the host that lead to the kernel: the text is that of slirp_link_forward(). */
#ifndef KERNEL_NET_NETIF_SLIRP_FORWARD_H
#define KERNEL_NET_NETIF_SLIRP_FORWARD_H

struct Slirp;

/* EINVAL, EADDRINUSE. */
int slirp_forward(struct Slirp *, const char *text);

#endif
