/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames between drivers and the stack.
 */
#ifndef KERNEL_NET_IFNET_IO_H
#define KERNEL_NET_IFNET_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct ifnet;

/* Somebody who sees all frames of all interfaces: the stack's input. */
struct ifnet_tap {
	TAILQ_ENTRY(ifnet_tap) all;
	void (*fn)(
	    struct ifnet_tap *, struct ifnet *, const void *frame, size_t len, bool outgoing);
	bool outgoing; /* wants to see those as well */
	bool last;     /* does not see what an upper interface takes */
};
void ifnet_add_tap(struct ifnet_tap *);
void ifnet_remove_tap(struct ifnet_tap *);

/* An interface on top of another (a bridge, a VLAN): takes frames that have arrived there. */
struct ifnet_upper {
	TAILQ_ENTRY(ifnet_upper) link;
	bool (*takes)(struct ifnet_upper *, const void *frame, size_t len);
};
void ifnet_add_upper(struct ifnet *, struct ifnet_upper *, bool first);
void ifnet_remove_upper(struct ifnet *, struct ifnet_upper *);

/* A frame has arrived: called by the driver. */
void ifnet_input(struct ifnet *, const void *frame, size_t len);
/* Sends a frame: ENETDOWN, ENOBUFS. */
int ifnet_output(struct ifnet *, const void *frame, size_t len);
/* The same for frames that faults (impair.h) let through. */
void ifnet_receive(struct ifnet *, const void *frame, size_t len);
int ifnet_transmit(struct ifnet *, const void *frame, size_t len);

#endif
