/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum. */
#ifndef KERNEL_NET_CHECKSUM_H
#define KERNEL_NET_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The sum of the 16 bit words, an odd byte filled up with 0, as they lie in memory: put there
 * inverted, it makes the sum of all 0xffff. */
uint16_t checksum_of(const void *data, size_t len);

#endif
