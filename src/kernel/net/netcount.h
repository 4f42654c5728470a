/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the network has done: the counters of /proc/net/snmp, snmp6 and netstat.
 *
 * They count packets.  What stays within the kernel (fusion) is no packet: of it only connections
 * are counted.
 */
#ifndef KERNEL_NET_NETCOUNT_H
#define KERNEL_NET_NETCOUNT_H

#include <stdint.h>

struct netcount_bytes {
	uint64_t packets, bytes;
};

struct netcount_ip {
	struct netcount_bytes in, in_multicast, in_broadcast;
	struct netcount_bytes out, out_multicast, out_broadcast; /* by this kernel's programs */
	uint64_t transmitted;                                    /* forwarded ones, too */
	uint64_t header_errors, address_errors, delivered, forwarded;
	uint64_t no_route, fragments_in, fragmented, fragments_out, not_fragmented;
};

struct netcount_icmp {
	uint64_t in[256], out[256]; /* by type */
};

struct netcount_udp {
	uint64_t in, out, no_port, errors, checksum_errors;
};

struct netcount_tcp {
	uint64_t active, passive, failed, in, out, out_resets;
};

struct netcount {
	struct netcount_ip ip4, ip6;
	struct netcount_icmp icmp4, icmp6;
	struct netcount_udp udp4, udp6;
	struct netcount_tcp tcp;
};

extern struct netcount netcount;

static inline void
netcount_add(struct netcount_bytes *to, uint64_t bytes)
{
	to->packets++;
	to->bytes += bytes;
}

#endif
