/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in /proc/net. */
#include "net/procnet/procnet.h"

#include "net/procnet/pn_priv.h"

static const struct procfs_entry files[] = {
    PN_FILE("arp", procnet_arp),
    PN_FILE("dev", procnet_dev),
    PN_FILE("dev_mcast", procnet_dev_mcast),
    PN_DATA("icmp", procnet_sockets, &procnet_icmp4),
    PN_DATA("icmp6", procnet_sockets, &procnet_icmp6),
    PN_FILE("if_inet6", procnet_if_inet6),
    PN_FILE("igmp", procnet_igmp),
    PN_FILE("igmp6", procnet_igmp6),
    PN_FILE("ipv6_route", procnet_ipv6_route),
    PN_FILE("netstat", procnet_netstat),
    PN_DATA("raw", procnet_sockets, &procnet_raw4),
    PN_DATA("raw6", procnet_sockets, &procnet_raw6),
    PN_FILE("route", procnet_route),
    PN_FILE("snmp", procnet_snmp),
    PN_FILE("snmp6", procnet_snmp6),
    PN_FILE("sockstat", procnet_sockstat),
    PN_FILE("sockstat6", procnet_sockstat6),
    PN_DATA("tcp", procnet_sockets, &procnet_tcp4),
    PN_DATA("tcp6", procnet_sockets, &procnet_tcp6),
    PN_DATA("udp", procnet_sockets, &procnet_udp4),
    PN_DATA("udp6", procnet_sockets, &procnet_udp6),
    PN_DATA("udplite", procnet_sockets, &procnet_udplite4),
    PN_DATA("udplite6", procnet_sockets, &procnet_udplite6),
    PN_FILE("unix", procnet_unix),
    PN_FILE("wireless", procnet_wireless),
    PN_END,
};
static const struct procfs_entry net_dir = {.children = files};

void
procnet_init(void)
{
	procfs_net = &net_dir;
	procfs_sys_net = &procnet_sysctl;
	sysfs_class_net = &procnet_class;
	sysfs_devices_net = &procnet_devices;
}
