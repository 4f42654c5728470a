/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces as libc lists them.  They are the rump kernel's for a program whose Internet
 * sockets are; libc's own functions ask the host by sockets that nobody can interpose.
 *
 * The list is one allocation, so that libc's freeifaddrs() is right for it.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "client/client.h"
#include "hijack.h"
#include "route/route.h"
#include "socket/ifrecord.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define ROOM_FIRST (16 * sizeof(struct ifrecord))
#define ROOM_MAX   (1 << 26) /* more than a kernel of sound mind has interfaces */

static bool
routed(void)
{
	return route_socket(AF_INET, SOCK_DGRAM);
}

/* All records, in memory to be freed. */
static int
records(struct ifrecord **ret, size_t *ret_n)
{
	size_t room = ROOM_FIRST;
	struct ifrecord *r = NULL, *more;
	int64_t need;
	int error;

	for (;;) {
		more = realloc(r, room);
		if (more == NULL) {
			free(r);
			return ENOMEM;
		}
		r = more;
		error = call_deleg_ifaddrs(r, room, &need);
		if (error == 0 && (need < 0 || need > ROOM_MAX))
			error = EPROTO;
		if (error != 0) {
			free(r);
			return error;
		}
		if ((size_t)need <= room)
			break;
		room = (size_t)need;
	}
	*ret = r;
	*ret_n = (size_t)need / sizeof *r;
	return 0;
}

/* An entry of the list with all that it points to. */
struct entry {
	struct ifaddrs ifa;
	char name[IFRECORD_NAME];
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_ll ll;
		struct sockaddr_storage ss;
	} addr, netmask, other;
	struct rtnl_link_stats stats;
};

static void
fill_link(struct entry *e, const struct ifrecord *r)
{
	const uint64_t *c = r->count;

	e->addr.ll = (struct sockaddr_ll){.sll_family = AF_PACKET,
	    .sll_hatype = r->type,
	    .sll_ifindex = (int)r->index,
	    .sll_halen = 6};
	memcpy(e->addr.ll.sll_addr, r->mac, 6);
	e->other.ll = e->addr.ll;
	memcpy(e->other.ll.sll_addr, r->broadcast_mac, 6);
	e->stats = (struct rtnl_link_stats){.rx_packets = (uint32_t)c[0],
	    .rx_bytes = (uint32_t)c[1],
	    .rx_errors = (uint32_t)c[2],
	    .rx_dropped = (uint32_t)c[3],
	    .tx_packets = (uint32_t)c[4],
	    .tx_bytes = (uint32_t)c[5],
	    .tx_errors = (uint32_t)c[6],
	    .tx_dropped = (uint32_t)c[7],
	    .multicast = (uint32_t)c[8]};
	e->ifa.ifa_data = &e->stats;
	if (r->prefix == 0) /* no link address: libc gives none */
		e->ifa.ifa_addr = NULL;
	else
		e->ifa.ifa_broadaddr = &e->other.sa;
}

static void
fill_address(struct entry *e, const struct ifrecord *r)
{
	bool inet6 = r->family == AF_INET6;

	inaddr_show(&r->ip, inet6, &e->addr.ss);
	inaddr_show(&r->netmask, inet6, &e->netmask.ss);
	if (inet6)
		e->addr.in6.sin6_scope_id = r->scope_id;
	e->ifa.ifa_netmask = &e->netmask.sa;
	if (r->has_other) {
		inaddr_show(&r->other, inet6, &e->other.ss);
		e->ifa.ifa_broadaddr = &e->other.sa; /* and ifa_dstaddr */
	}
}

static void
fill(struct entry *e, const struct ifrecord *r)
{
	memcpy(e->name, r->name, sizeof e->name);
	e->name[sizeof e->name - 1] = '\0';
	e->ifa.ifa_name = e->name;
	e->ifa.ifa_flags = r->flags;
	e->ifa.ifa_addr = &e->addr.sa;
	if (r->family == AF_PACKET)
		fill_link(e, r);
	else
		fill_address(e, r);
}

/* libc gives all links first, then the addresses. */
static size_t
fill_all(struct entry *list, const struct ifrecord *r, size_t n)
{
	size_t used = 0;

	for (int links = 1; links >= 0; links--)
		for (size_t i = 0; i < n; i++)
			if ((r[i].family == AF_PACKET) == (links == 1))
				fill(&list[used++], &r[i]);
	for (size_t i = 1; i < used; i++)
		list[i - 1].ifa.ifa_next = &list[i].ifa;
	return used;
}

int
hijack_getifaddrs(struct ifaddrs **list)
{
	struct ifrecord *r;
	struct entry *entries;
	size_t n;
	int error;

	if (!routed())
		return host.getifaddrs(list);
	error = records(&r, &n);
	if (error != 0)
		return hijack_fail(error);
	entries = calloc(n > 0 ? n : 1, sizeof *entries);
	if (entries == NULL) {
		free(r);
		return hijack_fail(ENOMEM);
	}
	*list = fill_all(entries, r, n) > 0 ? &entries->ifa : NULL;
	if (*list == NULL)
		free(entries);
	free(r);
	return 0;
}
HIJACK_EXPORTS(getifaddrs)

/* One question about an interface, by an ioctl. */
static int
ask(unsigned long request, struct ifreq *r)
{
	return call_deleg_ioctl(AF_INET, request, r);
}

unsigned
hijack_if_nametoindex(const char *name)
{
	struct ifreq r = {.ifr_name = ""};
	int error;

	if (!routed())
		return host.if_nametoindex(name);
	if (strlen(name) >= IFNAMSIZ) {
		errno = ENODEV;
		return 0;
	}
	strcpy(r.ifr_name, name);
	error = ask(SIOCGIFINDEX, &r);
	if (error != 0) {
		errno = error;
		return 0;
	}
	return (unsigned)r.ifr_ifindex;
}
HIJACK_EXPORTS(if_nametoindex)

char *
hijack_if_indextoname(unsigned index, char *name)
{
	struct ifreq r = {.ifr_ifindex = (int)index};
	int error;

	if (!routed())
		return host.if_indextoname(index, name);
	error = ask(SIOCGIFNAME, &r);
	if (error != 0) {
		errno = error == ENODEV ? ENXIO : error;
		return NULL;
	}
	memcpy(name, r.ifr_name, IFNAMSIZ);
	name[IFNAMSIZ - 1] = '\0';
	return name;
}
HIJACK_EXPORTS(if_indextoname)

/* The names are in the same allocation, behind the entries. */
struct if_nameindex *
hijack_if_nameindex(void)
{
	struct ifrecord *r;
	struct if_nameindex *list, *next;
	char(*names)[IFRECORD_NAME];
	size_t n;
	int error;

	if (!routed())
		return host.if_nameindex();
	error = records(&r, &n);
	if (error != 0) {
		errno = error;
		return NULL;
	}
	list = calloc(1, (n + 1) * (sizeof *list + sizeof *names));
	if (list != NULL) {
		next = list;
		names = (void *)(list + n + 1);
		for (size_t i = 0; i < n; i++) {
			if (r[i].family != AF_PACKET)
				continue;
			memcpy(names[i], r[i].name, IFRECORD_NAME - 1);
			*next++ = (struct if_nameindex){r[i].index, names[i]};
		}
	}
	free(r);
	return list;
}
HIJACK_EXPORTS(if_nameindex)

void
hijack_if_freenameindex(struct if_nameindex *list)
{
	if (routed())
		free(list);
	else
		host.if_freenameindex(list);
}
HIJACK_EXPORTS(if_freenameindex)
