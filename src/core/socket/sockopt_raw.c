/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options that only raw sockets have: the header included, filters of ICMP types, the place of the
 * checksum.  They are remembered here and heeded by the kernel.
 */
#include <limits.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "socket/sockctl.h"
#include "socket/sockopt_priv.h"

#define FILTER_WORDS  8 /* of ICMPv6; ICMP has one */
#define CHECKSUM_NONE (-1)
#define CHECKSUM_ICMP 2 /* where ICMPv6 has it */

enum raw_option { NONE, HEADER, FILTER, CHECKSUM };

static enum raw_option
option_of(const struct socktag *t, int level, int name)
{
	if (!(t->flags & SOCKTAG_RAW))
		return NONE;
	if (level == IPPROTO_IP && name == IP_HDRINCL)
		return HEADER;
	if (level == (t->inet6 ? IPPROTO_ICMPV6 : SOL_RAW) &&
	    name == (t->inet6 ? ICMP6_FILTER : ICMP_FILTER))
		return FILTER;
	if (t->inet6 && name == IPV6_CHECKSUM && (level == SOL_RAW || level == IPPROTO_IPV6))
		return CHECKSUM;
	return NONE;
}

static bool
has_filter(const struct socktag *t)
{
	return t->protocol == (t->inet6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

static size_t
filter_size(const struct socktag *t)
{
	return sizeof(uint32_t) * (t->inet6 ? FILTER_WORDS : 1);
}

static void
load_filter(int fd, const struct socktag *t, uint32_t words[FILTER_WORDS])
{
	for (unsigned i = 0; i < FILTER_WORDS; i++)
		words[i] = (uint32_t)sockopt_stored(fd, t, OPTION_FILTER + i, 0);
}

static int
set_filter(int fd, struct socktag *t, int level, const void *val, socklen_t len)
{
	uint32_t words[FILTER_WORDS];
	size_t size = filter_size(t);

	if (!has_filter(t))
		return EOPNOTSUPP;
	if (len > INT_MAX)
		return EINVAL;
	load_filter(fd, t, words);
	memcpy(words, val, len < size ? len : size);
	for (unsigned i = 0; i * sizeof words[0] < size; i++)
		sockopt_store(fd, t, OPTION_FILTER + i, (int)words[i]);
	return sockctl_tell_option(
	    fd, t, level, t->inet6 ? ICMP6_FILTER : ICMP_FILTER, words, (socklen_t)size);
}

static int
check_checksum(const struct socktag *t, int level, int place)
{
	if (t->protocol == IPPROTO_ICMPV6 && level == IPPROTO_IPV6)
		return EINVAL; /* RFC 3542: it always has one */
	return place > 0 && place % 2 != 0 ? EINVAL : 0;
}

int
sockopt_set_raw(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	enum raw_option option = option_of(t, level, name);
	int value, error;

	if (option == NONE)
		return ENOPROTOOPT;
	if (option == FILTER)
		return set_filter(fd, t, level, val, len);
	error = optval_take(val, len, &value);
	if (error == 0 && option == CHECKSUM)
		error = check_checksum(t, level, value);
	if (error != 0)
		return error;
	if (option == HEADER)
		value = value != 0;
	else if (value < 0)
		value = CHECKSUM_NONE;
	sockopt_store(fd, t, option == HEADER ? OPTION_HDRINCL : OPTION_CHECKSUM, value);
	return sockctl_tell_option(fd, t, level, name, &value, sizeof value);
}

int
sockopt_get_raw(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	uint32_t words[FILTER_WORDS];

	switch (option_of(t, level, name)) {
	case HEADER:
		return optval_give(
		    sockopt_stored(fd, t, OPTION_HDRINCL, t->protocol == IPPROTO_RAW), val, len);
	case FILTER:
		if (!has_filter(t))
			return EOPNOTSUPP;
		load_filter(fd, t, words);
		return optval_give_bytes(words, filter_size(t), val, len);
	case CHECKSUM:
		return optval_give(
		    sockopt_stored(fd, t, OPTION_CHECKSUM,
			t->protocol == IPPROTO_ICMPV6 ? CHECKSUM_ICMP : CHECKSUM_NONE),
		    val, len);
	default:
		return ENOPROTOOPT;
	}
}
