/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of a routed Internet socket.  SOL_SOCKET is in sockopt_socket.c; the other levels are
 * rows of a table (optrow.c), plus the few that have a shape or an effect of their own.
 */
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "socket/optstore.h"
#include "socket/sockctl.h"
#include "socket/sockgroup.h"
#include "socket/sockopt_priv.h"

#define TCP_MSS_LO     65483 /* what a connection over `lo` has */
#define TCP_MSS_STACK  1460  /* and through the stack */
#define CONGESTION_MAX 16

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

	strcpy(name, congestions[sockopt_stored(fd, t, OPTION_CONGESTION, 0) & 1]);
	return optval_give_bytes(name, sizeof name, val, len);
}

static int
set_congestion(int fd, struct socktag *t, const void *val, socklen_t len)
{
	size_t n = len > INT_MAX ? 0 : strnlen(val, len);

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

bool
sockopt_is_stored(int fd, const struct socktag *t, int level, int name)
{
	unsigned index;
	int value;

	return t->flags & SOCKTAG_STORED && optrow_find(level, name, &index) != NULL &&
	       optstore_get(fd, index, &value);
}

static int
row_value(int fd, const struct socktag *t, const struct optrow *row, unsigned index)
{
	if (row->flag != 0)
		return (t->flags & row->flag) != 0;
	return sockopt_stored(fd, t, index, row->def);
}

int
sockopt_value(int fd, const struct socktag *t, int level, int name)
{
	unsigned index;
	const struct optrow *row = optrow_find(level, name, &index);

	return row == NULL ? 0 : row_value(fd, t, row, index);
}

/*
 * UDP with a TTL or TOS of its own: each datagram gets an envelope (sockudp.c), so the host must
 * not send any by itself.
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
		return t->dgram && t->protocol == 0;
	case IPPROTO_UDPLITE:
		return t->dgram && t->flags & SOCKTAG_UDPLITE;
	case SOL_RAW:
	case IPPROTO_ICMPV6:
		return (t->flags & SOCKTAG_RAW) != 0;
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
			socktag_switch(fd, t, SOCKTAG_NODELAY, value != 0);
		return error;
	}
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
		error = optval_take(val, len, &value);
		if (error == 0 && sockhost_name(fd, false, &own) == 0 &&
		    sockhost_path_len(&own) > 0)
			error = EINVAL;
		if (error == 0)
			socktag_switch(fd, t, SOCKTAG_V6ONLY, value != 0);
		return error;
	}
	if (level == IPPROTO_TCP && name == TCP_ULP)
		return ENOENT;
	error = sockopt_set_raw(fd, t, level, name, val, len);
	return error == ENOPROTOOPT ? sockgroup_set(fd, t, level, name, val, len) : error;
}

/* Of the way to the peer. */
static int
get_mtu(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof peer;
	int mtu, error = sockctl_name(NULL, fd, t, true, &peer, &peer_len);

	if (error == 0)
		error =
		    sockenv_mtu(fd, (struct sockaddr *)&peer, peer_len, sockctl_flags(t), 0, &mtu);
	return error != 0 ? error : optval_give(mtu, val, len);
}

static int
get_special(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	int error;

	if (level == IPPROTO_TCP && name == TCP_CONGESTION)
		return get_congestion(fd, t, val, len);
	if (level == IPPROTO_TCP && name == TCP_NODELAY)
		return optval_give((t->flags & SOCKTAG_NODELAY) != 0, val, len);
	if (level == IPPROTO_TCP && name == TCP_INFO)
		return sockopt_tcp_info(fd, t, val, len);
	if (level == IPPROTO_TCP && name == TCP_ULP) {
		*len = 0;
		return 0;
	}
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY)
		return optval_give((t->flags & SOCKTAG_V6ONLY) != 0, val, len);
	if ((level == IPPROTO_IP && name == IP_MTU) || (level == IPPROTO_IPV6 && name == IPV6_MTU))
		return get_mtu(fd, t, val, len);
	error = sockopt_get_raw(fd, t, level, name, val, len);
	return error == ENOPROTOOPT ? sockgroup_get(fd, t, level, name, val, len) : error;
}

/* The two protocols share their options. */
static int
own_level(int level)
{
	return level == IPPROTO_UDPLITE ? IPPROTO_UDP : level;
}

int
sockopt_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	const struct optrow *row;
	unsigned index;
	int value, error;

	if (level == SOL_SOCKET)
		return sockopt_set_socket(fd, t, name, val, len);
	if (!has_level(t, level))
		return ENOPROTOOPT;
	row = optrow_find(own_level(level), name, &index);
	if (row == NULL)
		return set_special(fd, t, level, name, val, len);
	error = optrow_convert(row, t->dgram, val, len, &value);
	if (error != 0)
		return error;
	if (row->flag != 0)
		socktag_switch(fd, t, row->flag, value != 0);
	else
		sockopt_store(fd, t, index, value);
	sockstack_option(fd, t, level, name);
	if (t->dgram && marks_datagrams(level, name))
		mark_datagrams(fd, t);
	return sockctl_tell_option(fd, t, level, name, &value, sizeof value);
}

int
sockopt_get(int fd, struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	const struct optrow *row;
	unsigned index;
	int value;

	if (level == SOL_SOCKET)
		return sockopt_get_socket(fd, t, name, val, len);
	if (!has_level(t, level))
		return t->inet6 ? ENOPROTOOPT : EOPNOTSUPP;
	row = optrow_find(own_level(level), name, &index);
	if (row == NULL)
		return get_special(fd, t, level, name, val, len);
	value = row_value(fd, t, row, index);
	if (level == IPPROTO_TCP && name == TCP_MAXSEG && value == row->def &&
	    sockhost_is_connected(fd))
		value = t->flags & SOCKTAG_REMOTE ? TCP_MSS_STACK : TCP_MSS_LO;
	return optval_give(value, val, len);
}
