/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of which the program has one end and the kernel the other.
 */
#ifndef KERNEL_NET_SOCKPAIR_H
#define KERNEL_NET_SOCKPAIR_H

/* A pair of SOCK_SEQPACKET.  The kernel may have so many bytes on their way to the program: root
 * that many, others as many as the host lets them. */
int sockpair_make(int size, int *ret_own, int *ret_program);

#endif
