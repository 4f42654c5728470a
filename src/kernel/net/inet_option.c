/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel has to know of datagram sockets besides their addresses: errors that they ask
 * for, options that it heeds, how large their packets may be.
 */
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/errqueue.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/pmtu.h"
#include "net/rtable.h"
#include "socket/sockctl.h"

#define HEADER4    20
#define HEADER6    40
#define HEADER_UDP 8
#define MTU4_MAX   65535

static struct bound *
bound_of(int fd)
{
	struct sockhost own;
	struct sockname n;

	if (sockhost_name(fd, false, &own) != 0)
		return NULL;
	n = sockname_parse(&own);
	return n.kind == SOCKNAME_BOUND ? bound_by_seq(n.seq) : NULL;
}

/* --- options --- */

static int
int_of(const void *val, size_t len)
{
	int value = 0;

	memcpy(&value, val, len < sizeof value ? len : sizeof value);
	return value;
}

/* By number, Linux does not ask whether there is such an interface. */
static int
device_of(int name, const void *val, size_t len, int *ret_index)
{
	char text[IFNET_NAME_MAX] = "";
	const struct ifnet *ifp;

	if (name == SO_BINDTOIFINDEX) {
		*ret_index = int_of(val, len);
		return *ret_index < 0 ? EINVAL : 0;
	}
	*ret_index = 0;
	memcpy(text, val, len < sizeof text - 1 ? len : sizeof text - 1);
	if (text[0] == '\0')
		return 0;
	ifp = ifnet_by_name(text);
	if (ifp == NULL)
		return ENODEV;
	*ret_index = ifp->index;
	return 0;
}

static void
switch_flag(struct bound *b, unsigned flag, bool on)
{
	b->flags = on ? b->flags | flag : b->flags & ~flag;
}

static int
set_errors(struct bound *b, int fd, bool on)
{
	switch_flag(b, DELEG_ERRORS, on);
	if (on)
		return errlink_make(b, fd);
	errlink_forget(b);
	return 0;
}

static int
set_raw(struct bound *b, int level, int name, const void *val, size_t len)
{
	if (level == IPPROTO_IP && name == IP_HDRINCL)
		b->raw.hdrincl = int_of(val, len) != 0;
	else if (name == ICMP_FILTER && len <= sizeof b->raw.filter)
		memcpy(b->raw.filter, val, len); /* and ICMPV6_FILTER, which has the same number */
	else if (name == IPV6_CHECKSUM)
		b->raw.checksum_at = int_of(val, len);
	else
		return EINVAL;
	return 0;
}

int
inet_option(int fd, int level, int name, const void *val, size_t len, int *ret_index)
{
	struct bound *b = bound_of(fd);
	int error;

	*ret_index = 0;
	if (level == SOL_SOCKET && (name == SO_BINDTODEVICE || name == SO_BINDTOIFINDEX)) {
		error = device_of(name, val, len, ret_index);
		if (error == 0 && b != NULL)
			b->device = (uint32_t)*ret_index;
		return error;
	}
	if (b == NULL || !(b->flags & DELEG_DGRAM))
		return EINVAL;
	if ((level == IPPROTO_IP && name == IP_RECVERR) ||
	    (level == IPPROTO_IPV6 && name == IPV6_RECVERR))
		return set_errors(b, fd, int_of(val, len) != 0);
	if ((level == IPPROTO_IP && name == IP_MTU_DISCOVER) ||
	    (level == IPPROTO_IPV6 && name == IPV6_MTU_DISCOVER)) {
		switch_flag(b, DELEG_NO_FRAG, sockctl_forbids_fragments(int_of(val, len)));
		return 0;
	}
	return b->flags & DELEG_RAW ? set_raw(b, level, name, val, len) : EINVAL;
}

/* --- sizes --- */

/* Of the packet that so many bytes of the program's become. */
static size_t
packet_size(const struct bound *b, const struct inaddr *dest, size_t len)
{
	size_t size = len + (inaddr_is_v4(dest) ? HEADER4 : HEADER6);

	if (b->flags & DELEG_RAW)
		return b->raw.hdrincl && inaddr_is_v4(dest) ? len : size;
	return b->flags & DELEG_PING ? size : size + HEADER_UDP;
}

static void
report_too_long(const struct bound *b, const struct inaddr *dest, unsigned mtu)
{
	const struct dgram_error e = {
	    .error = EMSGSIZE,
	    .is = {.origin = SO_EE_ORIGIN_LOCAL, .info = mtu, .dest = *dest},
	};

	(void)errlink_report(b, &e);
}

static int
mtu_of(const struct bound *b, struct deleg_error *report)
{
	uint32_t device = b != NULL ? b->device : 0, len = report->info;
	const struct inaddr *dest = &report->dest;
	struct rtable_hop hop;
	unsigned mtu;

	report->info = MTU4_MAX;
	if (rtable_lookup(dest, device != 0 ? ifnet_by_index((int)device) : NULL, &hop) != 0)
		return 0;
	mtu = pmtu_of(dest, hop.mtu);
	if (mtu > MTU4_MAX && inaddr_is_v4(dest))
		mtu = MTU4_MAX;
	report->info = mtu;
	if (len == 0 || b == NULL || packet_size(b, dest, len) <= mtu)
		return 0;
	report_too_long(b, dest, mtu);
	return EMSGSIZE;
}

int
inet_error(int fd, unsigned op, struct deleg_error *report)
{
	struct bound *b = bound_of(fd);

	if (op == DELEG_ERROR_MTU)
		return mtu_of(b, report);
	return b == NULL ? EINVAL : errlink_ask(b, op, report);
}
