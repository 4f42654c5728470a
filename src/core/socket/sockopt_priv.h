/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files behind sockopt.h share. */
#ifndef CORE_SOCKET_SOCKOPT_PRIV_H
#define CORE_SOCKET_SOCKOPT_PRIV_H

#include "socket/optval.h"
#include "socket/sockopt.h"

/*
 * Where a value is in the store (optstore.h): a range for each level, by the option's name, and
 * these, which are kept in a form of our own.
 */
enum {
	OPTION_IP = 0,
	OPTION_IPV6 = 128,
	OPTION_TCP = 256,
	OPTION_OWN = 352,
	OPTION_UDP = 384,

	OPTION_CONGESTION = OPTION_OWN,
	OPTION_PACING,
	OPTION_MULTICAST_IF,   /* index */
	OPTION_MULTICAST_ADDR, /* as IP_MULTICAST_IF shows it */
	OPTION_MULTICAST_IF6,
	OPTION_HDRINCL,
	OPTION_CHECKSUM,
	OPTION_FILTER, /* and seven more */
	OPTION_DEVICE = OPTION_FILTER + 8,
	OPTION_STICKY, /* the interface of IPV6_PKTINFO */
};

/* Remembers a value (optstore.h) and notes in the tag that there is one. */
void sockopt_store(int fd, struct socktag *t, unsigned index, int value);
int sockopt_stored(int fd, const struct socktag *t, unsigned index, int def);

/* SOL_SOCKET (sockopt_socket.c). */
int sockopt_get_socket(int fd, struct socktag *t, int name, void *val, socklen_t *len);
int sockopt_set_socket(int fd, struct socktag *t, int name, const void *val, socklen_t len);

/* Of raw sockets (sockopt_raw.c); ENOPROTOOPT: none of them. */
int sockopt_get_raw(
    int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len);
int sockopt_set_raw(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len);

/* Was it set, and not forgotten? */
bool sockopt_is_stored(int fd, const struct socktag *t, int level, int name);

/* TCP_INFO, as far as there is something to tell (tcpinfo.c). */
int sockopt_tcp_info(int fd, const struct socktag *t, void *val, socklen_t *len);

#endif
