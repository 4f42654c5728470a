/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: /proc/net/snmp, snmp6, netstat, sockstat, sockstat6.
 *
 * A name without a counter is of something that cannot happen here, or that lwIP does not tell.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

#include "net/ifconf.h"
#include "net/netcount.h"
#include "net/procnet/pn_priv.h"
#include "net/socklist.h"

/* --- what is counted --- */

struct row {
	const char *name;
	size_t at; /* in struct netcount; NEVER */
};

#define NEVER SIZE_MAX
#define ROW(name, where)                                                                           \
	{                                                                                          \
		name, offsetof(struct netcount, where)                                             \
	}
#define ICMP4(name, type)                                                                          \
	{                                                                                          \
		"In" name, offsetof(struct netcount, icmp4.in[type])                               \
	}
#define ICMP4_O(name, type)                                                                        \
	{                                                                                          \
		"Out" name, offsetof(struct netcount, icmp4.out[type])                             \
	}
#define ICMP6(name, type)                                                                          \
	{                                                                                          \
		"Icmp6In" name, offsetof(struct netcount, icmp6.in[type])                          \
	}
#define ICMP6_O(name, type)                                                                        \
	{                                                                                          \
		"Icmp6Out" name, offsetof(struct netcount, icmp6.out[type])                        \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, 0                                                                            \
	}

static uint64_t
count_of(const struct row *r)
{
	return r->at == NEVER ? 0 : *(const uint64_t *)((const char *)&netcount + r->at);
}

/* Two lines: names, numbers. */
static void
put_names(FILE *out, const char *begin, const struct row *rows)
{
	fputs(begin, out);
	for (; rows->name != NULL; rows++)
		fprintf(out, " %s", rows->name);
}

static void
put_counts(FILE *out, const struct row *rows)
{
	for (; rows->name != NULL; rows++)
		fprintf(out, " %ju", (uintmax_t)count_of(rows));
	fputc('\n', out);
}

static void
put_group(FILE *out, const char *group, const struct row *rows)
{
	put_names(out, group, rows);
	fprintf(out, "\n%s", group);
	put_counts(out, rows);
}

/* --- snmp --- */

static const struct row ip4[] = {
    ROW("InReceives", ip4.in.packets),
    ROW("InHdrErrors", ip4.header_errors),
    ROW("InAddrErrors", ip4.address_errors),
    ROW("ForwDatagrams", ip4.forwarded),
    {"InUnknownProtos", NEVER},
    ROW("InDiscards", ip4.in_discarded),
    ROW("InDelivers", ip4.delivered),
    ROW("OutRequests", ip4.out.packets),
    {"OutDiscards", NEVER},
    ROW("OutNoRoutes", ip4.no_route),
    {"ReasmTimeout", NEVER},
    ROW("ReasmReqds", ip4.fragments_in),
    {"ReasmOKs", NEVER},
    {"ReasmFails", NEVER},
    ROW("FragOKs", ip4.fragmented),
    ROW("FragFails", ip4.not_fragmented),
    ROW("FragCreates", ip4.fragments_out),
    ROW("OutTransmits", ip4.transmitted),
    END,
};

#define ICMP4_TYPES(ROW_)                                                                          \
	ROW_("DestUnreachs", 3), ROW_("TimeExcds", 11), ROW_("ParmProbs", 12),                     \
	    ROW_("SrcQuenchs", 4), ROW_("Redirects", 5), ROW_("Echos", 8), ROW_("EchoReps", 0),    \
	    ROW_("Timestamps", 13), ROW_("TimestampReps", 14), ROW_("AddrMasks", 17),              \
	    ROW_("AddrMaskReps", 18)

static const struct row icmp4_in[] = {
    {"InErrors", NEVER},
    ROW("InCsumErrors", icmp4.checksum_errors),
    ICMP4_TYPES(ICMP4),
    END,
};
static const struct row icmp4_out[] = {
    {"OutErrors", NEVER},
    {"OutRateLimitGlobal", NEVER},
    {"OutRateLimitHost", NEVER},
    ICMP4_TYPES(ICMP4_O),
    END,
};

static const struct row tcp[] = {
    ROW("ActiveOpens", tcp.active),
    ROW("PassiveOpens", tcp.passive),
    ROW("AttemptFails", tcp.failed),
    ROW("EstabResets", tcp.reset),
    END,
};
static const struct row tcp_segments[] = {
    ROW("InSegs", tcp.in),
    ROW("OutSegs", tcp.out),
    ROW("RetransSegs", tcp.repeated),
    ROW("InErrs", tcp.errors),
    ROW("OutRsts", tcp.out_resets),
    ROW("InCsumErrors", tcp.checksum_errors),
    END,
};

#define UDP(prefix, where)                                                                         \
	ROW(prefix "InDatagrams", where.in), ROW(prefix "NoPorts", where.no_port),                 \
	    ROW(prefix "InErrors", where.errors), ROW(prefix "OutDatagrams", where.out),           \
	    ROW(prefix "RcvbufErrors", where.full), {prefix "SndbufErrors", NEVER},                \
	    ROW(prefix "InCsumErrors", where.checksum_errors), {prefix "IgnoredMulti", NEVER},     \
	{                                                                                          \
		prefix "MemErrors", NEVER                                                          \
	}

static const struct row udp4[] = {UDP("", udp4), END};
static const struct row udplite4[] = {
    {"InDatagrams", NEVER},
    {"NoPorts", NEVER},
    {"InErrors", NEVER},
    {"OutDatagrams", NEVER},
    {"RcvbufErrors", NEVER},
    {"SndbufErrors", NEVER},
    {"InCsumErrors", NEVER},
    {"IgnoredMulti", NEVER},
    {"MemErrors", NEVER},
    END,
};

static uint64_t
sum(const uint64_t types[256])
{
	uint64_t all = 0;

	for (int i = 0; i < 256; i++)
		all += types[i];
	return all;
}

static void
put_icmp4(FILE *out)
{
	const struct netcount_icmp *c = &netcount.icmp4;

	put_names(out, "Icmp: InMsgs", icmp4_in);
	fputs(" OutMsgs", out);
	for (const struct row *r = icmp4_out; r->name != NULL; r++)
		fprintf(out, " %s", r->name);
	fprintf(out, "\nIcmp: %ju", (uintmax_t)sum(c->in));
	for (const struct row *r = icmp4_in; r->name != NULL; r++)
		fprintf(out, " %ju", (uintmax_t)count_of(r));
	fprintf(out, " %ju", (uintmax_t)sum(c->out));
	put_counts(out, icmp4_out);
}

/* The types that have been seen, if any. */
static void
put_icmp_types(FILE *out)
{
	const struct netcount_icmp *c = &netcount.icmp4;

	if (sum(c->in) + sum(c->out) == 0)
		return;
	fputs("IcmpMsg:", out);
	for (int i = 0; i < 256; i++)
		if (c->in[i] != 0)
			fprintf(out, " InType%d", i);
	for (int i = 0; i < 256; i++)
		if (c->out[i] != 0)
			fprintf(out, " OutType%d", i);
	fputs("\nIcmpMsg:", out);
	for (int i = 0; i < 256; i++)
		if (c->in[i] != 0)
			fprintf(out, " %ju", (uintmax_t)c->in[i]);
	for (int i = 0; i < 256; i++)
		if (c->out[i] != 0)
			fprintf(out, " %ju", (uintmax_t)c->out[i]);
	fputc('\n', out);
}

static void
add_established(void *arg, const struct socklist_entry *e)
{
	*(unsigned *)arg += e->state == TCP_ESTABLISHED;
}

static unsigned
established(void)
{
	unsigned n = 0;

	(void)socklist_each(AF_INET, IPPROTO_TCP, add_established, &n);
	(void)socklist_each(AF_INET6, IPPROTO_TCP, add_established, &n);
	return n;
}

int
procnet_snmp(const struct procfs_of *of, FILE *out)
{
	int forwards = 0;

	(void)of;
	(void)ifconf_show(IFCONF4_FORWARDING, IFCONF_AT_ALL, &forwards);
	put_names(out, "Ip: Forwarding DefaultTTL", ip4);
	fprintf(out, "\nIp: %d %d", forwards ? 1 : 2, 64);
	put_counts(out, ip4);
	put_icmp4(out);
	put_icmp_types(out);
	put_names(out, "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn", tcp);
	fputs(" CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n", out);
	fputs("Tcp: 1 200 120000 -1", out);
	for (const struct row *r = tcp; r->name != NULL; r++)
		fprintf(out, " %ju", (uintmax_t)count_of(r));
	fprintf(out, " %u", established());
	put_counts(out, tcp_segments);
	put_group(out, "Udp:", udp4);
	put_group(out, "UdpLite:", udplite4);
	return 0;
}

/* --- snmp6 --- */

static const struct row ip6[] = {
    ROW("Ip6InReceives", ip6.in.packets),
    ROW("Ip6InHdrErrors", ip6.header_errors),
    ROW("Ip6InTooBigErrors", ip6.too_big),
    ROW("Ip6InNoRoutes", ip6.no_route),
    ROW("Ip6InAddrErrors", ip6.address_errors),
    {"Ip6InUnknownProtos", NEVER},
    {"Ip6InTruncatedPkts", NEVER},
    ROW("Ip6InDiscards", ip6.in_discarded),
    ROW("Ip6InDelivers", ip6.delivered),
    ROW("Ip6OutForwDatagrams", ip6.forwarded),
    ROW("Ip6OutRequests", ip6.out.packets),
    {"Ip6OutDiscards", NEVER},
    {"Ip6OutNoRoutes", NEVER},
    {"Ip6ReasmTimeout", NEVER},
    ROW("Ip6ReasmReqds", ip6.fragments_in),
    {"Ip6ReasmOKs", NEVER},
    {"Ip6ReasmFails", NEVER},
    ROW("Ip6FragOKs", ip6.fragmented),
    {"Ip6FragFails", NEVER},
    ROW("Ip6FragCreates", ip6.fragments_out),
    ROW("Ip6InMcastPkts", ip6.in_multicast.packets),
    ROW("Ip6OutMcastPkts", ip6.out_multicast.packets),
    ROW("Ip6InOctets", ip6.in.bytes),
    ROW("Ip6OutOctets", ip6.out.bytes),
    ROW("Ip6InMcastOctets", ip6.in_multicast.bytes),
    ROW("Ip6OutMcastOctets", ip6.out_multicast.bytes),
    {"Ip6InBcastOctets", NEVER},
    {"Ip6OutBcastOctets", NEVER},
    ROW("Ip6InNoECTPkts", ip6.in.packets),
    ROW("Ip6OutTransmits", ip6.transmitted),
    END,
};

#define ICMP6_TYPES(ROW_)                                                                          \
	ROW_("DestUnreachs", 1), ROW_("PktTooBigs", 2), ROW_("TimeExcds", 3),                      \
	    ROW_("ParmProblems", 4), ROW_("Echos", 128), ROW_("EchoReplies", 129),                 \
	    ROW_("GroupMembQueries", 130), ROW_("GroupMembResponses", 131),                        \
	    ROW_("GroupMembReductions", 132), ROW_("RouterSolicits", 133),                         \
	    ROW_("RouterAdvertisements", 134), ROW_("NeighborSolicits", 135),                      \
	    ROW_("NeighborAdvertisements", 136), ROW_("Redirects", 137), ROW_("MLDv2Reports", 143)

static const struct row icmp6[] = {
    ROW("Icmp6InCsumErrors", icmp6.checksum_errors),
    ICMP6_TYPES(ICMP6),
    ICMP6_TYPES(ICMP6_O),
    END,
};
static const struct row udp6[] = {UDP("Udp6", udp6), END};

static void
put_line6(FILE *out, const char *name, uint64_t n)
{
	fprintf(out, "%-32s\t%ju\n", name, (uintmax_t)n);
}

static void
put_lines6(FILE *out, const struct row *rows)
{
	for (; rows->name != NULL; rows++)
		put_line6(out, rows->name, count_of(rows));
}

static void
put_types6(FILE *out, const char *direction, const uint64_t types[256])
{
	char name[32];

	for (int i = 0; i < 256; i++) {
		if (types[i] == 0)
			continue;
		snprintf(name, sizeof name, "Icmp6%sType%d", direction, i);
		put_line6(out, name, types[i]);
	}
}

int
procnet_snmp6(const struct procfs_of *of, FILE *out)
{
	(void)of;
	put_lines6(out, ip6);
	put_line6(out, "Icmp6InMsgs", sum(netcount.icmp6.in));
	put_line6(out, "Icmp6InErrors", 0);
	put_line6(out, "Icmp6OutMsgs", sum(netcount.icmp6.out));
	put_line6(out, "Icmp6OutErrors", 0);
	put_lines6(out, icmp6);
	put_types6(out, "In", netcount.icmp6.in);
	put_types6(out, "Out", netcount.icmp6.out);
	put_lines6(out, udp6);
	return 0;
}

/* --- netstat --- */

static const struct row ip_extended[] = {
    ROW("InNoRoutes", ip4.no_route),
    {"InTruncatedPkts", NEVER},
    ROW("InMcastPkts", ip4.in_multicast.packets),
    ROW("OutMcastPkts", ip4.out_multicast.packets),
    ROW("InBcastPkts", ip4.in_broadcast.packets),
    ROW("OutBcastPkts", ip4.out_broadcast.packets),
    ROW("InOctets", ip4.in.bytes),
    ROW("OutOctets", ip4.out.bytes),
    ROW("InMcastOctets", ip4.in_multicast.bytes),
    ROW("OutMcastOctets", ip4.out_multicast.bytes),
    ROW("InBcastOctets", ip4.in_broadcast.bytes),
    ROW("OutBcastOctets", ip4.out_broadcast.bytes),
    {"InCsumErrors", NEVER},
    ROW("InNoECTPkts", ip4.in.packets),
    END,
};

int
procnet_netstat(const struct procfs_of *of, FILE *out)
{
	(void)of;
	put_group(out, "IpExt:", ip_extended);
	return 0;
}

/* --- sockets --- */

static void
add_one(void *arg, const struct socklist_entry *e)
{
	*(unsigned *)arg += e->state != TCP_TIME_WAIT;
}

static void
add_time_wait(void *arg, const struct socklist_entry *e)
{
	*(unsigned *)arg += e->state == TCP_TIME_WAIT;
}

static unsigned
in_use(int family, int protocol)
{
	unsigned n = 0;

	(void)socklist_each(family, protocol, add_one, &n);
	return n;
}

int
procnet_sockstat(const struct procfs_of *of, FILE *out)
{
	unsigned tcp4 = in_use(AF_INET, IPPROTO_TCP), tcp6 = in_use(AF_INET6, IPPROTO_TCP);
	unsigned udp = in_use(AF_INET, IPPROTO_UDP), lite = in_use(AF_INET, IPPROTO_UDPLITE);
	unsigned raw = in_use(AF_INET, IPPROTO_RAW), waiting = 0;

	(void)of;
	(void)socklist_each(AF_INET, IPPROTO_TCP, add_time_wait, &waiting);
	(void)socklist_each(AF_INET6, IPPROTO_TCP, add_time_wait, &waiting);
	fprintf(out, "sockets: used %u\n", tcp4 + tcp6 + udp + lite + raw);
	fprintf(out, "TCP: inuse %u orphan 0 tw %u alloc %u mem 0\n", tcp4, waiting, tcp4 + tcp6);
	fprintf(out, "UDP: inuse %u mem 0\nUDPLITE: inuse %u\nRAW: inuse %u\n", udp, lite, raw);
	fputs("FRAG: inuse 0 memory 0\n", out);
	return 0;
}

int
procnet_sockstat6(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fprintf(out, "TCP6: inuse %u\nUDP6: inuse %u\nUDPLITE6: inuse %u\nRAW6: inuse %u\n",
	    in_use(AF_INET6, IPPROTO_TCP), in_use(AF_INET6, IPPROTO_UDP),
	    in_use(AF_INET6, IPPROTO_UDPLITE), in_use(AF_INET6, IPPROTO_RAW));
	fputs("FRAG6: inuse 0 memory 0\n", out);
	return 0;
}
