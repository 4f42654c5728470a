/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the deleg_* calls, as both sides mean them.
 *
 * deleg_find     finds or makes a file as open(2) does; the caller opens its host object itself,
 *                through /proc/PID/fd of the server.
 * deleg_bind     with the socket: binds it to a host name for the address.
 * deleg_listen   the socket of that host name is about to listen.
 * deleg_connect  who listens at the address: the host name to connect to, and, if the caller's
 *                socket has no name yet, the name to bind it to first.
 * deleg_reach    the same, with a descriptor (O_PATH) of the host name to connect to, for a program
 *                that gave up the user id that may look into the server's directory.
 * deleg_relay    with the socket: connected by the kernel's TCP/IP stack, after deleg_connect said
 *                EREMOTE.
 * deleg_name     the address behind a host name.
 * deleg_group    with the socket: joins or leaves a multicast group, or asks for an interface.
 * deleg_tcp_info, deleg_tcp_set
 *                TCP_INFO and options of a connection through the stack.
 * deleg_later    a datagram for which the receiver has no room now, to be handed over when it has.
 * deleg_kept     hands over what was kept by deleg_later, now that there is room.
 * deleg_many     the host names of all that get what is sent to a group or to all of a network.
 * deleg_retry    with the socket: to be connected by the server when there is room.
 * deleg_option   with the socket: an option that the kernel has to know.
 * deleg_error    with the socket: what was reported about its datagrams, and how large they may be.
 */
#ifndef CORE_SOCKET_DELEG_H
#define CORE_SOCKET_DELEG_H

#include <stdint.h>

#include "socket/inaddr.h"

#define DELEG_INET6     0x01u /* the socket is AF_INET6 */
#define DELEG_DGRAM     0x02u
#define DELEG_REUSEADDR 0x04u
#define DELEG_REUSEPORT 0x08u
#define DELEG_V6ONLY    0x10u
#define DELEG_LOCAL     0x20u /* the socket is AF_UNIX; connect: with its type in DELEG_NUMBER */
#define DELEG_GONE                                                                                 \
	0x40u                /* connect: the host refused the name given before: look again;       \
				listen: does so no more */
#define DELEG_UDPLITE 0x100u /* and DELEG_DGRAM: with ports of its own */
#define DELEG_PEER    0x80u  /* connect of a UDP socket: remember the destination */

#define DELEG_BROADCAST 0x200u /* the socket has SO_BROADCAST */
#define DELEG_RAW       0x400u /* and DELEG_DGRAM: a raw socket */
#define DELEG_PING      0x800u /* and DELEG_DGRAM: a datagram socket of ICMP */

#define DELEG_ERRORS  0x2000u /* IP_RECVERR: errors are kept for the program (deleg_error) */
#define DELEG_NO_FRAG 0x4000u /* IP_MTU_DISCOVER forbids fragments */

/* The flags that say whose port it is. */
#define DELEG_PROTOCOL (DELEG_DGRAM | DELEG_UDPLITE | DELEG_RAW | DELEG_PING)
/* The IP protocol of a raw or ICMP socket. */
#define DELEG_NUMBER(protocol) ((unsigned)(protocol) << 16)
#define DELEG_NUMBER_OF(flags) ((uint8_t)((flags) >> 16))

/* deleg_name: which address. */
#define DELEG_OWN  0u
#define DELEG_DEST 1u

/* The reply of deleg_connect: bytes of sun_path, abstract names with their leading NUL. */
struct deleg_reply {
	uint8_t bind_len; /* 0: nothing to bind */
	uint8_t connect_len;
	char bind[109];
	char connect[109];
};
_Static_assert(sizeof(struct deleg_reply) == 220, "as the table says");

/* What is asked by deleg_group. */
enum { DELEG_JOIN, DELEG_LEAVE, DELEG_INTERFACE };
struct deleg_group {
	uint32_t op;
	uint32_t index;      /* of the interface, or 0: */
	struct inaddr iface; /* an address of it, or any: the one with the route */
	struct inaddr group;
	struct inaddr source; /* of datagrams wanted; any: all */
	uint16_t pad;
};
_Static_assert(sizeof(struct deleg_group) == 64, "as the table says");

/* What is asked by deleg_many, and its reply: if `n` is DELEG_RECEIVERS, ask again from there. */
#define DELEG_RECEIVERS 16
#define DELEG_NOLOOP    0x1000u /* IP_MULTICAST_LOOP is off: not for this kernel's own sockets */
struct deleg_many {
	struct inaddr src; /* the sender's name */
	struct inaddr dest;
	uint32_t flags;
	uint32_t index; /* of the interface to send by, or 0 */
	uint32_t skip;
};
_Static_assert(sizeof(struct deleg_many) == 48, "as the table says");
struct deleg_receivers {
	struct inaddr src; /* as receivers are to see it */
	uint32_t index;
	uint32_t n;
	struct {
		uint8_t len;
		char host[109];
	} to[DELEG_RECEIVERS];
};
_Static_assert(sizeof(struct deleg_receivers) == 1788, "as the table says");

/* What is asked by deleg_error. */
enum {
	DELEG_ERROR_TAKE,    /* the pending one, as SO_ERROR does */
	DELEG_ERROR_QUEUED,  /* the first in the queue, as MSG_ERRQUEUE does: EAGAIN */
	DELEG_ERROR_SHOW,    /* the host is to show again (poll) that there is something */
	DELEG_ERROR_REFUSED, /* nobody in this kernel has the address in `dest` */
	DELEG_ERROR_MTU,     /* of the way to `dest`, in `info`; EMSGSIZE, and reported: a datagram
				of so many bytes as `info` says is too large */
};
#define DELEG_QUOTED 576 /* bytes of a datagram that come back, at most */
struct deleg_error {
	int32_t pending; /* TAKE */
	/* QUEUED: as in struct sock_extended_err */
	uint32_t code_errno, info;
	uint8_t origin, type, code;
	uint8_t ttl, tos; /* of the message that said so: */
	uint8_t pad[3];
	uint32_t index;
	struct inaddr offender; /* who sent it; any: nobody */
	struct inaddr own;      /* to whom */
	struct inaddr dest;     /* where the datagram went */
	uint16_t len;
	uint8_t bytes[DELEG_QUOTED]; /* of the datagram */
};
_Static_assert(sizeof(struct deleg_error) == 656, "as the table says");

/* What goes with the bytes of deleg_later: see struct envelope (sockudp.h). */
struct deleg_later {
	struct inaddr src, dest;
	uint32_t index;
	uint8_t ttl, tos;
	uint16_t pad;
};
_Static_assert(sizeof(struct deleg_later) == 44, "as the table says");

/* The reply of deleg_find. */
struct deleg_object {
	int32_t fd;      /* the server's descriptor; -1: nothing was done, deleg_open must do it */
	int32_t flags;   /* to open it with, besides O_CLOEXEC; O_DIRECTORY: it stands for one */
	uint64_t number; /* another one there: the object has gone */
};
_Static_assert(sizeof(struct deleg_object) == 16, "as the table says");

#endif
