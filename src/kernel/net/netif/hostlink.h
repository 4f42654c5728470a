/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces of which a descriptor of the host is the wire: a tap interface, a port of a switch.
 */
#ifndef KERNEL_NET_NETIF_HOSTLINK_H
#define KERNEL_NET_NETIF_HOSTLINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ifnet;

struct hostlink_wire {
	const char *kind; /* as struct ifnet_ops has it */
	/* One frame; never waits.  As recv(2) and send(2). */
	ssize_t (*receive)(const struct hostlink_wire *, void *frame, size_t room);
	ssize_t (*send)(const struct hostlink_wire *, const void *frame, size_t len);
	void (*close)(const struct hostlink_wire *);
	int fd;     /* readable: there are frames */
	int end_fd; /* readable: the wire has been cut; or -1 */
	void *own;  /* for its functions */
};

/* A new interface, which is down.  The wire is taken over, in any case.  mac may be NULL, mtu 0.
 * EINVAL for the MTU. */
int hostlink_new(
    const struct hostlink_wire *wire, const uint8_t *mac, unsigned mtu, struct ifnet **ret);

#endif
