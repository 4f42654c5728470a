/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of bound AF_UNIX sockets: of each the name that the program gave it and the host name
 * of the host socket.  An entry goes when the host socket and, for a path, the node in the file
 * system are gone; a sweep asks the host.
 */
#ifndef KERNEL_NET_LOCAL_TABLE_H
#define KERNEL_NET_LOCAL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/un.h>

#include "socket/sockname.h"

struct local {
	LIST_ENTRY(local) all;
	uint64_t seq;
	struct sockaddr_un un;
	socklen_t len;
	int type;
	bool has_node;
	bool alive; /* as of the last sweep */
	char host[SOCKNAME_MAX];
};

bool local_is_abstract(const struct sockaddr_un *un, size_t len);
struct local *local_by_seq(uint64_t seq);
struct local *local_find_abstract(const struct sockaddr_un *un, size_t len, int type);
/* ENOMEM */
int local_new(const struct sockaddr_un *un, size_t len, int type, struct local **ret);
void local_free(struct local *e);
/* The node is gone; for vfs_mksocket(). */
void local_reclaim(void *entry);
void local_sweep(void);
/* Sweeps if many were made since the last time. */
void local_tidy(void);

#endif
