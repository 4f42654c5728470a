/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: /proc/net/snmp, snmp6, netstat.
 *
 * A name without a counter is of something that cannot happen here, or that lwIP does not tell.
 */
#include <stddef.h>

#include "net/ifconf.h"
#include "net/netcount.h"
#include "net/procnet/pn_priv.h"

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
#define NONE(name, ...)                                                                            \
	{                                                                                          \
		name, NEVER                                                                        \
	}
#define ICMP4_IN(name, type)  ROW("In" name, icmp4.in[type])
#define ICMP4_OUT(name, type) ROW("Out" name, icmp4.out[type])
#define ICMP6_IN(name, type)  ROW("Icmp6In" name, icmp6.in[type])
#define ICMP6_OUT(name, type) ROW("Icmp6Out" name, icmp6.out[type])
#define END                                                                                        \
	{                                                                                          \
		NULL, 0                                                                            \
	}

static uint64_t
count_of(const struct row *r)
{
	return r->at == NEVER ? 0 : *(const uint64_t *)((const char *)&netcount + r->at);
}

static void
put_names(FILE *out, const struct row *rows)
{
	for (; rows->name != NULL; rows++)
		fprintf(out, " %s", rows->name);
}

static void
put_counts(FILE *out, const struct row *rows)
{
	for (; rows->name != NULL; rows++)
		fprintf(out, " %ju", (uintmax_t)count_of(rows));
}

/* Two lines: names, numbers. */
static void
put_group(FILE *out, const char *group, const struct row *rows)
{
	fputs(group, out);
	put_names(out, rows);
	fprintf(out, "\n%s", group);
	put_counts(out, rows);
	fputc('\n', out);
}

/* --- snmp --- */

static const struct row ip4[] = {
    ROW("InReceives", ip4.in.packets),
    ROW("InHdrErrors", ip4.header_errors),
    ROW("InAddrErrors", ip4.address_errors),
    ROW("ForwDatagrams", ip4.forwarded),
    NONE("InUnknownProtos"),
    NONE("InDiscards"),
    ROW("InDelivers", ip4.delivered),
    ROW("OutRequests", ip4.out.packets),
    NONE("OutDiscards"),
    ROW("OutNoRoutes", ip4.no_route),
    NONE("ReasmTimeout"),
    ROW("ReasmReqds", ip4.fragments_in),
    NONE("ReasmOKs"),
    NONE("ReasmFails"),
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
    NONE("InErrors"),
    NONE("InCsumErrors"),
    ICMP4_TYPES(ICMP4_IN),
    END,
};
static const struct row icmp4_out[] = {
    NONE("OutErrors"),
    NONE("OutRateLimitGlobal"),
    NONE("OutRateLimitHost"),
    ICMP4_TYPES(ICMP4_OUT),
    END,
};

static const struct row tcp[] = {
    ROW("ActiveOpens", tcp.active),
    ROW("PassiveOpens", tcp.passive),
    ROW("AttemptFails", tcp.failed),
    NONE("EstabResets"),
    END,
};
static const struct row tcp_segments[] = {
    ROW("InSegs", tcp.in),
    ROW("OutSegs", tcp.out),
    NONE("RetransSegs"),
    NONE("InErrs"),
    ROW("OutRsts", tcp.out_resets),
    NONE("InCsumErrors"),
    END,
};

#define UDP(ROW_, prefix, where)                                                                   \
	ROW_(prefix "InDatagrams", where.in), ROW_(prefix "NoPorts", where.no_port),               \
	    ROW_(prefix "InErrors", where.errors), ROW_(prefix "OutDatagrams", where.out),         \
	    NONE(prefix "RcvbufErrors"), NONE(prefix "SndbufErrors"),                              \
	    ROW_(prefix "InCsumErrors", where.checksum_errors), NONE(prefix "IgnoredMulti"),       \
	    NONE(prefix "MemErrors")

static const struct row udp4[] = {UDP(ROW, "", udp4), END};
static const struct row udplite4[] = {UDP(NONE, "", none), END};

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

	fputs("Icmp: InMsgs", out);
	put_names(out, icmp4_in);
	fputs(" OutMsgs", out);
	put_names(out, icmp4_out);
	fprintf(out, "\nIcmp: %ju", (uintmax_t)sum(c->in));
	put_counts(out, icmp4_in);
	fprintf(out, " %ju", (uintmax_t)sum(c->out));
	put_counts(out, icmp4_out);
	fputc('\n', out);
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

int
procnet_snmp(const struct procfs_of *of, FILE *out)
{
	int forwards = 0;

	(void)of;
	(void)ifconf_show(IFCONF4_FORWARDING, IFCONF_AT_ALL, &forwards);
	fputs("Ip: Forwarding DefaultTTL", out);
	put_names(out, ip4);
	fprintf(out, "\nIp: %d %d", forwards ? 1 : 2, 64);
	put_counts(out, ip4);
	fputc('\n', out);
	put_icmp4(out);
	put_icmp_types(out);
	fputs("Tcp: RtoAlgorithm RtoMin RtoMax MaxConn", out);
	put_names(out, tcp);
	fputs(" CurrEstab", out);
	put_names(out, tcp_segments);
	fputs("\nTcp: 1 200 120000 -1", out);
	put_counts(out, tcp);
	fprintf(out, " %u", procnet_established());
	put_counts(out, tcp_segments);
	fputc('\n', out);
	put_group(out, "Udp:", udp4);
	put_group(out, "UdpLite:", udplite4);
	return 0;
}

/* --- snmp6 --- */

static const struct row ip6[] = {
    ROW("Ip6InReceives", ip6.in.packets),
    ROW("Ip6InHdrErrors", ip6.header_errors),
    NONE("Ip6InTooBigErrors"),
    ROW("Ip6InNoRoutes", ip6.no_route),
    ROW("Ip6InAddrErrors", ip6.address_errors),
    NONE("Ip6InUnknownProtos"),
    NONE("Ip6InTruncatedPkts"),
    NONE("Ip6InDiscards"),
    ROW("Ip6InDelivers", ip6.delivered),
    ROW("Ip6OutForwDatagrams", ip6.forwarded),
    ROW("Ip6OutRequests", ip6.out.packets),
    NONE("Ip6OutDiscards"),
    NONE("Ip6OutNoRoutes"),
    NONE("Ip6ReasmTimeout"),
    ROW("Ip6ReasmReqds", ip6.fragments_in),
    NONE("Ip6ReasmOKs"),
    NONE("Ip6ReasmFails"),
    ROW("Ip6FragOKs", ip6.fragmented),
    NONE("Ip6FragFails"),
    ROW("Ip6FragCreates", ip6.fragments_out),
    ROW("Ip6InMcastPkts", ip6.in_multicast.packets),
    ROW("Ip6OutMcastPkts", ip6.out_multicast.packets),
    ROW("Ip6InOctets", ip6.in.bytes),
    ROW("Ip6OutOctets", ip6.out.bytes),
    ROW("Ip6InMcastOctets", ip6.in_multicast.bytes),
    ROW("Ip6OutMcastOctets", ip6.out_multicast.bytes),
    NONE("Ip6InBcastOctets"),
    NONE("Ip6OutBcastOctets"),
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
    NONE("Icmp6InCsumErrors"),
    ICMP6_TYPES(ICMP6_IN),
    ICMP6_TYPES(ICMP6_OUT),
    END,
};
static const struct row udp6[] = {UDP(ROW, "Udp6", udp6), END};

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
    NONE("InTruncatedPkts"),
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
    NONE("InCsumErrors"),
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
