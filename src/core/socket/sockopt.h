/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * getsockopt and setsockopt of a routed Internet socket, and what accept passes on.
 */
#ifndef CORE_SOCKET_SOCKOPT_H
#define CORE_SOCKET_SOCKOPT_H

#include "socket/sockhost.h"
#include "socket/socktag.h"

int sockopt_get(int fd, struct socktag *t, int level, int name, void *val, socklen_t *len);
int sockopt_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len);

/* The value of an option that is a number, as the socket has it; `def`: nobody has set it. */
int sockopt_value(int fd, const struct socktag *t, int level, int name, int def);
/* SO_BINDTODEVICE: the index of the only interface that the socket uses; 0: all. */
int sockopt_device(int fd, const struct socktag *t);
/* IPV6_PKTINFO: the index of the interface that datagrams leave by; 0: any. */
int sockopt_sticky(int fd, const struct socktag *t);

/* A fresh, just connected or just accepted socket gets room for what TCP's windows would hold. */
void sockopt_raise_buffers(int fd, const struct socktag *t);
/* What an accepted socket has of its listener beyond the tag. */
void sockopt_inherit(int listener, const struct socktag *t, int fd);

#endif
