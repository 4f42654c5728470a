/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets: frames as programs like tcpdump, arping and DHCP clients take and send them.
 *
 *   packet.c         sockets, their making and end, bind
 *   packet_in.c      frames to programs       packet_out.c   and from them
 *   packet_option.c  options                  ring.c         frames in shared memory (TPACKET)
 *   bpf.c            classic BPF filters
 *
 * A program's socket is one end of a pair of SOCK_SEQPACKET (socket/pkttag.h); the network's thread
 * has the other.
 */
#ifndef KERNEL_NET_PACKET_H
#define KERNEL_NET_PACKET_H

#include <stddef.h>
#include <stdint.h>

/* A new socket: *ret_fd is the program's end. */
int packet_open(int type, uint16_t protocol, int *ret_fd);
/* PKT_*: `in` and room for the answer, of which *ret_len is used. */
int packet_do(uint64_t cookie, unsigned op, const void *in, size_t len, void *out, size_t room,
    size_t *ret_len);
/* The memory of the ring, which the caller closes; EINVAL: there is none. */
int packet_ring_fd(uint64_t cookie, int *ret_fd);
void packet_fini(void);

#endif
