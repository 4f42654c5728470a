/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routed packet sockets (AF_PACKET): what the program's side and the kernel both know.
 *
 * The program's socket is one end of a pair of AF_UNIX sockets of type SOCK_SEQPACKET, tagged in
 * the 64 bits of SO_MAX_PACING_RATE as that of an Internet socket is (socktag.h).  Frames come with
 * a struct pkthead before them, which the program does not see; what it writes without an address
 * goes as it is.  Everything else is asked by deleg_packet_do, which names the socket by its
 * cookie.
 */
#ifndef CORE_SOCKET_PKTTAG_H
#define CORE_SOCKET_PKTTAG_H

#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct pkttag {
	bool cooked;  /* SOCK_DGRAM: without the link's header */
	bool ring;    /* frames are in memory that is shared */
	bool auxdata; /* PACKET_AUXDATA was set */
};

/* False: it is none. */
bool pkttag_get(int fd, struct pkttag *ret);
void pkttag_set(int fd, const struct pkttag *t);

/* What comes before a frame. */
struct pkthead {
	struct sockaddr_ll from;
	struct tpacket_auxdata aux;
	struct timespec when; /* CLOCK_REALTIME */
};

/* What is asked by deleg_packet: a socket of a type, or the memory of the ring of the one with a
 * cookie. */
enum { PKT_OPEN, PKT_RING };

/* What is asked by deleg_packet_do. */
enum {
	PKT_BIND,      /* in: struct sockaddr_ll */
	PKT_NAME,      /* out: struct sockaddr_ll */
	PKT_SET,       /* in: struct pktoption and the value */
	PKT_GET,       /* in: struct pktoption; out: the value */
	PKT_SEND,      /* in: struct sockaddr_ll and the frame; family 0: no address was given */
	PKT_FILTER,    /* in: the instructions, as in struct sock_fprog */
	PKT_NO_FILTER, /* ENOENT */
};
struct pktoption {
	int32_t level, name;
	int32_t arg; /* PACKET_HDRLEN: the version */
};

#define PKT_SEND_MAX   65600 /* bytes of a frame with what comes before it */
#define PKT_OPTION_MAX 64

/*
 * The memory that is shared with a program that asked for a ring: the ring, then a page with this.
 * A byte is sent by the socket when the first frame has come; poll(2) is to say that there is
 * something as long as the last frame put in has not been given back.
 */
struct pktring {
	uint32_t last; /* offset of the last frame that was put in */
};

#endif
