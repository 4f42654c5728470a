/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's socket calls without libc, for code that runs in the hijacker (where libc's names are
 * interposed) and in the kernel alike.  Each returns 0 or a positive errno.
 */
#ifndef CORE_SOCKET_SOCKHOST_H
#define CORE_SOCKET_SOCKHOST_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/raw.h"

/* A host name of a socket: what bind(2) and connect(2) on AF_UNIX take. */
struct sockhost {
	struct sockaddr_un un;
	socklen_t len; /* as the host gave it; at most sizeof un */
};

static inline int
sockhost_error(long result)
{
	return result < 0 ? (int)-result : 0;
}

/* What a socket is stands in its options and names, and nobody may take it for something else
 * because the host was short of memory for a moment: it is asked again, some times. */
#define SOCKHOST_TRIES 8

static inline bool
sockhost_again(long result, int *tries)
{
	return (result == -ENOMEM || result == -ENOBUFS) && ++*tries < SOCKHOST_TRIES;
}

static inline int
sockhost_getopt(int fd, int level, int name, void *val, socklen_t *len)
{
	int tries = 0;
	long result;

	do
		result = raw_call5(SYS_getsockopt, fd, level, name, val, len);
	while (sockhost_again(result, &tries));
	return sockhost_error(result);
}

static inline int
sockhost_setopt(int fd, int level, int name, const void *val, socklen_t len)
{
	int tries = 0;
	long result;

	do
		result = raw_call5(SYS_setsockopt, fd, level, name, val, len);
	while (sockhost_again(result, &tries));
	return sockhost_error(result);
}

/* A send buffer of this size: root gets it, others what the host lets them have. */
static inline void
sockhost_set_sndbuf(int fd, int size)
{
	if (sockhost_setopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
		sockhost_setopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

/* 64 bits of our own that the host keeps with an AF_UNIX socket, for which SO_MAX_PACING_RATE has
 * no other meaning (socktag.h).  False: there are none. */
static inline bool
sockhost_bits(int fd, uint64_t *ret)
{
	socklen_t len = sizeof *ret;

	return sockhost_getopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, ret, &len) == 0 &&
	       len == sizeof *ret;
}

static inline int
sockhost_set_bits(int fd, uint64_t bits)
{
	return sockhost_setopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &bits, sizeof bits);
}

/* The socket's own name, or its peer's (ENOTCONN). */
static inline int
sockhost_name(int fd, bool peer, struct sockhost *h)
{
	int tries = 0;
	long result;

	do {
		h->len = sizeof h->un;
		result = raw_call3(peer ? SYS_getpeername : SYS_getsockname, fd, &h->un, &h->len);
	} while (sockhost_again(result, &tries));
	if (h->len > sizeof h->un)
		h->len = sizeof h->un;
	return sockhost_error(result);
}

/* The name from its bytes in sun_path: a path, or an abstract name with its leading NUL. */
static inline void
sockhost_from(struct sockhost *h, const void *path, size_t len)
{
	*h = (struct sockhost){.un.sun_family = AF_UNIX};
	if (len > sizeof h->un.sun_path)
		len = sizeof h->un.sun_path;
	memcpy(h->un.sun_path, path, len);
	h->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (len > 0 && len < sizeof h->un.sun_path && h->un.sun_path[0] != '\0')
		h->len++; /* a path travels with its NUL */
}

/* The name that the host gave as a sockaddr of this length. */
static inline void
sockhost_take(struct sockhost *h, const struct sockaddr_storage *ss, socklen_t len)
{
	h->len = len < sizeof h->un ? len : (socklen_t)sizeof h->un;
	memcpy(&h->un, ss, h->len);
}

/* The bytes of sun_path; a path without its NUL. */
static inline size_t
sockhost_path_len(const struct sockhost *h)
{
	size_t off = offsetof(struct sockaddr_un, sun_path);

	if (h->len <= off)
		return 0;
	if (h->un.sun_path[0] != '\0')
		return strnlen(h->un.sun_path, h->len - off);
	return h->len - off;
}

static inline int
sockhost_bind(int fd, const struct sockhost *h)
{
	return sockhost_error(raw_call3(SYS_bind, fd, &h->un, h->len));
}

static inline int
sockhost_connect(int fd, const void *sa, socklen_t len)
{
	return sockhost_error(raw_call3(SYS_connect, fd, sa, len));
}

/* The bytes of a message to send. */
static inline size_t
sockhost_length(const struct msghdr *msg)
{
	size_t n = 0;

	for (size_t i = 0; i < msg->msg_iovlen; i++)
		n += msg->msg_iov[i].iov_len;
	return n;
}

static inline bool
sockhost_is_connected(int fd)
{
	struct sockhost peer;

	return sockhost_name(fd, true, &peer) == 0;
}

static inline bool
sockhost_is_nonblock(int fd)
{
	long flags = raw_call3(SYS_fcntl, fd, F_GETFL, 0);

	return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

static inline int
sockhost_int(int fd, int name)
{
	int value = 0;
	socklen_t len = sizeof value;

	return sockhost_getopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : 0;
}

#endif
