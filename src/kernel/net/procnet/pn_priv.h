/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network's files in /proc and /sys.
 *
 *   procnet.c    tables: what is there
 *   pn_if.c      interfaces            pn_route.c   routes and neighbours
 *   pn_sock.c    sockets               pn_count.c   counters
 *   pn_group.c   multicast groups      pn_sockstat.c  how many sockets
 *   pn_sysctl.c  settings              pn_sysfs.c   /sys/class/net
 *   pn_tun.c     of a tun or tap       pn_text.c    how they are written
 */
#ifndef KERNEL_NET_PN_PRIV_H
#define KERNEL_NET_PN_PRIV_H

#include "socket/inaddr.h"
#include "vfs/procfs/procfs.h"

/* The rows of tables of entries. */
#define PN_FILE(name_, show_)                                                                      \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .show = (show_)                           \
	}
#define PN_DATA(name_, show_, data_)                                                               \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .show = (show_), .data = (data_)          \
	}
#define PN_SETTING(name_, show_, store_, data_)                                                    \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0644, .show = (show_), .store = (store_),       \
		.data = (data_)                                                                    \
	}
#define PN_DIR(name_, table)                                                                       \
	{                                                                                          \
		.name = (name_), .mode = S_IFDIR | 0555, .children = (table)                       \
	}
#define PN_TUN(name_, show_)                                                                       \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .show = (show_),                          \
		.is_there = procnet_is_tun                                                         \
	}
#define PN_END                                                                                     \
	{                                                                                          \
		.name = NULL                                                                       \
	}

typedef int procnet_show(const struct procfs_of *of, FILE *out);

/* pn_if.c */
procnet_show procnet_dev, procnet_if_inet6, procnet_wireless;

/* pn_group.c */
procnet_show procnet_igmp, procnet_igmp6, procnet_dev_mcast;

/* pn_count.c */
procnet_show procnet_snmp, procnet_snmp6, procnet_netstat;

/* pn_sockstat.c; how many connections of TCP there are */
procnet_show procnet_sockstat, procnet_sockstat6;
unsigned procnet_established(void);

/* pn_route.c */
procnet_show procnet_route, procnet_ipv6_route, procnet_arp;

/* pn_sock.c: which sockets, and the file about those that the entry's data names */
struct procnet_kind {
	int family, protocol;
};
extern const struct procnet_kind procnet_tcp4, procnet_tcp6, procnet_udp4, procnet_udp6,
    procnet_udplite4, procnet_udplite6, procnet_raw4, procnet_raw6, procnet_icmp4, procnet_icmp6;
procnet_show procnet_sockets, procnet_unix;

/* pn_sysctl.c */
extern const struct procfs_entry procnet_sysctl;

/* pn_sysfs.c */
extern const struct procfs_entry procnet_class, procnet_devices;

/* pn_tun.c: what of it only tun and tap have */
procnet_show procnet_tun_flags, procnet_tun_owner, procnet_tun_group;
bool procnet_is_tun(const struct procfs_of *of);

/* pn_text.c: the line, blanks up to the width, and its end; an IPv6 address without colons. */
__attribute__((format(printf, 3, 4))) void procnet_put_padded(
    FILE *out, int width, const char *fmt, ...);
void procnet_put_hex(FILE *out, const struct inaddr *ip);

/* Directories with the interfaces as names: by index from *num on. */
int procnet_next_interface(const struct procfs_of *of, int *num);
extern const struct procfs_names procnet_interface_names;

#endif
