/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of bound Internet addresses.
 *
 * A bound address is a host socket bound to a path (sockname.h); it lives as long as a host socket
 * has that name.  The kernel is not told when one is closed.  Whoever needs to know (a port is
 * wanted again, a connection was refused) calls bound_sweep(), which asks the host once and drops
 * the dead.
 */
#ifndef KERNEL_NET_BOUND_H
#define KERNEL_NET_BOUND_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "socket/inaddr.h"
#include "socket/sockname.h"

enum bound_life {
	BOUND_DEAD,
	BOUND_CONNECTED, /* only connections have the name: the listener is closed */
	BOUND_OPEN,      /* bound, perhaps listening */
};

struct errlink;

/* What raw sockets have set. */
struct bound_raw {
	bool hdrincl;
	int checksum_at;    /* IPv6; -1: none */
	uint32_t filter[8]; /* a bit for each type of ICMP that it does not want */
};

struct bound {
	LIST_ENTRY(bound) same_port, same_seq;
	LIST_ENTRY(bound) all;
	uint64_t seq, cookie; /* the host's of a datagram socket */
	struct inaddr own;
	unsigned flags;       /* DELEG_* of the socket */
	uint32_t device;      /* index of the only interface that it uses; 0: all */
	struct errlink *link; /* NULL: the program has not asked for errors */
	struct bound_raw raw;
	bool listening;
	bool connected;      /* local and dest are set */
	struct inaddr local; /* own, with what a wildcard became */
	struct inaddr dest;
	enum bound_life life; /* as of the last sweep */
	pid_t pid;            /* who bound it */
	char host[SOCKNAME_MAX];
};
LIST_HEAD(bound_list, bound);

extern struct bound_list bound_all;

/* Those with this port and type. */
struct bound_list *bound_by_port(uint16_t port, bool dgram);
struct bound *bound_by_seq(uint64_t seq);
/* ENOMEM */
int bound_new(const struct inaddr *own, unsigned flags, pid_t pid, struct bound **ret);
/* Forgets it; unlinks the host name. */
void bound_free(struct bound *b);
/* Frees the dead; sets `life` of the others. */
void bound_sweep(void);
/* Sweeps if many were made since the last time. */
void bound_tidy(void);
void bound_fini(void);

#endif
