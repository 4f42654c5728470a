/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets on lo: what this kernel sends to its own addresses goes through the stack, as frames
 * that can be seen, counted, lost.  Without this, programs are connected with each other directly.
 */
#ifndef KERNEL_NET_NETIF_LOOP_H
#define KERNEL_NET_NETIF_LOOP_H

/* From now on; after the stack's start.  EALREADY, ENOMEM. */
int loop_start(void);

#endif
