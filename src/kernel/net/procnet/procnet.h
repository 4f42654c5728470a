/* SPDX-License-Identifier: BSD-2-Clause */
/* The network's files in /proc: /proc/net and /proc/sys/net. */
#ifndef KERNEL_NET_PROCNET_H
#define KERNEL_NET_PROCNET_H

void procnet_init(void);

#endif
