/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * getaddrinfo and getnameinfo with the rump kernel's names (names.h).
 *
 * libc does all but the look-up: numeric addresses, services and the shape of the list.  Each
 * address that was found is given to it as a numeric one, and the lists are joined; so they are
 * libc's own to free.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "hijack.h"
#include "sock/names.h"
#include "sock/scope.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* The host's numeric form of an address. */
static int
numeric(const struct sockaddr *sa, socklen_t len, char *buf, socklen_t size)
{
	return host.getnameinfo(sa, len, buf, size, NULL, 0, NI_NUMERICHOST);
}

/* IPv4 for who asked for IPv6 with AI_V4MAPPED. */
static void
map(struct names_address *a)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in;

	if (a->ss.ss_family != AF_INET)
		return;
	memcpy(&in, &a->ss, sizeof in);
	in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&in6.sin6_addr.s6_addr[12], &in.sin_addr, sizeof in.sin_addr);
	memcpy(&a->ss, &in6, sizeof in6);
	a->len = sizeof in6;
}

static int
look_up(const char *node, const struct addrinfo *hints, struct names_found *found)
{
	int family = hints->ai_family, flags = hints->ai_flags, error;

	if (family != AF_INET6 || !(flags & AI_V4MAPPED))
		return names_forward(node, family, found);
	error = names_forward(node, flags & AI_ALL ? AF_UNSPEC : AF_INET6, found);
	if (error == EAI_NODATA || error == EAI_NONAME)
		error = names_forward(node, AF_INET, found);
	return error;
}

/* Appends what libc makes of one address; *end is where the list ends. */
static int
append(const struct names_address *a, const char *service, const struct addrinfo *hints,
    struct addrinfo ***end)
{
	char text[SCOPE_NODE];
	struct addrinfo h = *hints;
	int error = numeric((const struct sockaddr *)&a->ss, a->len, text, sizeof text);

	if (error != 0)
		return error;
	h.ai_flags &= ~(AI_CANONNAME | AI_ADDRCONFIG | AI_V4MAPPED | AI_ALL);
	h.ai_flags |= AI_NUMERICHOST;
	h.ai_family = a->ss.ss_family;
	error = host.getaddrinfo(text, service, &h, *end);
	while (error == 0 && **end != NULL)
		*end = &(**end)->ai_next;
	return error;
}

static int
by_name(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	struct names_found found;
	struct addrinfo *all = NULL, **end = &all;
	int error = look_up(node, hints, &found);

	if (error != 0)
		return error;
	for (size_t i = 0; i < found.n && error == 0; i++) {
		if (hints->ai_family == AF_INET6)
			map(&found.address[i]);
		error = append(&found.address[i], service, hints, &end);
	}
	if (error != 0 && all != NULL) {
		freeaddrinfo(all);
	} else if (error == 0) {
		if (hints->ai_flags & AI_CANONNAME)
			all->ai_canonname =
			    strdup(found.canonical != NULL ? found.canonical : node);
		*list = all;
	}
	names_done(&found);
	return error;
}

int
hijack_getaddrinfo(
    const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	struct addrinfo h = {.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG};
	char scoped[SCOPE_NODE];
	int error;

	node = scope_number(node, scoped);
	if (node == NULL || !names_routed())
		return host.getaddrinfo(node, service, hints, list);
	if (hints != NULL)
		h = *hints;
	h.ai_flags |= AI_NUMERICHOST;
	error = host.getaddrinfo(node, service, &h, list);
	if (error != EAI_NONAME || (hints != NULL && hints->ai_flags & AI_NUMERICHOST))
		return error;
	h.ai_flags &= ~AI_NUMERICHOST;
	return by_name(node, service, &h, list);
}
HIJACK_EXPORTS(getaddrinfo)

struct node {
	char *buf;
	socklen_t size;
};

static int
take_name(void *arg, const struct hostent *h)
{
	const struct node *n = arg;

	if (strlen(h->h_name) >= n->size)
		return EAI_OVERFLOW;
	strcpy(n->buf, h->h_name);
	return 0;
}

static int
reverse(const struct sockaddr *sa, socklen_t len, struct node *n)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;

	if (sa->sa_family == AF_INET && len >= sizeof *in)
		return names_reverse(&in->sin_addr, sizeof in->sin_addr, AF_INET, take_name, n);
	if (sa->sa_family == AF_INET6 && len >= sizeof *in6)
		return names_reverse(
		    &in6->sin6_addr, sizeof in6->sin6_addr, AF_INET6, take_name, n);
	return EAI_FAMILY;
}

static int
name_info(const struct sockaddr *sa, socklen_t len, char *node, socklen_t nodelen, char *service,
    socklen_t servicelen, int flags)
{
	struct node n = {node, nodelen};
	int error;

	if (node == NULL || nodelen == 0 || flags & NI_NUMERICHOST || !names_routed())
		return host.getnameinfo(sa, len, node, nodelen, service, servicelen, flags);
	error = reverse(sa, len, &n);
	if (error == EAI_FAMILY)
		return host.getnameinfo(sa, len, node, nodelen, service, servicelen, flags);
	if (error == EAI_OVERFLOW || (error != 0 && flags & NI_NAMEREQD))
		return error;
	if (error != 0)
		error = host.getnameinfo(
		    sa, len, node, nodelen, NULL, 0, (flags & ~NI_NAMEREQD) | NI_NUMERICHOST);
	if (error != 0 || service == NULL || servicelen == 0)
		return error;
	return host.getnameinfo(sa, len, NULL, 0, service, servicelen, flags & ~NI_NAMEREQD);
}

int
hijack_getnameinfo(const struct sockaddr *sa, socklen_t len, char *node, socklen_t nodelen,
    char *service, socklen_t servicelen, int flags)
{
	struct sockaddr_in6 plain;
	unsigned index =
	    sa == NULL || node == NULL || nodelen == 0 ? 0 : scope_take(sa, len, &plain);
	int error;

	if (index == 0)
		return name_info(sa, len, node, nodelen, service, servicelen, flags);
	error = name_info((const struct sockaddr *)&plain, sizeof plain, node, nodelen, service,
	    servicelen, flags);
	return error != 0 ? error : scope_append(index, node, nodelen);
}
HIJACK_EXPORTS(getnameinfo)
