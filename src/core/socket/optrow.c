/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options that are only remembered.  Defaults and ranges are what Linux answers for a fresh socket.
 */
#include "socket/optrow.h"

#include <errno.h>
#include <limits.h>
#include <linux/in6.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

#include "base/check.h"
#include "socket/socktag.h"

#define BOOL(level, name, def)                                                                     \
	{                                                                                          \
		level, name, OPT_BOOL, def, 0, 1                                                   \
	}
#define FLAG(level, name, flag)                                                                    \
	{                                                                                          \
		level, name, OPT_BOOL, 0, 0, 1, flag                                               \
	}
#define INT(level, name, def, min, max)                                                            \
	{                                                                                          \
		level, name, OPT_INT, def, min, max                                                \
	}
#define AUTO(level, name, def, min, max)                                                           \
	{                                                                                          \
		level, name, OPT_AUTO, def, min, max                                               \
	}
#define READ(level, name, def)                                                                     \
	{                                                                                          \
		level, name, OPT_READ, def, 0, 0                                                   \
	}

/* Newer than the headers of the oldest host. */
#define TCP_RTO_MAX_MS_ 44
#define TCP_TX_DELAY_   37

/* Not in libc's headers. */
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11
#define UDPLITE_HEADER     8

static const struct optrow rows[] = {
    INT(IPPROTO_TCP, TCP_MAXSEG, 536, 88, 32767),
    BOOL(IPPROTO_TCP, TCP_CORK, 0),
    INT(IPPROTO_TCP, TCP_KEEPIDLE, 7200, 1, 32767),
    INT(IPPROTO_TCP, TCP_KEEPINTVL, 75, 1, 32767),
    INT(IPPROTO_TCP, TCP_KEEPCNT, 9, 1, 127),
    INT(IPPROTO_TCP, TCP_SYNCNT, 6, 1, 127),
    INT(IPPROTO_TCP, TCP_LINGER2, 60, INT_MIN, INT_MAX),
    INT(IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, INT_MIN, INT_MAX),
    INT(IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, INT_MIN, INT_MAX),
    BOOL(IPPROTO_TCP, TCP_QUICKACK, 1),
    INT(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, 0, 1),
    INT(IPPROTO_TCP, TCP_THIN_DUPACK, 0, 0, 1),
    INT(IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 0, INT_MAX),
    INT(IPPROTO_TCP, TCP_FASTOPEN, 0, 0, INT_MAX),
    READ(IPPROTO_TCP, TCP_TIMESTAMP, 0),
    INT(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 0, INT_MIN, INT_MAX),
    INT(IPPROTO_TCP, TCP_SAVE_SYN, 0, 0, 2),
    INT(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, 0, 1),
    INT(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 0, 1),
    INT(IPPROTO_TCP, TCP_TX_DELAY_, 0, 0, INT_MAX),
    INT(IPPROTO_TCP, TCP_RTO_MAX_MS_, 120000, 1000, 120000),

    INT(IPPROTO_IP, IP_TOS, 0, INT_MIN, INT_MAX),
    AUTO(IPPROTO_IP, IP_TTL, 64, 1, 255),
    BOOL(IPPROTO_IP, IP_RECVOPTS, 0),
    BOOL(IPPROTO_IP, IP_RETOPTS, 0),
    FLAG(IPPROTO_IP, IP_PKTINFO, SOCKTAG_PKTINFO),
    INT(IPPROTO_IP, IP_MTU_DISCOVER, 1, 0, 5),
    BOOL(IPPROTO_IP, IP_RECVERR, 0),
    FLAG(IPPROTO_IP, IP_RECVTTL, SOCKTAG_RECVTTL),
    FLAG(IPPROTO_IP, IP_RECVTOS, SOCKTAG_RECVTOS),
    BOOL(IPPROTO_IP, IP_FREEBIND, 0),
    BOOL(IPPROTO_IP, IP_PASSSEC, 0),
    BOOL(IPPROTO_IP, IP_TRANSPARENT, 0),
    FLAG(IPPROTO_IP, IP_RECVORIGDSTADDR, SOCKTAG_ORIGDST),
    INT(IPPROTO_IP, IP_MINTTL, 0, 0, 255),
    BOOL(IPPROTO_IP, IP_CHECKSUM, 0),
    BOOL(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0),
    BOOL(IPPROTO_IP, IP_RECVFRAGSIZE, 0),
    AUTO(IPPROTO_IP, IP_MULTICAST_TTL, 1, 0, 255),
    BOOL(IPPROTO_IP, IP_MULTICAST_LOOP, 1),
    INT(IPPROTO_IP, IP_MULTICAST_ALL, 1, 0, 1),

    FLAG(IPPROTO_IPV6, IPV6_RECVPKTINFO, SOCKTAG_PKTINFO6),
    BOOL(IPPROTO_IPV6, IPV6_2292PKTINFO, 0),
    FLAG(IPPROTO_IPV6, IPV6_2292HOPLIMIT, SOCKTAG_OLDHOPS6),
    AUTO(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64, 0, 255),
    AUTO(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1, 0, 255),
    INT(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1, 0, 1),
    INT(IPPROTO_IPV6, IPV6_MTU_DISCOVER, 1, 0, 5),
    BOOL(IPPROTO_IPV6, IPV6_RECVERR, 0),
    BOOL(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 1),
    FLAG(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, SOCKTAG_HOPS6),
    BOOL(IPPROTO_IPV6, IPV6_RECVRTHDR, 0),
    BOOL(IPPROTO_IPV6, IPV6_RECVHOPOPTS, 0),
    BOOL(IPPROTO_IPV6, IPV6_RECVDSTOPTS, 0),
    BOOL(IPPROTO_IPV6, IPV6_RECVPATHMTU, 0),
    BOOL(IPPROTO_IPV6, IPV6_DONTFRAG, 0),
    FLAG(IPPROTO_IPV6, IPV6_RECVTCLASS, SOCKTAG_TCLASS6),
    AUTO(IPPROTO_IPV6, IPV6_TCLASS, 0, 0, 255),
    BOOL(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 1),
    INT(IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, 0, 255),
    BOOL(IPPROTO_IPV6, IPV6_ORIGDSTADDR, 0),
    BOOL(IPPROTO_IPV6, IPV6_TRANSPARENT, 0),
    BOOL(IPPROTO_IPV6, IPV6_FREEBIND, 0),

    BOOL(IPPROTO_UDP, UDP_CORK, 0),
    BOOL(IPPROTO_UDP, UDP_NO_CHECK6_TX, 0),
    BOOL(IPPROTO_UDP, UDP_NO_CHECK6_RX, 0),
    INT(IPPROTO_UDP, UDPLITE_SEND_CSCOV, 0, INT_MIN, INT_MAX),
    INT(IPPROTO_UDP, UDPLITE_RECV_CSCOV, 0, INT_MIN, INT_MAX),
};
_Static_assert(sizeof rows / sizeof rows[0] < OPTROW_MAX, "an index fits the option store");

const struct optrow *
optrow_find(int level, int name, unsigned *ret_index)
{
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].level == level && rows[i].name == name) {
			*ret_index = i;
			return &rows[i];
		}
	}
	return NULL;
}

/* Seconds to wait for data before accept, as Linux keeps them: counted in retransmissions. */
static int
defer_accept(int seconds)
{
	int period = 1, timeout = 1;

	if (seconds <= 0)
		return 0;
	for (int n = 1; seconds > period && n < 255; n++) {
		timeout = timeout * 2 > 120 ? 120 : timeout * 2;
		period += timeout;
	}
	return period;
}

/* The options whose value Linux does not keep as it was given. */
static int
special(const struct optrow *row, bool dgram, int value)
{
	/* The ECN bits of a TCP socket are not the program's. */
	if ((row->level == IPPROTO_IP && row->name == IP_TOS) ||
	    (row->level == IPPROTO_IPV6 && row->name == IPV6_TCLASS))
		return value & (dgram ? 0xff : 0xfc);
	/* Bytes of a datagram that the checksum covers. */
	if (row->level == IPPROTO_UDP &&
	    (row->name == UDPLITE_SEND_CSCOV || row->name == UDPLITE_RECV_CSCOV))
		return value == 0               ? 0
		       : value < UDPLITE_HEADER ? UDPLITE_HEADER
		       : value > USHRT_MAX      ? USHRT_MAX
						: value;
	if (row->level != IPPROTO_TCP)
		return value;
	switch (row->name) {
	case TCP_DEFER_ACCEPT:
		return defer_accept(value);
	case TCP_LINGER2:
		return value < 0 ? -1 : value == 0 ? row->def : value > 120 ? 120 : value;
	case TCP_FASTOPEN:
		return value > 4096 ? 4096 : value;
	case TCP_THIN_DUPACK:
		return 0;
	default:
		return value;
	}
}

int
optval_take(const void *val, socklen_t len, int *ret_value)
{
	if (len > INT_MAX || len < sizeof *ret_value)
		return EINVAL;
	if (val == NULL)
		return EFAULT;
	memcpy(ret_value, val, sizeof *ret_value);
	return 0;
}

int
optrow_convert(const struct optrow *row, bool dgram, const void *val, socklen_t len, int *ret_value)
{
	uint8_t byte;
	int value, error;

	if (row->kind == OPT_READ)
		return EPERM;
	if (row->level == IPPROTO_IP && len == 1 && val != NULL) { /* the BSDs' u_char options */
		memcpy(&byte, val, sizeof byte);
		value = byte;
	} else if ((error = optval_take(val, len, &value)) != 0) {
		return error;
	}
	if (row->kind == OPT_BOOL)
		value = value != 0;
	else if (value == -1 && row->kind == OPT_AUTO)
		value = row->def;
	else if (row->name == TCP_MAXSEG && row->level == IPPROTO_TCP && value == 0)
		value = row->def;
	else if (value < row->min || value > row->max)
		return EINVAL;
	*ret_value = special(row, dgram, value);
	return 0;
}

int
optval_give_bytes(const void *src, size_t size, void *val, socklen_t *len)
{
	socklen_t have = *len < size ? *len : (socklen_t)size;

	if (*len > INT_MAX)
		return EINVAL;
	memcpy(val, src, have);
	*len = have;
	return 0;
}

int
optval_give(int value, void *val, socklen_t *len)
{
	return optval_give_bytes(&value, sizeof value, val, len);
}
