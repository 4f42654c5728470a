/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SOL_SOCKET of a routed Internet socket: the host's own business, except for what means another
 * thing on AF_UNIX or would betray it.
 */
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>

#include "socket/optstore.h"
#include "socket/sockctl.h"
#include "socket/sockopt_priv.h"

/* Newer than the headers of the oldest host. */
#define SO_PASSPIDFD_  76
#define SO_PEERPIDFD_  77
#define SO_PASSRIGHTS_ 83
#define SO_INQ_        84 /* of AF_UNIX */

#define SNDBUF_RAISED (1 << 20)

static int
get_pacing(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	int rate = sockopt_stored(fd, t, OPTION_PACING, -1);
	uint64_t wide = rate == -1 ? UINT64_MAX : (uint32_t)rate;

	if (*len < sizeof wide)
		return optval_give(rate, val, len);
	return optval_give_bytes(&wide, sizeof wide, val, len);
}

int
sockopt_device(int fd, const struct socktag *t)
{
	return sockopt_stored(fd, t, OPTION_DEVICE, 0);
}

static int
set_device(int fd, struct socktag *t, int name, const void *val, socklen_t len)
{
	int index, error;

	if (len > INT_MAX || (name == SO_BINDTOIFINDEX && len < sizeof(int)))
		return EINVAL;
	if (len >= IFNAMSIZ)
		len = IFNAMSIZ - 1;
	error = sockenv_option(fd, SOL_SOCKET, name, val, len, &index);
	if (error == 0)
		sockopt_store(fd, t, OPTION_DEVICE, index);
	return error;
}

static int
get_device(int fd, const struct socktag *t, int name, void *val, socklen_t *len)
{
	char text[IFNAMSIZ] = "";
	int index = sockopt_device(fd, t), error;

	if (name == SO_BINDTOIFINDEX)
		return optval_give(index, val, len);
	if (index == 0) {
		*len = 0;
		return 0;
	}
	if (*len < sizeof text)
		return EINVAL;
	error = sockenv_device(index, text);
	return error != 0 ? error : optval_give_bytes(text, strlen(text) + 1, val, len);
}

static int
get_peername(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	struct sockaddr_storage ss;
	socklen_t have;
	int error = sockctl_name(NULL, fd, t, true, &ss, &have);

	if (error == 0 && *len > have)
		error = EINVAL;
	return error != 0 ? error : optval_give_bytes(&ss, have, val, len);
}

static int
protocol_of(const struct socktag *t)
{
	if (!t->dgram)
		return IPPROTO_TCP;
	return t->flags & SOCKTAG_UDPLITE ? IPPROTO_UDPLITE : IPPROTO_UDP;
}

int
sockopt_get_socket(int fd, struct socktag *t, int name, void *val, socklen_t *len)
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
	case SO_TYPE:
		if (t->flags & SOCKTAG_RAW)
			return optval_give(SOCK_RAW, val, len);
		break;
	case SO_PROTOCOL:
		if (t->protocol != 0)
			return optval_give(t->protocol, val, len);
		return optval_give(protocol_of(t), val, len);
	case SO_ERROR:
		error = t->dgram ? sockctl_take_pending(fd, t) : sockctl_end_error(fd, t);
		if (error == 0)
			error = socktag_take_error(fd, t);
		if (t->flags & SOCKTAG_FAILED) /* the host has its own word for it */
			sockhost_int(fd, SO_ERROR);
		if (error != 0 || t->dgram)
			return optval_give(error, val, len);
		break;
	case SO_PEERNAME:
		return get_peername(fd, t, val, len);
	case SO_MAX_PACING_RATE:
		return get_pacing(fd, t, val, len);
	case SO_BINDTODEVICE:
	case SO_BINDTOIFINDEX:
		return get_device(fd, t, name, val, len);
	case SO_PEERCRED:
		return optval_give_bytes(&nobody, sizeof nobody, val, len);
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

/* TCP waits for half of its buffer at most. */
static int
set_lowat(int fd, struct socktag *t, const void *val, socklen_t len)
{
	int value, most, error = optval_take(val, len, &value);

	if (error != 0)
		return error;
	most = sockhost_int(fd, SO_RCVBUF) / 2;
	value = value < 0 || value > most ? most : value;
	error = sockhost_setopt(fd, SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
	if (error == 0)
		socktag_change(fd, t, SOCKTAG_OPTIONS, 0);
	return error;
}

int
sockopt_set_socket(int fd, struct socktag *t, int name, const void *val, socklen_t len)
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
			socktag_switch(fd, t, SOCKTAG_REUSEADDR, value != 0);
		else if (name == SO_REUSEPORT)
			socktag_switch(fd, t, SOCKTAG_REUSEPORT, value != 0);
		else
			sockopt_store(fd, t, OPTION_PACING, value);
		return 0;
	case SO_BINDTODEVICE:
	case SO_BINDTOIFINDEX:
		return set_device(fd, t, name, val, len);
	case SO_PASSCRED:
	case SO_PASSSEC:
	case SO_PASSPIDFD_:
	case SO_PASSRIGHTS_:
		error = optval_take(val, len, &value);
		return error != 0 ? error : EOPNOTSUPP;
	case SO_INQ_:
		error = optval_take(val, len, &value);
		return error != 0 ? error : ENOPROTOOPT;
	case SO_RCVLOWAT:
		if (!t->dgram)
			return set_lowat(fd, t, val, len);
		break;
	default:
		break;
	}
	error = sockhost_setopt(fd, SOL_SOCKET, name, val, len);
	if (error == 0 && name == SO_LINGER)
		sockctl_set_abort(fd, t, val, len);
	if (error == 0)
		sockstack_option(fd, t, SOL_SOCKET, name);
	if (error == 0 && (name == SO_SNDBUF || name == SO_SNDBUFFORCE))
		socktag_change(fd, t, SOCKTAG_SNDBUF | SOCKTAG_OPTIONS, 0);
	else if (error == 0 && (is_inherited(name) || name == SO_RCVBUFFORCE))
		socktag_change(fd, t, SOCKTAG_OPTIONS, 0);
	return error;
}

void
sockopt_raise_buffers(int fd, const struct socktag *t)
{
	if (!(t->flags & SOCKTAG_SNDBUF))
		sockhost_set_sndbuf(fd, SNDBUF_RAISED);
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
