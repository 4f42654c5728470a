/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files behind sockopt.h share. */
#ifndef CORE_SOCKET_SOCKOPT_PRIV_H
#define CORE_SOCKET_SOCKOPT_PRIV_H

#include "socket/optrow.h"
#include "socket/sockopt.h"

/* Values that are remembered but are no row of the table. */
#define OPTION_CONGESTION     (OPTROW_MAX + 0)
#define OPTION_PACING         (OPTROW_MAX + 1)
#define OPTION_MULTICAST_IF   (OPTROW_MAX + 2) /* index */
#define OPTION_MULTICAST_ADDR (OPTROW_MAX + 3) /* as IP_MULTICAST_IF shows it */
#define OPTION_MULTICAST_IF6  (OPTROW_MAX + 4)
#define OPTION_HDRINCL        (OPTROW_MAX + 5)
#define OPTION_CHECKSUM       (OPTROW_MAX + 6)
#define OPTION_FILTER         (OPTROW_MAX + 7) /* and seven more */

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

/* TCP_INFO, as far as there is something to tell (tcpinfo.c). */
/* Was it set, and not forgotten? */
bool sockopt_is_stored(int fd, const struct socktag *t, int level, int name);
int sockopt_tcp_info(int fd, const struct socktag *t, void *val, socklen_t *len);

#endif
