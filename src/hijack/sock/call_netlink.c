/* SPDX-License-Identifier: BSD-2-Clause */
/* Netlink sockets of the rump kernel. */
#include "sock/call_netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "client/client.h"
#include "hijack.h"
#include "process/process.h"
#include "sock/call_socket.h"
#include "socket/nltag.h"
#include "socket/optval.h"
#include "socket/sockhost.h"
#include "syscall/calls.h"
#include "syscall/host.h"

bool
netlink_is_routed(int protocol)
{
	return protocol == NETLINK_ROUTE || protocol == NETLINK_SOCK_DIAG;
}

int
netlink_socket(int type, int protocol)
{
	int error, fd = -1, kind = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (kind != SOCK_RAW && kind != SOCK_DGRAM)
		return hijack_fail(ESOCKTNOSUPPORT);
	process_start();
	error = call_deleg_netlink(protocol, &fd);
	return socket_given(error, fd, type);
}

bool
netlink_is(int fd)
{
	struct nltag t;

	return nltag_get(fd, &t);
}

bool
netlink_is_named(int fd, const void *name, socklen_t len)
{
	const struct sockaddr *sa = name;

	return sa != NULL && len >= sizeof sa->sa_family && sa->sa_family == AF_NETLINK &&
	       netlink_is(fd);
}

static int
wish(int fd, uint32_t what, uint32_t arg)
{
	const struct nltag_wish w = {what, arg};

	return host.sendto(fd, &w, sizeof w, MSG_NOSIGNAL, NULL, 0) == sizeof w ? 0 : errno;
}

int
netlink_bind(int fd, const void *name, socklen_t len)
{
	struct sockaddr_nl nl;
	struct nltag t;
	int error;

	if (len < sizeof nl || !nltag_get(fd, &t))
		return hijack_fail(EINVAL);
	memcpy(&nl, name, sizeof nl);
	error = wish(fd, NLTAG_GROUPS, nl.nl_groups);
	if (error == 0 && nl.nl_pid != 0 && nl.nl_pid != t.port) {
		t.port = nl.nl_pid;
		error = wish(fd, NLTAG_PORT, t.port);
		nltag_set(fd, &t);
	}
	return (int)hijack_ret(error, 0);
}

ssize_t
netlink_send(int fd, const struct msghdr *msg, int flags)
{
	struct msghdr m = *msg;
	struct sockaddr_nl nl = {.nl_pid = 0};

	if (m.msg_namelen < sizeof nl)
		return hijack_fail(EINVAL);
	memcpy(&nl, m.msg_name, sizeof nl);
	/* Messages between programs do not go through the rump kernel. */
	if (nl.nl_pid != 0)
		return hijack_fail(ECONNREFUSED);
	m.msg_name = NULL;
	m.msg_namelen = 0;
	return host.sendmsg(fd, &m, flags);
}

void
netlink_show(int fd, bool own, struct sockaddr_storage *ss, socklen_t *len)
{
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK};
	struct nltag t;

	if (*len > sizeof ss->ss_family || !nltag_get(fd, &t))
		return;
	nl.nl_pid = own ? t.port : 0;
	memcpy(ss, &nl, sizeof nl);
	*len = sizeof nl;
}

bool
netlink_has_option(int fd, int level, int name)
{
	struct nltag t;

	return (level == SOL_NETLINK ||
		   (level == SOL_SOCKET &&
		       (name == SO_DOMAIN || name == SO_TYPE || name == SO_PROTOCOL))) &&
	       nltag_get(fd, &t);
}

int
netlink_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct nltag t;

	if (!nltag_get(fd, &t))
		return EBADF;
	if (level == SOL_NETLINK)
		return *len < sizeof(int) ? EINVAL : optval_give(0, value, len);
	if (name == SO_DOMAIN)
		return optval_give(AF_NETLINK, value, len);
	return optval_give(name == SO_TYPE ? SOCK_RAW : t.protocol, value, len);
}

bool
netlink_setsockopt(int fd, int level, int name, const void *value, socklen_t len, int *ret_error)
{
	struct nltag t;
	int given;
	uint32_t n;

	if (level == SOL_SOCKET || !nltag_get(fd, &t))
		return false;
	if (level != SOL_NETLINK) {
		*ret_error = ENOPROTOOPT;
		return true;
	}
	*ret_error = optval_take(value, len, &given);
	if (*ret_error != 0)
		return true;
	n = (uint32_t)given;
	/* The others say how answers are to look: ours are so as they are. */
	if (name == NETLINK_ADD_MEMBERSHIP)
		*ret_error = wish(fd, NLTAG_JOIN, n);
	else if (name == NETLINK_DROP_MEMBERSHIP)
		*ret_error = wish(fd, NLTAG_LEAVE, n);
	else if (name == NETLINK_EXT_ACK)
		*ret_error = wish(fd, NLTAG_TEXT, n);
	return true;
}
