/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Internet addresses of either family in one form.
 */
#include "socket/inaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

struct inaddr
inaddr_v4(uint32_t ip, uint16_t port)
{
	struct inaddr a = {.port = port};

	memcpy(a.ip, mapped_prefix, sizeof mapped_prefix);
	ip = htonl(ip);
	memcpy(a.ip + sizeof mapped_prefix, &ip, sizeof ip);
	return a;
}

struct inaddr
inaddr_any(bool v4)
{
	return v4 ? inaddr_v4(INADDR_ANY, 0) : (struct inaddr){.port = 0};
}

struct inaddr
inaddr_loopback(bool v4)
{
	return v4 ? inaddr_v4(INADDR_LOOPBACK, 0) : (struct inaddr){.ip[15] = 1};
}

bool
inaddr_is_v4(const struct inaddr *a)
{
	return memcmp(a->ip, mapped_prefix, sizeof mapped_prefix) == 0;
}

uint32_t
inaddr_v4_of(const struct inaddr *a)
{
	uint32_t ip;

	memcpy(&ip, a->ip + sizeof mapped_prefix, sizeof ip);
	return ntohl(ip);
}

bool
inaddr_same_ip(const struct inaddr *a, const struct inaddr *b)
{
	return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool
inaddr_same(const struct inaddr *a, const struct inaddr *b)
{
	return a->port == b->port && inaddr_same_ip(a, b);
}

bool
inaddr_is_mapped_any(const struct inaddr *a)
{
	return inaddr_is_v4(a) && inaddr_v4_of(a) == INADDR_ANY;
}

bool
inaddr_is_any(const struct inaddr *a)
{
	struct inaddr any = inaddr_any(false);

	return inaddr_same_ip(a, &any) || inaddr_is_mapped_any(a);
}

bool
inaddr_is_multicast(const struct inaddr *a)
{
	return inaddr_is_v4(a) ? IN_MULTICAST(inaddr_v4_of(a)) : a->ip[0] == 0xff;
}

bool
inaddr_is_linklocal(const struct inaddr *a)
{
	return a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

uint32_t
inaddr_link(const struct inaddr *a)
{
	return inaddr_is_linklocal(a) ? (uint32_t)(a->ip[2] << 8 | a->ip[3]) : 0;
}

struct inaddr
inaddr_on_link(const struct inaddr *a, uint32_t index)
{
	struct inaddr on = *a;

	if (inaddr_is_linklocal(a)) {
		on.ip[2] = (uint8_t)(index >> 8);
		on.ip[3] = (uint8_t)index;
	}
	return on;
}

bool
inaddr_is_local(const struct inaddr *a)
{
	struct inaddr loopback = inaddr_loopback(false);

	if (inaddr_is_v4(a))
		return inaddr_v4_of(a) >> 24 == IN_LOOPBACKNET;
	return inaddr_same_ip(a, &loopback);
}

socklen_t
inaddr_show(const struct inaddr *a, bool inet6, struct sockaddr_storage *ss)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(a->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(a->port)};
	struct inaddr plain;

	if (inet6) {
		plain = inaddr_on_link(a, 0);
		memcpy(&in6.sin6_addr, plain.ip, sizeof plain.ip);
		in6.sin6_scope_id = inaddr_link(a);
		memcpy(ss, &in6, sizeof in6);
		return sizeof in6;
	}
	in.sin_addr.s_addr = htonl(inaddr_is_v4(a) ? inaddr_v4_of(a) : INADDR_ANY);
	memcpy(ss, &in, sizeof in);
	return sizeof in;
}

struct inaddr
inaddr_from(const struct sockaddr_storage *ss)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct inaddr a;

	if (ss->ss_family == AF_INET) {
		memcpy(&in, ss, sizeof in);
		return inaddr_v4(ntohl(in.sin_addr.s_addr), ntohs(in.sin_port));
	}
	memcpy(&in6, ss, sizeof in6);
	memcpy(a.ip, &in6.sin6_addr, sizeof a.ip);
	a.port = ntohs(in6.sin6_port);
	return inaddr_on_link(&a, in6.sin6_scope_id);
}

int
sockaddr_give(const void *ss, socklen_t have, void *buf, socklen_t *len)
{
	socklen_t room = *len;

	if (room > INT_MAX)
		return EINVAL;
	memcpy(buf, ss, room < have ? room : have);
	*len = have;
	return 0;
}
