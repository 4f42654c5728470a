/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket addresses in the client's memory.
 */
#ifndef KERNEL_NET_SOCKADDR_H
#define KERNEL_NET_SOCKADDR_H

#include "kern/usercopy.h"
#include "socket/sockhost.h"

struct lwp;

/* EINVAL if it is longer than any address. */
int sockaddr_get(struct lwp *l, struct uin u, struct sockaddr_storage *ss, size_t *ret_len);
/* A host name that a client sent. */
int sockaddr_get_host(struct lwp *l, struct uin u, struct sockhost *h);
/* What fits of the address, and its true length at `len` (4 bytes). */
int sockaddr_put(struct lwp *l, struct uout u, uaddr_t len, const void *ss, socklen_t have);

#endif
