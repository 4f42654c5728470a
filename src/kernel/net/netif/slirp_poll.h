/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libslirp is made for poll(2): it names its descriptors before each sleep and asks for their
 * events after it.  Here they are in an epoll set, which is a descriptor to wait for itself.
 */
#ifndef KERNEL_NET_NETIF_SLIRP_POLL_H
#define KERNEL_NET_NETIF_SLIRP_POLL_H

#include <stddef.h>
#include <stdint.h>

struct Slirp;
struct polled;

struct slirp_poll {
	int set; /* -1: none */
	struct polled *fds;
	size_t nfds;
};

int slirp_poll_open(struct slirp_poll *);
void slirp_poll_close(struct slirp_poll *);
/* Asks libslirp for its descriptors; in how many ms it wants to be told at the latest. */
uint32_t slirp_poll_ask(struct slirp_poll *, struct Slirp *);
/* Takes note of what has happened. */
void slirp_poll_collect(struct slirp_poll *);
/* Tells libslirp of it. */
void slirp_poll_tell(struct slirp_poll *, struct Slirp *);
/* The number is another descriptor's now, or nobody's. */
void slirp_poll_forget(struct slirp_poll *, int fd);

#endif
