/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's addresses and errors, and the kernel's.
 */
#include <errno.h>
#include <string.h>

#include "net/stack/stack_priv.h"

ip_addr_t
ip_from_inaddr(const struct inaddr *a)
{
	ip_addr_t ip = {0};

	if (inaddr_is_v4(a)) {
		memcpy(&ip_2_ip4(&ip)->addr, a->ip + 12, 4);
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V4);
	} else {
		memcpy(ip_2_ip6(&ip)->addr, a->ip, 16);
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V6);
	}
	return ip;
}

struct inaddr
ip_to_inaddr4(const ip4_addr_t *ip)
{
	return inaddr_v4(lwip_ntohl(ip4_addr_get_u32(ip)), 0);
}

struct inaddr
ip_to_inaddr6(const ip6_addr_t *ip)
{
	struct inaddr a = {.port = 0};

	memcpy(a.ip, ip->addr, sizeof a.ip);
	return a;
}

struct inaddr
ip_to_inaddr(const ip_addr_t *ip, uint16_t port)
{
	struct inaddr a = IP_IS_V6(ip) ? ip_to_inaddr6(ip_2_ip6(ip)) : ip_to_inaddr4(ip_2_ip4(ip));

	a.port = port;
	return a;
}

int
ip_errno(err_t err)
{
	switch (err) {
	case ERR_OK:
		return 0;
	case ERR_MEM:
	case ERR_BUF:
		return ENOBUFS;
	case ERR_RTE:
		return ENETUNREACH;
	case ERR_USE:
		return EADDRNOTAVAIL;
	case ERR_ABRT:
		return ETIMEDOUT; /* lwIP gave up repeating itself */
	case ERR_RST:
		return ECONNRESET;
	case ERR_IF:
		return ENETDOWN;
	default:
		return EINVAL;
	}
}
