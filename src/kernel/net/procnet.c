/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/net, as `ifconfig`, `route`, `arp` and `netstat` read it. */
#include "net/procnet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/rtable.h"
#include "net/socklist.h"
#include "vfs/procfs/procfs.h"

/* The line, blanks up to the width, and its end. */
__attribute__((format(printf, 3, 4))) static void
put_padded(FILE *out, int width, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	fprintf(out, "%-*s\n", width, line);
}

/* --- interfaces --- */

static int
show_dev(const struct procfs_of *of, FILE *out)
{
	struct ifnet *ifp;

	(void)of;
	fputs("Inter-|   Receive                                                |  Transmit\n"
	      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets "
	      "errs drop fifo colls carrier compressed\n",
	    out);
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		const struct ifnet_count *r = &ifp->rx, *t = &ifp->tx;

		fprintf(out,
		    "%6s: %7ju %7ju %4ju %4ju %4d %5d %10d %9ju %8ju %7ju %4ju %4ju %4d %5d %7d "
		    "%10d\n",
		    ifp->name, r->bytes, r->packets, r->errors, r->dropped, 0, 0, 0, r->multicast,
		    t->bytes, t->packets, t->errors, t->dropped, 0, 0, 0, 0);
	}
	return 0;
}

static void
put_hex(FILE *out, const struct inaddr *ip)
{
	for (size_t i = 0; i < sizeof ip->ip; i++)
		fprintf(out, "%02x", ip->ip[i]);
}

/* IPv6's own number of a scope. */
static unsigned
scope6(uint8_t scope)
{
	return scope == RT_SCOPE_HOST ? 0x10 : scope == RT_SCOPE_LINK ? 0x20 : 0;
}

static int
show_if_inet6(const struct procfs_of *of, FILE *out)
{
	struct ifnet_addr *a;
	struct ifnet *ifp;

	(void)of;
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link) {
			if (inaddr_is_v4(&a->ip))
				continue;
			put_hex(out, &a->ip);
			fprintf(out, " %02x %02x %02x %02x %8s\n", (unsigned)ifp->index, a->prefix,
			    scope6(a->scope), (unsigned)a->flags & 0xff, ifp->name);
		}
	}
	return 0;
}

/* --- routes and neighbours --- */

static unsigned
route_flags(const struct rentry *r)
{
	return RTF_UP | (inaddr_is_any(&r->gateway) ? 0 : RTF_GATEWAY) |
	       (r->prefix == inaddr_bits(&r->dest) ? RTF_HOST : 0) |
	       (r->ifp == NULL ? RTF_REJECT : 0);
}

static uint32_t
v4(const struct inaddr *ip)
{
	return htonl(inaddr_v4_of(ip));
}

static int
show_route(const struct procfs_of *of, FILE *out)
{
	struct inaddr ones = inaddr_v4(UINT32_MAX, 0), mask;
	struct rentry *r;

	(void)of;
	put_padded(out, 127,
	    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
	TAILQ_FOREACH (r, &rtable_all, link) {
		if (!inaddr_is_v4(&r->dest))
			continue;
		mask = inaddr_network(&ones, r->prefix);
		put_padded(out, 127, "%s\t%08X\t%08X\t%04X\t%d\t%u\t%u\t%08X\t%u\t%u\t%u",
		    r->ifp == NULL ? "*" : r->ifp->name, v4(&r->dest), v4(&r->gateway),
		    route_flags(r), 0, 0, r->metric, v4(&mask), r->mtu, 0, 0);
	}
	return 0;
}

static int
show_ipv6_route(const struct procfs_of *of, FILE *out)
{
	const struct inaddr none = inaddr_any(false);
	struct rentry *r;

	(void)of;
	TAILQ_FOREACH (r, &rtable_all, link) {
		if (inaddr_is_v4(&r->dest))
			continue;
		put_hex(out, &r->dest);
		fprintf(out, " %02x ", r->prefix);
		put_hex(out, &none);
		fputs(" 00 ", out);
		put_hex(out, &r->gateway);
		fprintf(out, " %08x %08x %08x %08x %8s\n", r->metric, 1, 0, route_flags(r),
		    r->ifp == NULL ? "lo" : r->ifp->name);
	}
	return 0;
}

static void
put_arp(void *arg, const struct neigh *n)
{
	bool permanent = (n->state & NUD_PERMANENT) != 0;
	bool known = (n->state & (NUD_INCOMPLETE | NUD_FAILED)) == 0;
	char ip[INET_ADDRSTRLEN];
	uint32_t addr;

	if (!inaddr_is_v4(&n->ip))
		return;
	addr = v4(&n->ip);
	inet_ntop(AF_INET, &addr, ip, sizeof ip);
	fprintf(arg, "%-16s 0x%-10x0x%-10x%02x:%02x:%02x:%02x:%02x:%02x     *        %s\n", ip,
	    ARPHRD_ETHER, (known ? ATF_COM : 0) | (permanent ? ATF_PERM : 0), n->mac[0], n->mac[1],
	    n->mac[2], n->mac[3], n->mac[4], n->mac[5], n->ifp->name);
}

static int
show_arp(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("IP address       HW type     Flags       HW address            Mask     Device\n",
	    out);
	neigh_each(put_arp, out);
	return 0;
}

/* --- sockets --- */

struct table {
	FILE *out;
	int family, protocol, line;
};

static void
put_address(char *text, size_t size, const struct inaddr *a, int family)
{
	uint32_t word[4];

	memcpy(word, a->ip, sizeof word);
	if (family == AF_INET)
		snprintf(text, size, "%08X:%04X", word[3], a->port);
	else
		snprintf(text, size, "%08X%08X%08X%08X:%04X", word[0], word[1], word[2], word[3],
		    a->port);
}

static void
put_socket(void *arg, const struct socklist_entry *e)
{
	struct table *t = arg;
	char own[64], peer[64];

	put_address(own, sizeof own, &e->own, t->family);
	put_address(peer, sizeof peer, &e->peer, t->family);
	put_padded(t->out, t->protocol == IPPROTO_TCP ? 149 : 127,
	    "%4d: %s %s %02X %08X:%08X %02X:%08X %08X %5u %8d %ju 1 0000000000000000 %s", t->line++,
	    own, peer, e->state, 0, 0, 0, 0, 0, 0, 0, (uintmax_t)e->id,
	    t->protocol == IPPROTO_TCP ? "100 0 0 10 0" : "0");
}

static int
show_sockets(FILE *out, int family, int protocol)
{
	struct table t = {.out = out, .family = family, .protocol = protocol};
	const char *own = family == AF_INET ? "local_address rem_address  "
					    : "local_address                         remote_address"
					      "                       ";

	if (protocol == IPPROTO_TCP)
		put_padded(out, 149,
		    "  sl  %s st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", own);
	else
		put_padded(out, 127,
		    "   sl  %s st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
		    "pointer drops",
		    own);
	return socklist_each(family, protocol, put_socket, &t);
}

#define SOCKETS(name, family, protocol)                                                            \
	static int show_##name(const struct procfs_of *of, FILE *out)                              \
	{                                                                                          \
		(void)of;                                                                          \
		return show_sockets(out, family, protocol);                                        \
	}
SOCKETS(tcp, AF_INET, IPPROTO_TCP)
SOCKETS(tcp6, AF_INET6, IPPROTO_TCP)
SOCKETS(udp, AF_INET, IPPROTO_UDP)
SOCKETS(udp6, AF_INET6, IPPROTO_UDP)
SOCKETS(udplite, AF_INET, IPPROTO_UDPLITE)
SOCKETS(udplite6, AF_INET6, IPPROTO_UDPLITE)
SOCKETS(raw, AF_INET, IPPROTO_RAW)
SOCKETS(raw6, AF_INET6, IPPROTO_RAW)

static int
show_unix(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("Num       RefCount Protocol Flags    Type St Inode Path\n", out);
	return 0;
}

/* --- settings --- */

static int
show_forward(FILE *out, int family)
{
	const struct ifnet *ifp;
	bool any = false;

	TAILQ_FOREACH (ifp, &ifnet_all, link)
		any = any || ifp->forward[family];
	fprintf(out, "%d\n", any);
	return 0;
}

static int
store_forward(const char *text, int family)
{
	struct ifnet *ifp;

	if ((text[0] != '0' && text[0] != '1') || text[1 + strspn(text + 1, " \n")] != '\0')
		return EINVAL;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		ifp->forward[family] = text[0] == '1';
	return 0;
}

static int
show_forward4(const struct procfs_of *of, FILE *out)
{
	(void)of;
	return show_forward(out, 0);
}

static int
store_forward4(const char *text)
{
	return store_forward(text, 0);
}

static int
show_forward6(const struct procfs_of *of, FILE *out)
{
	(void)of;
	return show_forward(out, 1);
}

static int
store_forward6(const char *text)
{
	return store_forward(text, 1);
}

/* --- tables --- */

#define FILE_(name_, show_)                                                                        \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .show = (show_)                           \
	}
#define HOST(name_, path)                                                                          \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .host = "/proc/sys/net/" path             \
	}
#define DIR_(name_, table)                                                                         \
	{                                                                                          \
		.name = (name_), .mode = S_IFDIR | 0555, .children = (table)                       \
	}
#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}

static const struct procfs_entry net_files[] = {
    FILE_("arp", show_arp),
    FILE_("dev", show_dev),
    FILE_("if_inet6", show_if_inet6),
    FILE_("ipv6_route", show_ipv6_route),
    FILE_("raw", show_raw),
    FILE_("raw6", show_raw6),
    FILE_("route", show_route),
    FILE_("tcp", show_tcp),
    FILE_("tcp6", show_tcp6),
    FILE_("udp", show_udp),
    FILE_("udp6", show_udp6),
    FILE_("udplite", show_udplite),
    FILE_("udplite6", show_udplite6),
    FILE_("unix", show_unix),
    END,
};

static const struct procfs_entry core_files[] = {
    HOST("default_qdisc", "core/default_qdisc"),
    HOST("netdev_max_backlog", "core/netdev_max_backlog"),
    HOST("optmem_max", "core/optmem_max"),
    HOST("rmem_default", "core/rmem_default"),
    HOST("rmem_max", "core/rmem_max"),
    HOST("somaxconn", "core/somaxconn"),
    HOST("wmem_default", "core/wmem_default"),
    HOST("wmem_max", "core/wmem_max"),
    END,
};

static const struct procfs_entry all4_files[] = {
    {.name = "forwarding", .mode = S_IFREG | 0644, .show = show_forward4, .store = store_forward4},
    END,
};
static const struct procfs_entry conf4_dirs[] = {DIR_("all", all4_files), END};

static const struct procfs_entry ipv4_files[] = {
    DIR_("conf", conf4_dirs),
    HOST("ip_default_ttl", "ipv4/ip_default_ttl"),
    {.name = "ip_forward", .mode = S_IFREG | 0644, .show = show_forward4, .store = store_forward4},
    HOST("ip_local_port_range", "ipv4/ip_local_port_range"),
    HOST("tcp_available_congestion_control", "ipv4/tcp_available_congestion_control"),
    HOST("tcp_congestion_control", "ipv4/tcp_congestion_control"),
    HOST("tcp_fastopen", "ipv4/tcp_fastopen"),
    HOST("tcp_fin_timeout", "ipv4/tcp_fin_timeout"),
    HOST("tcp_keepalive_intvl", "ipv4/tcp_keepalive_intvl"),
    HOST("tcp_keepalive_probes", "ipv4/tcp_keepalive_probes"),
    HOST("tcp_keepalive_time", "ipv4/tcp_keepalive_time"),
    HOST("tcp_max_syn_backlog", "ipv4/tcp_max_syn_backlog"),
    HOST("tcp_rmem", "ipv4/tcp_rmem"),
    HOST("tcp_syncookies", "ipv4/tcp_syncookies"),
    HOST("tcp_wmem", "ipv4/tcp_wmem"),
    END,
};

static const struct procfs_entry all6_files[] = {
    {.name = "forwarding", .mode = S_IFREG | 0644, .show = show_forward6, .store = store_forward6},
    END,
};
static const struct procfs_entry conf6_dirs[] = {DIR_("all", all6_files), END};
static const struct procfs_entry ipv6_files[] = {
    HOST("bindv6only", "ipv6/bindv6only"),
    DIR_("conf", conf6_dirs),
    END,
};

static const struct procfs_entry sysctl_dirs[] = {
    DIR_("core", core_files),
    DIR_("ipv4", ipv4_files),
    DIR_("ipv6", ipv6_files),
    END,
};

void
procnet_init(void)
{
	procfs_net = net_files;
	procfs_sys_net = sysctl_dirs;
}
