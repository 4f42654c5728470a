/* SPDX-License-Identifier: BSD-2-Clause */
/* A bridge: Ethernet between its ports, which are other interfaces, and itself. */
#ifndef KERNEL_NET_NETIF_BRIDGE_H
#define KERNEL_NET_NETIF_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

struct ifnet;
struct ifnet_wish;

int bridge_new(const struct ifnet_wish *wish, struct ifnet **ret);
bool bridge_is(const struct ifnet *);

/* Who is known to be behind which port, and the ports' own addresses. */
struct bridge_entry {
	const struct ifnet *bridge, *port;
	uint8_t mac[6];
	bool own;
	int64_t age_ms;
};
typedef void bridge_entry_fn(void *arg, const struct bridge_entry *);
void bridge_each_entry(bridge_entry_fn *fn, void *arg);

#endif
