/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet capture: the frames of interfaces as a pcapng stream.
 *
 * A capture is an end of a host socket pair: each block of the stream is one packet there, so a
 * reader gets whole blocks, and a block that finds no room is dropped and counted.  It sees what is
 * on the wire: outgoing frames after faults (impair.h), incoming ones before.  It ends when its
 * reader has gone.  Giant lock.
 */
#ifndef KERNEL_NET_CAPTURE_H
#define KERNEL_NET_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

struct ifnet;

/*
 * Starts one: of this interface, or of all but lo if it is NULL; at most snaplen bytes of a frame
 * (0: all).  *ret_fd is the end to read from.  EOPNOTSUPP: lo, whose connections are the host's.
 */
int capture_start(struct ifnet *, size_t snaplen, int *ret_fd);
/* For ifnet_io.c: is there one at all? */
bool capture_any(void);
void capture_frame(struct ifnet *, const void *frame, size_t len, bool outgoing);

#endif
