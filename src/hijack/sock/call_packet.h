/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets of the rump kernel (socket/pkttag.h), for the functions about sockets.  Each
 * returns as the libc function does.
 */
#ifndef HIJACK_CALL_PACKET_H
#define HIJACK_CALL_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "socket/pkttag.h"

int packet_socket(int type, int protocol);
/* Is it one?  Costs nothing in a process that has made none. */
bool packet_is(int fd);
bool packet_tag(int fd, struct pkttag *ret);
/* The number by which the kernel knows it. */
uint64_t packet_cookie(int fd);

int packet_bind(int fd, const void *name, socklen_t len);
/* *len: room, then length. */
int packet_name(int fd, struct sockaddr_storage *ss, socklen_t *len);
ssize_t packet_send(int fd, const struct msghdr *msg);
ssize_t packet_recv(int fd, const struct pkttag *t, struct msghdr *msg, int flags);

/* Options that AF_UNIX has not, or has otherwise.  False: the host's. */
bool packet_has_option(int fd, int level, int name);
/* 0 or an errno; `value` may be bad. */
int packet_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
bool packet_setsockopt(
    int fd, int level, int name, const void *value, socklen_t len, int *ret_error);

/* packet_time.c: a frame that came then was received, with what the host says beside it; and
 * SIOCGSTAMP: when the last came.  False: it is another request. */
void packet_time_seen(int fd, const struct timespec *when, struct msghdr *msg);
bool packet_time_ioctl(int fd, unsigned long request, void *arg, int *ret_error);

/* call_ring.c: the program is about to have frames in shared memory; and maps it. */
void packet_ring_made(void);
void *packet_map_ring(void *addr, size_t len, int prot, int flags, int fd, off_t offset);

#endif
