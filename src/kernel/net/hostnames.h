/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This server's names among the host's sockets.
 */
#ifndef KERNEL_NET_HOSTNAMES_H
#define KERNEL_NET_HOSTNAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "socket/sockname.h"

int hostnames_init(void);
const char *hostnames_dir(void);    /* directory of path names */
const char *hostnames_server(void); /* word in abstract names */
uint64_t hostnames_seq(void);       /* a number never given before */

/* Is it a name of this server's? */
bool hostnames_is_ours(const struct sockhost *h);
/* Is it the name of a bound Internet socket of this server?  Names come back from clients. */
bool hostnames_is_bound(const struct sockhost *h);

/* Calls fn for every socket of the host that has a name of this server.  An errno if the host does
 * not tell. */
typedef void hostnames_fn(void *arg, const struct sockname *n, bool connected);
int hostnames_scan(hostnames_fn *fn, void *arg);
/* What it does with a line; changes it. */
void hostnames_scan_line(char *line, hostnames_fn *fn, void *arg);

#endif
