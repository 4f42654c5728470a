/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options about multicast groups: membership, and the interface to send by.
 */
#ifndef CORE_SOCKET_SOCKGROUP_H
#define CORE_SOCKET_SOCKGROUP_H

#include "socket/sockhost.h"
#include "socket/socktag.h"

/* ENOPROTOOPT: none of them. */
int sockgroup_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len);
int sockgroup_get(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len);
/* The index of the interface that the program chose to send by; 0: none. */
uint32_t sockgroup_interface(int fd, const struct socktag *t, bool dest_v4);

#endif
