/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's addresses and errors, and the kernel's.
 */
#include <errno.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/stack/stack_priv.h"

ip_addr_t
ip_from_inaddr(const struct inaddr *a)
{
	const struct ifnet *ifp;
	struct inaddr plain;
	ip_addr_t ip = {0};

	if (inaddr_is_v4(a)) {
		memcpy(&ip_2_ip4(&ip)->addr, a->ip + 12, 4);
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V4);
	} else {
		plain = inaddr_on_link(a, 0);
		memcpy(ip_2_ip6(&ip)->addr, plain.ip, 16);
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V6);
		ifp = inaddr_link(a) != 0 ? ifnet_by_index((int)inaddr_link(a)) : NULL;
		if (ifp != NULL && ifp->stack != NULL)
			ip6_addr_assign_zone(
			    ip_2_ip6(&ip), IP6_UNICAST, (struct netif *)ifp->stack);
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
	const struct netif *n =
	    ip6_addr_has_zone(ip) ? netif_get_by_index(ip6_addr_zone(ip)) : NULL;
	struct inaddr a = {.port = 0};

	memcpy(a.ip, ip->addr, sizeof a.ip);
	return n == NULL ? a : inaddr_on_link(&a, (uint32_t)stack_if_ifnet(n)->index);
}

struct inaddr
packed_to_inaddr4(ip4_addr_p_t ip)
{
	return inaddr_v4(lwip_ntohl(ip.addr), 0);
}

struct inaddr
packed_to_inaddr6(ip6_addr_p_t ip)
{
	struct inaddr a = {.port = 0};

	memcpy(a.ip, ip.addr, sizeof a.ip);
	return a;
}

struct inaddr
ip_to_inaddr(const ip_addr_t *ip, uint16_t port)
{
	struct inaddr a = IP_IS_V6(ip) ? ip_to_inaddr6(ip_2_ip6(ip)) : ip_to_inaddr4(ip_2_ip4(ip));

	a.port = port;
	return a;
}

struct envelope
ip_current(void)
{
	bool v6 = ip_current_is_v6();

	return (struct envelope){
	    .src = ip_to_inaddr(ip_current_src_addr(), 0),
	    .dest = ip_to_inaddr(ip_current_dest_addr(), 0),
	    .ttl = v6 ? IP6H_HOPLIM(ip6_current_header()) : IPH_TTL(ip4_current_header()),
	    .tos = v6 ? (uint8_t)IP6H_TC(ip6_current_header()) : IPH_TOS(ip4_current_header()),
	    .index = (uint32_t)stack_if_ifnet(ip_current_input_netif())->index,
	};
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
	case ERR_TIMEOUT:
		return ETIMEDOUT;
	case ERR_ABRT:
		return ECONNABORTED;
	case ERR_RST:
		return ECONNRESET;
	case ERR_IF:
		return ENETDOWN;
	default:
		return EINVAL;
	}
}

size_t
pbuf_iovec(const struct pbuf *p, u16_t at, size_t len, struct iovec iov[STACK_PIECES])
{
	size_t n = 0;

	for (; p != NULL && at >= p->len; p = p->next)
		at = (u16_t)(at - p->len);
	for (; p != NULL && len > 0 && n < STACK_PIECES; p = p->next) {
		size_t here = LWIP_MIN((size_t)(p->len - at), len);

		iov[n++] = (struct iovec){.iov_base = (char *)p->payload + at, .iov_len = here};
		len -= here;
		at = 0;
	}
	return n;
}

int
ip_way(const struct inaddr *dest, uint32_t index, struct rtable_hop *hop)
{
	struct ifnet *ifp = index != 0 && index != IFNET_LO ? ifnet_by_index((int)index) : NULL;
	int error = rtable_lookup(dest, ifp, hop);

	if (error != ENETUNREACH)
		return error;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->stack != NULL && ifp->index != IFNET_LO &&
		    rtable_lookup(dest, ifp, hop) == 0)
			return 0;
	return error;
}
