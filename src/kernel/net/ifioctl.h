/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ioctls about interfaces, SIOCGIF* and SIOCSIF*, which any socket takes.
 */
#ifndef KERNEL_NET_IFIOCTL_H
#define KERNEL_NET_IFIOCTL_H

#include <stdint.h>

struct lwp;

/* ENOTTY: none of them. */
int ifioctl(struct lwp *l, int family, unsigned long request, uint64_t arg);

#endif
