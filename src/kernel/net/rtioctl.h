/* SPDX-License-Identifier: BSD-2-Clause */
/* The ioctls about routes and neighbours, SIOCADDRT and SIOCSARP and their like, which any socket
 * takes. */
#ifndef KERNEL_NET_RTIOCTL_H
#define KERNEL_NET_RTIOCTL_H

#include <stdint.h>

struct lwp;

/* ENOTTY: none of them.  family: of the socket. */
int rtioctl(struct lwp *l, int family, unsigned long request, uint64_t arg);

#endif
