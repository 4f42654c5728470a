/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag of a routed Internet socket: what it is and in which state, carried by the host socket
 * itself in the 64 bits of SO_MAX_PACING_RATE.  Any process may set that option and it means
 * nothing to AF_UNIX.  So whoever holds a descriptor of the socket, by dup, fork, exec or
 * SCM_RIGHTS, sees the same state.  A host socket that was not tagged has all bits set there.
 */
#ifndef CORE_SOCKET_SOCKTAG_H
#define CORE_SOCKET_SOCKTAG_H

#include <stdbool.h>
#include <stdint.h>

struct socktag {
	bool inet6;       /* AF_INET6; else AF_INET */
	bool dgram;       /* UDP; else TCP */
	uint8_t protocol; /* of a raw or ICMP socket, which count as dgram; else 0 */
	uint8_t error;    /* pending: what SO_ERROR or the next call reports, once */
	uint32_t flags;   /* SOCKTAG_* */
};

/* Options that AF_UNIX has not, or has with another meaning. */
#define SOCKTAG_V6ONLY    0x00000001u
#define SOCKTAG_REUSEADDR 0x00000002u
#define SOCKTAG_REUSEPORT 0x00000004u
#define SOCKTAG_NODELAY   0x00000008u
#define SOCKTAG_ABORTS    0x00000010u /* SO_LINGER 0: closing it resets the connection */
/* State. */
#define SOCKTAG_ERRORS     0x00000040u /* datagrams: IP_RECVERR */
#define SOCKTAG_NO_FRAG    0x00000080u /* datagrams: IP_MTU_DISCOVER forbids fragments */
#define SOCKTAG_LINKED     0x40000000u /* datagrams: the kernel reports errors (sockerrq.c) */
#define SOCKTAG_RESET      0x00000020u /* the peer has reset it (sockabort.c) */
#define SOCKTAG_ACCEPTED   0x00000100u /* came from accept: its bound name is the listener's */
#define SOCKTAG_CONNECTING 0x00000200u /* connect said EINPROGRESS and the end was not seen yet */
#define SOCKTAG_RETRYING   0x00000400u /* the listener's queue was full: the server connects it */
#define SOCKTAG_PEER       0x00000800u /* UDP: connected, in the sense of the rump kernel */
#define SOCKTAG_ENDED      0x00001000u /* a listener that was shut down */
#define SOCKTAG_SHUT_WR    0x00002000u /* the program ended its own direction */
#define SOCKTAG_LOST       0x00004000u /* something was written after the peer had gone */
#define SOCKTAG_REMOTE     0x00008000u /* the other end is the server, which relays to the stack */
#define SOCKTAG_RAW        0x20000000u /* SOCK_RAW */
#define SOCKTAG_FAILED     0x10000000u /* REMOTE, and the connection was never there */
/* What accepted sockets are to inherit beyond the tag. */
#define SOCKTAG_SNDBUF  0x00010000u /* the program chose SO_SNDBUF: do not raise it */
#define SOCKTAG_OPTIONS 0x00020000u /* some SOL_SOCKET option was set on it */
#define SOCKTAG_STORED  0x00040000u /* some value is in the option store (optstore.h) */
/* UDP: what recvmsg shall tell of each datagram, and what goes with those sent. */
#define SOCKTAG_PKTINFO  0x00080000u
#define SOCKTAG_RECVTTL  0x00100000u
#define SOCKTAG_RECVTOS  0x00200000u
#define SOCKTAG_ORIGDST  0x00400000u
#define SOCKTAG_PKTINFO6 0x00800000u
#define SOCKTAG_HOPS6    0x01000000u
#define SOCKTAG_TCLASS6  0x02000000u
#define SOCKTAG_OLDHOPS6 0x80000000u /* IPV6_2292HOPLIMIT */
#define SOCKTAG_MARKED   0x04000000u /* a TTL or TOS of its own: an envelope with each */
#define SOCKTAG_UDPLITE  0x08000000u
#define SOCKTAG_TOLD                                                                               \
	(SOCKTAG_PKTINFO | SOCKTAG_RECVTTL | SOCKTAG_RECVTOS | SOCKTAG_ORIGDST |                   \
	    SOCKTAG_PKTINFO6 | SOCKTAG_HOPS6 | SOCKTAG_TCLASS6 | SOCKTAG_OLDHOPS6)

#define SOCKTAG_INHERITED                                                                          \
	(SOCKTAG_V6ONLY | SOCKTAG_REUSEADDR | SOCKTAG_REUSEPORT | SOCKTAG_NODELAY |                \
	    SOCKTAG_ABORTS | SOCKTAG_SNDBUF | SOCKTAG_OPTIONS | SOCKTAG_STORED)

uint64_t socktag_pack(const struct socktag *t);
bool socktag_unpack(uint64_t bits, struct socktag *t);

/* False: fd is no routed Internet socket (or no socket at all). */
bool socktag_get(int fd, struct socktag *t);
int socktag_set(int fd, const struct socktag *t);
/* Sets and clears flags; turns one on or off. */
void socktag_change(int fd, struct socktag *t, uint32_t set, uint32_t clear);
void socktag_switch(int fd, struct socktag *t, uint32_t flag, bool on);
/* Takes the pending error: 0 if there is none. */
int socktag_take_error(int fd, struct socktag *t);

#endif
