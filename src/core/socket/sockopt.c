/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of a routed Internet socket.  SOL_SOCKET is the host's own business, except for what
 * means another thing on AF_UNIX or would betray it; the other levels are rows of a table
 * (optrow.c), plus the few that have a shape or an effect of their own.
 */
#include "socket/sockopt.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "socket/optrow.h"
#include "socket/optstore.h"

/* Newer than the headers of the oldest host. */
#define SO_PASSPIDFD_  76
#define SO_PEERPIDFD_  77
#define SO_PASSRIGHTS_ 83
#define TCP_MSS_LO     65483 /* what a connection over `lo` has */
#define CONGESTION_MAX 16
#define SNDBUF_RAISED  (1 << 20)

static const char *const congestions[] = {"cubic", "reno"};
#define CONGESTION_INDEX (OPTROW_MAX + 0)
#define PACING_INDEX     (OPTROW_MAX + 1)

static void
set_flag(int fd, struct socktag *t, uint32_t flag, bool on)
{
	uint32_t flags = on ? t->flags | flag : t->flags & ~flag;

	if (flags != t->flags) {
		t->flags = flags;
		socktag_set(fd, t);
	}
}

static void
store(int fd, struct socktag *t, unsigned index, int value)
{
	optstore_put(fd, index, value);
	set_flag(fd, t, SOCKTAG_STORED, true);
}

static int
stored(int fd, const struct socktag *t, unsigned index, int def)
{
	int value = def;

	if (t->flags & SOCKTAG_STORED)
		optstore_get(fd, index, &value);
	return value;
}

/* --- SOL_SOCKET --- */

static int
give_bytes(const void *src, size_t size, void *val, socklen_t *len)
{
	socklen_t have = *len < size ? *len : (socklen_t)size;

	if (*len > INT_MAX)
		return EINVAL;
	memcpy(val, src, have);
	*len = have;
	return 0;
}

static int
get_pacing(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	int rate = stored(fd, t, PACING_INDEX, -1);
	uint64_t wide = rate == -1 ? UINT64_MAX : (uint32_t)rate;

	if (*len < sizeof wide)
		return optval_give(rate, val, len);
	return give_bytes(&wide, sizeof wide, val, len);
}

static int
get_socket(int fd, struct socktag *t, int name, void *val, socklen_t *len)
{
	static const struct ucred nobody = {.pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1};
	int error;

	switch (name) {
	case SO_REUSEADDR:
		return optval_give((t->flags & SOCKTAG_REUSEADDR) != 0, val, len);
	case SO_REUSEPORT:
		return optval_give((t->flags & SOCKTAG_REUSEPORT) != 0, val, len);
	case SO_DOMAIN:
		return optval_give(t->inet6 ? AF_INET6 : AF_INET, val, len);
	case SO_PROTOCOL:
		return optval_give(t->dgram ? IPPROTO_UDP : IPPROTO_TCP, val, len);
	case SO_ERROR:
		error = socktag_take_error(fd, t);
		if (error != 0)
			return optval_give(error, val, len);
		break;
	case SO_MAX_PACING_RATE:
		return get_pacing(fd, t, val, len);
	case SO_PEERCRED:
		return give_bytes(&nobody, sizeof nobody, val, len);
	case SO_PEERGROUPS:
	case SO_PEERPIDFD_:
		return ENODATA;
	case SO_PASSCRED:
	case SO_PASSSEC:
	case SO_PASSPIDFD_:
	case SO_PASSRIGHTS_:
		return EOPNOTSUPP;
	default:
		break;
	}
	return sockhost_getopt(fd, SOL_SOCKET, name, val, len);
}

/* The options that accept passes on; SO_SNDBUF and SO_RCVBUF read back doubled. */
static const int inherited[] = {SO_KEEPALIVE, SO_LINGER, SO_OOBINLINE, SO_RCVTIMEO, SO_SNDTIMEO,
    SO_RCVLOWAT, SO_PRIORITY, SO_DONTROUTE, SO_TIMESTAMP, SO_RCVBUF, SO_SNDBUF};

static bool
is_inherited(int name)
{
	for (size_t i = 0; i < sizeof inherited / sizeof inherited[0]; i++)
		if (inherited[i] == name)
			return true;
	return false;
}

static int
set_socket(int fd, struct socktag *t, int name, const void *val, socklen_t len)
{
	int value, error;

	switch (name) {
	case SO_REUSEADDR:
	case SO_REUSEPORT:
	case SO_MAX_PACING_RATE:
		error = optval_take(val, len, &value);
		if (error != 0)
			return error;
		if (name == SO_REUSEADDR)
			set_flag(fd, t, SOCKTAG_REUSEADDR, value != 0);
		else if (name == SO_REUSEPORT)
			set_flag(fd, t, SOCKTAG_REUSEPORT, value != 0);
		else
			store(fd, t, PACING_INDEX, value);
		return 0;
	case SO_PASSCRED:
	case SO_PASSSEC:
	case SO_PASSPIDFD_:
	case SO_PASSRIGHTS_:
		return EOPNOTSUPP;
	default:
		break;
	}
	error = sockhost_setopt(fd, SOL_SOCKET, name, val, len);
	if (error == 0 && (name == SO_SNDBUF || name == SO_SNDBUFFORCE))
		set_flag(fd, t, SOCKTAG_SNDBUF | SOCKTAG_OPTIONS, true);
	else if (error == 0 && (is_inherited(name) || name == SO_RCVBUFFORCE))
		set_flag(fd, t, SOCKTAG_OPTIONS, true);
	return error;
}

void
sockopt_raise_buffers(int fd, const struct socktag *t)
{
	int size = SNDBUF_RAISED;

	if (t->flags & SOCKTAG_SNDBUF)
		return;
	if (sockhost_setopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
		sockhost_setopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

void
sockopt_inherit(int listener, const struct socktag *t, int fd)
{
	char val[64];
	socklen_t len;
	int size;

	if (t->flags & SOCKTAG_STORED)
		optstore_copy(listener, fd);
	if (!(t->flags & SOCKTAG_OPTIONS))
		return;
	for (size_t i = 0; i < sizeof inherited / sizeof inherited[0]; i++) {
		len = sizeof val;
		if (sockhost_getopt(listener, SOL_SOCKET, inherited[i], val, &len) != 0)
			continue;
		if (inherited[i] == SO_RCVBUF || inherited[i] == SO_SNDBUF) {
			memcpy(&size, val, sizeof size);
			size /= 2;
			memcpy(val, &size, sizeof size);
		}
		if (inherited[i] != SO_SNDBUF || (t->flags & SOCKTAG_SNDBUF))
			sockhost_setopt(fd, SOL_SOCKET, inherited[i], val, len);
	}
}

/* --- the protocols --- */

static int
get_congestion(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	char name[CONGESTION_MAX] = {0};

	strcpy(name, congestions[stored(fd, t, CONGESTION_INDEX, 0) & 1]);
	return give_bytes(name, sizeof name, val, len);
}

static int
set_congestion(int fd, struct socktag *t, const void *val, socklen_t len)
{
	size_t n = len > INT_MAX ? 0 : strnlen(val, len);

	if (n == 0)
		return len == 0 || len > INT_MAX ? EINVAL : ENOENT;
	for (int i = 0; i < 2; i++) {
		if (n == strlen(congestions[i]) && memcmp(val, congestions[i], n) == 0) {
			store(fd, t, CONGESTION_INDEX, i);
			return 0;
		}
	}
	return ENOENT;
}

/* Has the socket this protocol level? */
static bool
has_level(const struct socktag *t, int level)
{
	switch (level) {
	case IPPROTO_IP:
		return true;
	case IPPROTO_IPV6:
		return t->inet6;
	case IPPROTO_TCP:
		return !t->dgram;
	case IPPROTO_UDP:
		return t->dgram;
	default:
		return false;
	}
}

static int
set_special(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	struct sockhost own;
	int value, error;

	if (level == IPPROTO_TCP && name == TCP_CONGESTION)
		return set_congestion(fd, t, val, len);
	if (level == IPPROTO_TCP && name == TCP_NODELAY) {
		error = optval_take(val, len, &value);
		if (error == 0)
			set_flag(fd, t, SOCKTAG_NODELAY, value != 0);
		return error;
	}
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
		error = optval_take(val, len, &value);
		if (error == 0 && sockhost_name(fd, false, &own) == 0 &&
		    sockhost_path_len(&own) > 0)
			error = EINVAL;
		if (error == 0)
			set_flag(fd, t, SOCKTAG_V6ONLY, value != 0);
		return error;
	}
	if (level == IPPROTO_TCP && name == TCP_ULP)
		return ENOENT;
	/* A group needs an interface that can do multicast; lo cannot. */
	if (level == IPPROTO_IP && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP))
		return t->dgram ? ENODEV : EPROTO;
	if (level == IPPROTO_IPV6 && (name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP))
		return ENODEV;
	return ENOPROTOOPT;
}

static int
get_special(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	if (level == IPPROTO_TCP && name == TCP_CONGESTION)
		return get_congestion(fd, t, val, len);
	if (level == IPPROTO_TCP && name == TCP_NODELAY)
		return optval_give((t->flags & SOCKTAG_NODELAY) != 0, val, len);
	if (level == IPPROTO_TCP && name == TCP_INFO)
		return sockopt_tcp_info(fd, val, len);
	if (level == IPPROTO_TCP && name == TCP_ULP) {
		*len = 0;
		return 0;
	}
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY)
		return optval_give((t->flags & SOCKTAG_V6ONLY) != 0, val, len);
	if ((level == IPPROTO_IP && name == IP_MTU) || (level == IPPROTO_IPV6 && name == IPV6_MTU))
		return sockhost_is_connected(fd) ? optval_give(65535, val, len) : ENOTCONN;
	return ENOPROTOOPT;
}

int
sockopt_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	const struct optrow *row;
	unsigned index;
	int value, error;

	if (level == SOL_SOCKET)
		return set_socket(fd, t, name, val, len);
	if (!has_level(t, level))
		return ENOPROTOOPT;
	row = optrow_find(level, name, &index);
	if (row == NULL)
		return set_special(fd, t, level, name, val, len);
	error = optrow_convert(row, t->dgram, val, len, &value);
	if (error == 0)
		store(fd, t, index, value);
	return error;
}

int
sockopt_get(int fd, struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	const struct optrow *row;
	unsigned index;
	int value;

	if (level == SOL_SOCKET)
		return get_socket(fd, t, name, val, len);
	if (!has_level(t, level))
		return t->inet6 ? ENOPROTOOPT : EOPNOTSUPP;
	row = optrow_find(level, name, &index);
	if (row == NULL)
		return get_special(fd, t, level, name, val, len);
	value = stored(fd, t, index, row->def);
	if (level == IPPROTO_TCP && name == TCP_MAXSEG && value == row->def &&
	    sockhost_is_connected(fd))
		value = TCP_MSS_LO;
	return optval_give(value, val, len);
}
