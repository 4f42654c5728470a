/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of interfaces in link-local addresses ("fe80::1%eth0"): libc would ask the host for them.
 */
#ifndef HIJACK_SCOPE_H
#define HIJACK_SCOPE_H

#include <net/if.h>
#include <netinet/in.h>

#define SCOPE_NODE (INET6_ADDRSTRLEN + IFNAMSIZ + 1)

/* The text with the interface's number in place of its name, in buf, if it is one of the rump
 * kernel's; else the text itself. */
const char *scope_number(const char *node, char buf[SCOPE_NODE]);
/* Takes the interface out of the address: its number, or 0. */
unsigned scope_take(const struct sockaddr *sa, socklen_t len, struct sockaddr_in6 *ret);
/* Puts it behind the numeric address in node: 0, EAI_OVERFLOW. */
int scope_append(unsigned index, char *node, socklen_t size);

#endif
