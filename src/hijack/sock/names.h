/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking up names of hosts in the rump kernel's world, by the library c-ares.
 *
 * The library is loaded when first needed.  Its calls are interposed as the program's own are: its
 * sockets are the rump kernel's, and so are the files that it reads, while it is at work.
 */
#ifndef HIJACK_NAMES_H
#define HIJACK_NAMES_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

/* Are names the rump kernel's?  If c-ares is needed and not there, the program ends. */
bool names_routed(void);

/* The addresses of a host, AF_INET, AF_INET6 or AF_UNSPEC, in the order of preference. */
struct names_address {
	struct sockaddr_storage ss;
	socklen_t len;
};
struct names_found {
	struct names_address *address; /* to be freed by names_done() */
	size_t n;
	char *canonical;
};
/* 0 or an EAI_ error. */
int names_forward(const char *node, int family, struct names_found *ret);
void names_done(struct names_found *f);

/* The host with this address, handed to use(); 0 or an EAI_ error, or what use() returns. */
typedef int names_use(void *arg, const struct hostent *h);
int names_reverse(const void *addr, socklen_t len, int family, names_use *use, void *arg);
/* The same for a host of this name. */
int names_entry(const char *name, int family, names_use *use, void *arg);

#endif
