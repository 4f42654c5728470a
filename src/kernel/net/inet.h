/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of Internet sockets: who is bound where, who listens, and where a connection goes.  The
 * arguments are those of the deleg_* calls (socket/deleg.h); results are errnos as Linux has them
 * on a host with the interfaces and routes of ifnet.h and rtable.h.
 */
#ifndef KERNEL_NET_INET_H
#define KERNEL_NET_INET_H

#include <sys/types.h>

#include "socket/deleg.h"
#include "socket/inaddr.h"
#include "socket/sockhost.h"

struct bound;
struct rtable_hop;

/* A sockaddr as a program gave it. */
struct inet_sockaddr {
	struct sockaddr_storage ss;
	size_t len; /* bytes of it */
};

/* inet_addr.c */
int inet_parse_bind(const struct inet_sockaddr *sa, unsigned flags, struct inaddr *ret);
/* And where it leads; device: index of the only interface to go by, or 0. */
int inet_parse_dest(const struct inet_sockaddr *sa, unsigned flags, uint32_t device,
    struct inaddr *ret, struct rtable_hop *ret_hop);

/* inet_bind.c: binds the host socket. */
int inet_bind(int fd, const struct inet_sockaddr *sa, unsigned flags, pid_t pid);
int inet_listen(const struct sockhost *own, unsigned flags);

/* inet_connect.c; own is NULL for a socket without a name.  EREMOTE: a stream's way leads out of
 * the kernel: inet_relay() connects it. */
int inet_connect(const struct inet_sockaddr *sa, const struct sockhost *own, unsigned flags,
    struct deleg_reply *reply);
int inet_relay(int fd, const struct inet_sockaddr *sa, unsigned flags);
int inet_name(const struct sockhost *host, unsigned which, struct inaddr *ret);
/* inet_option.c: the kernel's side of deleg_option (*ret_index: of SO_BINDTODEVICE) and
 * deleg_error. */
int inet_option(int fd, int level, int name, const void *val, size_t len, int *ret_index);
int inet_error(int fd, unsigned op, struct deleg_error *report);

/* Who gets what comes from `src` to `dest` by the protocol that the flags say, by the interface of
 * that index (0: whichever); NULL: nobody. */
struct bound *inet_lookup(
    const struct inaddr *dest, const struct inaddr *src, unsigned flags, uint32_t index);

#endif
