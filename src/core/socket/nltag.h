/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routed netlink sockets: what the program's side and the kernel both know.
 *
 * The program's socket is one end of a pair of AF_UNIX sockets of type SOCK_SEQPACKET.  Its tag is
 * in the 64 bits of SO_MAX_PACING_RATE, as that of an Internet socket (socktag.h).  What bind(2)
 * and setsockopt(2) would say to a netlink socket goes as a packet of the size of struct
 * nltag_wish, which is less than any message has.
 */
#ifndef CORE_SOCKET_NLTAG_H
#define CORE_SOCKET_NLTAG_H

#include <stdbool.h>
#include <stdint.h>

struct nltag {
	int protocol; /* NETLINK_* */
	uint32_t port;
};

/* False: it is none. */
bool nltag_get(int fd, struct nltag *ret);
void nltag_set(int fd, const struct nltag *t);

enum nltag_what {
	NLTAG_JOIN = 1, /* arg: the group's number */
	NLTAG_LEAVE,
	NLTAG_GROUPS, /* arg: the bits of the first 32 */
	NLTAG_PORT,
	NLTAG_TEXT, /* with errors, for people: 0 or 1 */
};
struct nltag_wish {
	uint32_t what, arg;
};

#endif
