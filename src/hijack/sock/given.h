/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program gives to a call about sockets: addresses and messages, which may be at no memory.
 *
 * The take functions copy; false: what is there cannot be an argument, and the host's call, made
 * with the program's own, says why (EFAULT, EINVAL, or that the descriptor is bad).
 */
#ifndef HIJACK_GIVEN_H
#define HIJACK_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* An address, NULL without one. */
bool given_name(const void *name, socklen_t len, struct sockaddr_storage *ret);

/* A message to be sent: the copy's name is *ss.  What its vector and control data are, too, can be
 * read; the bytes are the host's affair. */
bool given_message(const struct msghdr *msg, struct msghdr *ret, struct sockaddr_storage *ss);
/* The bytes of a vector that can be read, in one piece: EFAULT, EMSGSIZE. */
int given_bytes(const struct iovec *iov, size_t n, void *to, size_t room, size_t *ret_len);

/* Room for one to be received, or for an address alone, can be written. */
bool given_room(const struct msghdr *msg);
bool given_room_for_name(const void *name, const socklen_t *namelen);

/* Messages of sendmmsg and recvmmsg: so can their lengths. */
bool given_many(const struct mmsghdr *msgs, unsigned n);

/* An address into memory of the program, of the length that it says.  EFAULT, EINVAL. */
int given_back(const struct sockaddr_storage *ss, socklen_t have, void *name, socklen_t *namelen);

#endif
