/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host names of the rump kernel's sockets, and the addresses in them.
 *
 *	<names>/rump-i-<address>-<seq>               a bound Internet socket
 *	<names>/rump-r-<address>-<seq>               stands for a remote address
 *	<names>/rump-l-<seq>                         a bound AF_UNIX socket
 *	\0rump/<server>/<seq>/<address>/<address>    a connector that was not bound by the program:
 *	                                             its own address and its destination
 *
 *	\0rump-e/<seq>/<address>/<address>/<ttl>/<tos>/<index>
 *	                                             an envelope (sockudp_envelope.c): sender and
 *	                                             destination of the datagram that it goes with
 *
 * An <address> is <ip>.<port>, both hexadecimal without leading zeros, IPv4 v4-mapped.  <seq> is
 * unique in the server's life.  An accepted socket has its listener's name.
 */
#ifndef CORE_SOCKET_SOCKNAME_H
#define CORE_SOCKET_SOCKNAME_H

#include <stdint.h>

#include "socket/inaddr.h"
#include "socket/sockhost.h"

enum sockname_kind {
	SOCKNAME_NONE,  /* not bound */
	SOCKNAME_OTHER, /* no name of a rump kernel */
	SOCKNAME_BOUND,
	SOCKNAME_REMOTE, /* the server's own, for an address beyond the rump kernel */
	SOCKNAME_LOCAL,
	SOCKNAME_CONNECTOR,
	SOCKNAME_ENVELOPE,
};

struct sockname {
	enum sockname_kind kind;
	uint64_t seq;
	struct inaddr own;  /* BOUND, REMOTE, CONNECTOR, ENVELOPE */
	struct inaddr dest; /* CONNECTOR, ENVELOPE */
	uint8_t ttl, tos;   /* ENVELOPE */
	uint32_t index;     /* ENVELOPE */
};

#define SOCKNAME_MAX 108 /* bytes of sun_path */

/* The kind and content of a host name; anything malformed is OTHER. */
struct sockname sockname_parse(const struct sockhost *h);

/* `dir` is the server's directory of names, `server` its word in abstract names. */
void sockname_bound(struct sockhost *h, const char *dir, uint64_t seq, const struct inaddr *own);
void sockname_remote(
    struct sockhost *h, const char *dir, uint64_t seq, const struct inaddr *remote);
void sockname_local(struct sockhost *h, const char *dir, uint64_t seq);
void sockname_connector(struct sockhost *h, const char *server, uint64_t seq,
    const struct inaddr *own, const struct inaddr *dest);

/* seq: any number that no other envelope on its way has. */
void sockname_envelope(struct sockhost *h, uint32_t seq, const struct inaddr *own,
    const struct inaddr *dest, uint8_t ttl, uint8_t tos, uint32_t index);

#endif
