/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that found the listener's queue full: completed by the kernel when there is room.
 */
#ifndef KERNEL_NET_RETRY_H
#define KERNEL_NET_RETRY_H

#include "socket/sockhost.h"

/* Takes over fd on success.  EAGAIN, ENOMEM. */
int retry_add(int fd, const struct sockhost *to);
/* Stops and gives up what is left. */
void retry_fini(void);

#endif
