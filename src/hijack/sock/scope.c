/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of interfaces in link-local addresses. */
#include "sock/scope.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "route/route.h"
#include "syscall/hijack_exports.h"

const char *
scope_number(const char *node, char buf[SCOPE_NODE])
{
	const char *mark = node == NULL ? NULL : strchr(node, '%');
	size_t len = mark == NULL ? 0 : (size_t)(mark - node);
	unsigned index;

	if (mark == NULL || len >= INET6_ADDRSTRLEN || !route_socket(AF_INET6, SOCK_DGRAM))
		return node;
	index = hijack_if_nametoindex(mark + 1);
	if (index == 0)
		return node;
	snprintf(buf, SCOPE_NODE, "%.*s%%%u", (int)len, node, index);
	return buf;
}

unsigned
scope_take(const struct sockaddr *sa, socklen_t len, struct sockaddr_in6 *ret)
{
	unsigned index;

	if (len < sizeof *ret || sa->sa_family != AF_INET6 || !route_socket(AF_INET6, SOCK_DGRAM))
		return 0;
	memcpy(ret, sa, sizeof *ret);
	index = ret->sin6_scope_id;
	ret->sin6_scope_id = 0;
	return IN6_IS_ADDR_LINKLOCAL(&ret->sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&ret->sin6_addr)
		   ? index
		   : 0;
}

int
scope_append(unsigned index, char *node, socklen_t size)
{
	char name[IFNAMSIZ];
	size_t used = strlen(node);
	int n;

	if (strchr(node, ':') == NULL)
		return 0; /* a host's name */
	if (hijack_if_indextoname(index, name) == NULL)
		n = snprintf(node + used, size - used, "%%%u", index);
	else
		n = snprintf(node + used, size - used, "%%%s", name);
	return n < 0 || (size_t)n >= size - used ? EAI_OVERFLOW : 0;
}
