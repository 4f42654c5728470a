/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARP, in place of lwIP's, whose table has ten entries and answers for one address.
 */
#ifndef KERNEL_NET_STACK_ARP_H
#define KERNEL_NET_STACK_ARP_H

#include <lwip/netif.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/neigh.h"
#include "socket/inaddr.h"

struct ifnet;

void arp_start(void);
/* A frame with an ARP packet has come. */
void arp_input(struct ifnet *, const uint8_t *frame, size_t len);
/* Sends an IPv4 packet to the next hop, now or when it has answered. */
err_t arp_output(struct netif *, struct pbuf *p, const struct inaddr *hop);
/* Has the neighbour been asked in vain, or not answered yet? */
bool arp_is_missing(const struct ifnet *, const struct inaddr *hop);
/* Tells everybody of an address that the interface has got. */
void arp_announce(struct ifnet *, const struct inaddr *ip);
void arp_each(neigh_fn *fn, void *arg);
/* ENOENT */
int arp_forget(struct ifnet *, const struct inaddr *ip);
void arp_forget_all(const struct ifnet *);

#endif
