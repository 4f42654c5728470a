/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large frames: what would be many TCP segments, in one frame that is larger than the MTU.  Linux
 * does the same (GSO) and shows them to tcpdump.
 *
 * They go where both ends of a link know them; elsewhere, and where somebody wants to see single
 * frames (faults, an interface on top, forwarding), they are split into the segments that they
 * stand for.  How much of the payload goes into each of those goes with a large frame: `segment`.
 */
#ifndef KERNEL_NET_LARGE_H
#define KERNEL_NET_LARGE_H

#include <stdbool.h>
#include <stddef.h>

struct ifnet;

#define LARGE_PAYLOAD_MAX                                                                          \
	65000 /* with its headers it is a packet that IP can tell the length of                    \
	       */

/* Calls fn for each of the segments, until one is not 0, which is returned.  EINVAL: it is no TCP
 * segment; ENOBUFS: no memory. */
typedef int large_fn(void *arg, const void *frame, size_t len);
int large_split(const void *frame, size_t len, unsigned segment, large_fn *fn, void *arg);

/* --- ifnet_io.c --- */

/* Would the interface send a large frame as it is, and take one? */
bool ifnet_sends_large(const struct ifnet *);
bool ifnet_takes_large(const struct ifnet *);
/* As ifnet_input() and ifnet_output(). */
void ifnet_input_large(struct ifnet *, const void *frame, size_t len, unsigned segment);
int ifnet_output_large(struct ifnet *, const void *frame, size_t len, unsigned segment);

#endif
