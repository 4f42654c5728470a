/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proxies: host datagram sockets that stand for remote addresses (proxy.c).
 */
#ifndef KERNEL_NET_STACK_PROXY_H
#define KERNEL_NET_STACK_PROXY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/uio.h>

#include "net/netloop.h"
#include "socket/sockname.h"
#include "socket/sockudp.h"

#define PROXY_BYTES_MAX 65535

struct bound;
struct rtable_hop;

struct proxy {
	LIST_ENTRY(proxy) same;
	TAILQ_ENTRY(proxy) age; /* longest unused first */
	struct netwatch watch;
	struct inaddr remote; /* port 0: of raw and ICMP sockets */
	struct sockhost name;
	/* The last envelope that went with a datagram of this address; -1: none yet. */
	int sealed;
	struct envelope last;
};

struct proxy *proxy_find(const struct inaddr *remote);
/* Found or made. */
int proxy_get(const struct inaddr *remote, struct proxy **ret);
/* struct remote_ops. */
int proxy_datagrams(const struct inaddr *dest, struct sockhost *ret);
bool proxy_take(const struct inaddr *dest);
/* To the program's socket; false: nobody has that name any more. */
bool proxy_deliver(
    struct proxy *x, const struct bound *to, const struct envelope *e, struct iovec *iov, size_t n);
/* Makes the host report ECONNRESET, which stands for ECONNREFUSED (socket/sockerr.c), on the socket
 * that is connected to the proxy. */
void proxy_refuse(struct proxy *x, const struct bound *b);
/* The source of a datagram: a program may have chosen it; else it is the socket's, or the route's.
 */
struct inaddr proxy_source(
    const struct envelope *e, const struct inaddr *own, const struct rtable_hop *hop);
/* The index of the interface that a datagram is to leave by: the program said so for it or for the
 * socket; 0: any. */
uint32_t proxy_way(const struct bound *b, const struct envelope *e);
void proxy_free_all(void);

/* udp.c, raw.c: a program's datagram for the proxy's address; e may be NULL. */
void udp_transmit(const struct proxy *x, const struct sockname *n, const struct envelope *e,
    const void *bytes, size_t len);
void raw_transmit(const struct proxy *x, const struct sockname *n, const struct envelope *e,
    const void *bytes, size_t len);

#endif
