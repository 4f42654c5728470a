/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces and addresses as deleg_ifaddrs hands them out: for each interface a record of family
 * AF_PACKET, then, for each of its addresses, one of its family.
 */
#ifndef CORE_SOCKET_IFRECORD_H
#define CORE_SOCKET_IFRECORD_H

#include <stdint.h>

#include "socket/inaddr.h"

#define IFRECORD_NAME 16 /* IFNAMSIZ */

struct ifrecord {
	uint16_t family;
	uint16_t type; /* ARPHRD_* */
	uint32_t index;
	uint32_t flags;           /* IFF_* */
	char name[IFRECORD_NAME]; /* or, of an IPv4 address, its label */
	uint8_t mac[8], broadcast_mac[8];
	uint32_t prefix;           /* of an interface: the length of its link address */
	uint32_t scope_id;         /* of a link-local address */
	struct inaddr ip, netmask; /* ports are 0 */
	struct inaddr other;       /* broadcast address, or the peer of a point-to-point one */
	uint32_t has_other;
	/* packets, bytes, errors, dropped: received, then sent; multicast packets received */
	uint64_t count[9];
};

#endif
