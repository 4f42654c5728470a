/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbours: which link address belongs to an IP address.  The stack resolves and forgets them
 * and shows them here by neigh_each(); permanent entries are kept here and come first.
 */
#ifndef KERNEL_NET_NEIGH_H
#define KERNEL_NET_NEIGH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "socket/inaddr.h"

struct ifnet;

struct neigh {
	TAILQ_ENTRY(neigh) link; /* of permanent ones */
	struct ifnet *ifp;
	struct inaddr ip;
	uint8_t mac[6];
	uint16_t state; /* NUD_* */
	bool is_router;
};

typedef void neigh_fn(void *arg, const struct neigh *);

/* What the stack has found out. */
struct neigh_source {
	void (*each)(neigh_fn *fn, void *arg);
	/* ENOENT; NULL: it cannot */
	int (*forget)(struct ifnet *, const struct inaddr *ip);
};
void neigh_set_source(const struct neigh_source *);

void neigh_each(neigh_fn *fn, void *arg);
/* A permanent entry, new or changed. */
int neigh_set(struct ifnet *, const struct inaddr *ip, const uint8_t mac[6]);
/* ENOENT */
int neigh_delete(struct ifnet *, const struct inaddr *ip);
const struct neigh *neigh_permanent(const struct ifnet *, const struct inaddr *ip);
void neigh_forget(const struct ifnet *); /* the interface goes */

#endif
