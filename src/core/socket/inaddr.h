/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An Internet address and port, whichever family: IPv4 addresses are kept v4-mapped.
 *
 * A link-local address of IPv6 means something on one interface only.  Where that is known, its
 * index is in the address, in bytes 2 and 3, which are 0 on the wire (inaddr_on_link).  So
 * sockaddrs with their scope become addresses and back, and addresses are compared as they are.
 */
#ifndef CORE_SOCKET_INADDR_H
#define CORE_SOCKET_INADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct inaddr {
	uint8_t ip[16];
	uint16_t port; /* host byte order */
};

struct inaddr inaddr_v4(uint32_t ip, uint16_t port); /* both in host byte order */
struct inaddr inaddr_any(bool v4);
struct inaddr inaddr_loopback(bool v4);

bool inaddr_is_v4(const struct inaddr *a);
uint32_t inaddr_v4_of(const struct inaddr *a); /* host byte order */
bool inaddr_is_any(const struct inaddr *a);
bool inaddr_is_mapped_any(const struct inaddr *a);
bool inaddr_same_ip(const struct inaddr *a, const struct inaddr *b);
bool inaddr_same(const struct inaddr *a, const struct inaddr *b);
bool inaddr_is_multicast(const struct inaddr *a);
bool inaddr_is_linklocal(const struct inaddr *a); /* fe80::/10 */
/* The index of the interface in a link-local address; 0: none. */
uint32_t inaddr_link(const struct inaddr *a);
/* With this interface in it, if it is a link-local address; 0: as on the wire. */
struct inaddr inaddr_on_link(const struct inaddr *a, uint32_t index);
/* 127.0.0.0/8 or ::1: always of `lo`. */
bool inaddr_is_local(const struct inaddr *a);

/*
 * As a sockaddr for a socket of the family: sockaddr_in, or sockaddr_in6 with IPv4 mapped.
 * Returns its length.
 */
socklen_t inaddr_show(const struct inaddr *a, bool inet6, struct sockaddr_storage *ss);
/* From a sockaddr of either family that is known to be whole. */
struct inaddr inaddr_from(const struct sockaddr_storage *ss);

/* Hands a sockaddr to a caller in the way of the system calls: what fits; *len is the true length.
 * EINVAL for a negative *len. */
int sockaddr_give(const void *ss, socklen_t have, void *buf, socklen_t *len);

#endif
