/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of a routed Internet socket.  SOL_SOCKET is in sockopt_socket.c.  Of the other levels,
 * what is right is asked of the host (optmodel.h), and the value is remembered: in the tag where
 * something depends on it, else in the store (optstore.h).  A few have a shape or an effect of
 * their own.
 */
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "base/fault.h"
#include "socket/optmodel.h"
#include "socket/optstore.h"
#include "socket/sockctl.h"
#include "socket/sockgroup.h"
#include "socket/sockopt_priv.h"

#define TCP_MSS_LO     32741 /* what a connection over `lo` has */
#define TCP_MSS_STACK  1460  /* and through the stack */
#define CONGESTION_MAX 16
#define SPECIAL_MAX    512 /* no structure of the special options is larger */

static const char *const congestions[] = {"cubic", "reno"};

void
sockopt_store(int fd, struct socktag *t, unsigned index, int value)
{
	optstore_put(fd, index, value);
	socktag_change(fd, t, SOCKTAG_STORED, 0);
}

int
sockopt_stored(int fd, const struct socktag *t, unsigned index, int def)
{
	int value = def;

	if (t->flags & SOCKTAG_STORED)
		optstore_get(fd, index, &value);
	return value;
}

static int
get_congestion(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	char name[CONGESTION_MAX] = {0};
	int which = sockopt_stored(fd, t, OPTION_CONGESTION, -1);

	if (which < 0)
		return optmodel_get(t, IPPROTO_TCP, TCP_CONGESTION, NULL, val, len);
	strcpy(name, congestions[which & 1]);
	return optval_give_bytes(name, sizeof name, val, len);
}

static int
set_congestion(int fd, struct socktag *t, const void *val, socklen_t len)
{
	size_t n = len > INT_MAX ? 0 : strnlen(val, len < CONGESTION_MAX ? len : CONGESTION_MAX);

	if (n == 0)
		return len == 0 || len > INT_MAX ? EINVAL : ENOENT;
	for (int i = 0; i < 2; i++) {
		if (n == strlen(congestions[i]) && memcmp(val, congestions[i], n) == 0) {
			sockopt_store(fd, t, OPTION_CONGESTION, i);
			return 0;
		}
	}
	return ENOENT;
}

/* --- where a value is --- */

/* The flag of the tag that the option is. */
static uint32_t
flag_of(int level, int name)
{
	static const struct {
		int level, name;
		uint32_t flag;
	} rows[] = {
	    {IPPROTO_TCP, TCP_NODELAY, SOCKTAG_NODELAY},
	    {IPPROTO_IP, IP_PKTINFO, SOCKTAG_PKTINFO},
	    {IPPROTO_IP, IP_RECVTTL, SOCKTAG_RECVTTL},
	    {IPPROTO_IP, IP_RECVTOS, SOCKTAG_RECVTOS},
	    {IPPROTO_IP, IP_RECVORIGDSTADDR, SOCKTAG_ORIGDST},
	    {IPPROTO_IPV6, IPV6_V6ONLY, SOCKTAG_V6ONLY},
	    {IPPROTO_IPV6, IPV6_RECVPKTINFO, SOCKTAG_PKTINFO6},
	    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, SOCKTAG_HOPS6},
	    {IPPROTO_IPV6, IPV6_2292HOPLIMIT, SOCKTAG_OLDHOPS6},
	    {IPPROTO_IPV6, IPV6_RECVTCLASS, SOCKTAG_TCLASS6},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].level == level && rows[i].name == name)
			return rows[i].flag;
	return 0;
}

/* Its place in the store; 0: it is not kept. */
static unsigned
index_of(int level, int name)
{
	if (!optmodel_knows(level, name))
		return 0;
	switch (level) {
	case IPPROTO_IP:
		return OPTION_IP + (unsigned)name;
	case IPPROTO_IPV6:
		return OPTION_IPV6 + (unsigned)name;
	case IPPROTO_TCP:
		return name < OPTION_OWN - OPTION_TCP ? OPTION_TCP + (unsigned)name : 0;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return name < OPTSTORE_MAX - OPTION_UDP ? OPTION_UDP + (unsigned)name : 0;
	default:
		return 0;
	}
}

/* Was the option set, and to what? */
static bool
value_of(int fd, const struct socktag *t, int level, int name, int *ret)
{
	uint32_t flag = flag_of(level, name);
	unsigned index = index_of(level, name);

	if (flag != 0) {
		*ret = (t->flags & flag) != 0;
		return true;
	}
	return index != 0 && t->flags & SOCKTAG_STORED && optstore_get(fd, index, ret);
}

bool
sockopt_is_stored(int fd, const struct socktag *t, int level, int name)
{
	int value;

	return value_of(fd, t, level, name, &value);
}

int
sockopt_value(int fd, const struct socktag *t, int level, int name, int def)
{
	int value;

	return value_of(fd, t, level, name, &value) ? value : def;
}

/*
 * UDP with a TTL or TOS of its own: each datagram gets an envelope (sockudp_send.c), so the host
 * must not send any by itself.
 */
static void
mark_datagrams(int fd, struct socktag *t)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	socktag_change(fd, t, SOCKTAG_MARKED, 0);
	if (!(t->flags & SOCKTAG_LINKED))
		sockhost_connect(fd, &nobody, sizeof nobody);
}

static bool
marks_datagrams(int level, int name)
{
	return level == IPPROTO_IP
		   ? name == IP_TTL || name == IP_TOS
		   : level == IPPROTO_IPV6 && (name == IPV6_UNICAST_HOPS || name == IPV6_TCLASS);
}

static void
keep(int fd, struct socktag *t, int level, int name, int value)
{
	uint32_t flag = flag_of(level, name);
	unsigned index = index_of(level, name);

	if (flag != 0)
		socktag_switch(fd, t, flag, value != 0);
	else if (index != 0)
		sockopt_store(fd, t, index, value);
	sockstack_option(fd, t, level, name);
	if (t->dgram && marks_datagrams(level, name))
		mark_datagrams(fd, t);
}

/* --- options of their own kind --- */

/*
 * What would have to change the bytes on their way, and does not: refused as by a kernel that was
 * built without, so that programs do it themselves.  0: it is none of these.
 */
static int
refusal(const struct socktag *t, int level, int name)
{
	if (level == IPPROTO_IPV6)
		return name == IPV6_JOIN_ANYCAST || name == IPV6_LEAVE_ANYCAST ? ENOPROTOOPT : 0;
	if (level == IPPROTO_UDP && t->dgram)
		return name == UDP_SEGMENT ? ENOPROTOOPT : 0;
	if (level != IPPROTO_TCP || t->dgram)
		return 0;
	switch (name) {
	case TCP_ULP:
		return ENOENT;
	case TCP_REPAIR:
		return EPERM;
	case TCP_MD5SIG:
	case TCP_MD5SIG_EXT:
	case TCP_ZEROCOPY_RECEIVE:
		return ENOPROTOOPT;
	default:
		return 0;
	}
}

static bool
is_bound(int fd)
{
	struct sockhost own;

	return sockhost_name(fd, false, &own) == 0 && sockhost_path_len(&own) > 0;
}

int
sockopt_sticky(int fd, const struct socktag *t)
{
	return sockopt_stored(fd, t, OPTION_STICKY, 0);
}

/* Of the structure only the interface has an effect. */
static int
set_sticky(int fd, struct socktag *t, const void *val, socklen_t len)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 0};
	char name[IFNAMSIZ];
	int error = 0;

	if (len < sizeof info || val == NULL)
		return EINVAL;
	memcpy(&info, val, sizeof info);
	if (info.ipi6_ifindex != 0)
		error = sockenv_device((int)info.ipi6_ifindex, name);
	if (error == 0)
		sockopt_store(fd, t, OPTION_STICKY, (int)info.ipi6_ifindex);
	if (error == 0 && info.ipi6_ifindex != 0)
		mark_datagrams(fd, t);
	return error;
}

/* ENOPROTOOPT: it is none of these. */
static int
set_special(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	int value, error;

	if (level == IPPROTO_TCP && name == TCP_CONGESTION && !t->dgram)
		return set_congestion(fd, t, val, len);
	/* The two that servers set all the time. */
	if (level == IPPROTO_TCP && !t->dgram && (name == TCP_NODELAY || name == TCP_CORK)) {
		error = optval_take(val, len, &value);
		if (error == 0)
			keep(fd, t, level, name, value != 0);
		return error;
	}
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && t->inet6 && is_bound(fd))
		return EINVAL;
	if (level == IPPROTO_IPV6 && name == IPV6_PKTINFO && t->dgram && t->inet6)
		return set_sticky(fd, t, val, len);
	error = sockopt_set_raw(fd, t, level, name, val, len);
	if (error != ENOPROTOOPT)
		return error;
	if (t->dgram && (level == IPPROTO_IP || (level == IPPROTO_IPV6 && t->inet6)))
		return sockgroup_set(fd, t, level, name, val, len);
	return ENOPROTOOPT;
}

/* Of the way to the peer. */
static int
get_mtu(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof peer;
	int mtu, error = sockctl_name(NULL, fd, t, true, &peer, &peer_len);
	struct inaddr dest;

	if (error == 0) {
		dest = inaddr_from(&peer);
		error = sockctl_mtu(fd, &dest, 0, &mtu);
	}
	return error != 0 ? error : optval_give(mtu, val, len);
}

static int
get_special(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	int error;

	if (level == IPPROTO_TCP && !t->dgram) {
		switch (name) {
		case TCP_CONGESTION:
			return get_congestion(fd, t, val, len);
		case TCP_INFO:
			return sockopt_tcp_info(fd, t, val, len);
		case TCP_NODELAY:
		case TCP_CORK:
			return optval_give(sockopt_value(fd, t, level, name, 0), val, len);
		case TCP_MAXSEG:
			if (!sockhost_is_connected(fd))
				return ENOPROTOOPT;
			return optval_give(
			    t->flags & SOCKTAG_REMOTE ? TCP_MSS_STACK : TCP_MSS_LO, val, len);
		default:
			return ENOPROTOOPT;
		}
	}
	if (((level == IPPROTO_IP && name == IP_MTU) ||
		(level == IPPROTO_IPV6 && name == IPV6_MTU && t->inet6)) &&
	    (t->dgram ? (t->flags & SOCKTAG_PEER) != 0 : sockhost_is_connected(fd)))
		return get_mtu(fd, t, val, len);
	error = sockopt_get_raw(fd, t, level, name, val, len);
	if (error != ENOPROTOOPT)
		return error;
	if (level == IPPROTO_IP || (level == IPPROTO_IPV6 && t->inet6))
		return sockgroup_get(fd, t, level, name, val, len);
	return ENOPROTOOPT;
}

/* --- the whole --- */

int
sockopt_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	int value, error, no = refusal(t, level, name);
	bool to_keep;

	if (level == SOL_SOCKET)
		return sockopt_set_socket(fd, t, name, val, len);
	if (no != 0) {
		error = optval_take(val, len, &value);
		return error != 0 ? error : no;
	}
	if (!optmodel_knows(level, name))
		return ENOPROTOOPT;
	/* Memory that cannot be read is for the host to complain of. */
	if (fault_readable((uintptr_t)val, len < SPECIAL_MAX ? len : SPECIAL_MAX) == 0) {
		error = set_special(fd, t, level, name, val, len);
		if (error != ENOPROTOOPT)
			return error;
	}
	error = optmodel_set(t, level, name, val, len, &value, &to_keep);
	if (error == 0 && to_keep)
		keep(fd, t, level, name, value);
	return error != 0 ? error : sockctl_tell_option(fd, t, level, name, &value, sizeof value);
}

int
sockopt_get(int fd, struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	int value, error;

	if (level == SOL_SOCKET)
		return sockopt_get_socket(fd, t, name, val, len);
	if (!optmodel_knows(level, name))
		return ENOPROTOOPT;
	error = get_special(fd, t, level, name, val, len);
	if (error != ENOPROTOOPT)
		return error;
	return optmodel_get(
	    t, level, name, value_of(fd, t, level, name, &value) ? &value : NULL, val, len);
}
