/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections through the kernel's TCP/IP stack.  To the host they are like all others; the kernel
 * is told the options that the stack minds, and asked for what only the stack knows.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "socket/sockctl.h"
#include "socket/sockopt_priv.h"

static const int minded[] = {
    TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_SYNCNT, TCP_LINGER2, TCP_USER_TIMEOUT};
static const int minded_socket[] = {SO_KEEPALIVE, SO_LINGER};

bool
sockstack_connector(int fd, const struct socktag *t, struct sockhost *ret)
{
	struct sockname n;

	if (t->dgram)
		return false;
	if (t->flags & SOCKTAG_REMOTE)
		return sockhost_name(fd, false, ret) == 0;
	if (!(t->flags & SOCKTAG_ACCEPTED) || sockhost_name(fd, true, ret) != 0)
		return false;
	n = sockname_parse(ret);
	/* Who connects from within the kernel does so from the address that it connects to, unless
	 * it wants another; then the kernel is asked in vain. */
	return n.kind == SOCKNAME_CONNECTOR && !inaddr_same_ip(&n.own, &n.dest);
}

static bool
is_in(int name, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == name)
			return true;
	return false;
}

static int
value_of(int fd, const struct socktag *t, int level, int name)
{
	struct linger l = {.l_onoff = 0};
	socklen_t len = sizeof l;

	if (level != SOL_SOCKET)
		return sockopt_value(fd, t, level, name, 0);
	if (name != SO_LINGER)
		return sockhost_int(fd, name);
	return sockhost_getopt(fd, level, name, &l, &len) == 0 && l.l_onoff != 0 && l.l_linger == 0;
}

void
sockstack_option(int fd, const struct socktag *t, int level, int name)
{
	struct sockhost connector;

	if (level == SOL_SOCKET
		? !is_in(name, minded_socket, sizeof minded_socket / sizeof minded_socket[0])
		: level != IPPROTO_TCP || !is_in(name, minded, sizeof minded / sizeof minded[0]))
		return;
	if (sockstack_connector(fd, t, &connector))
		(void)sockenv_tcp_set(&connector, level, name, value_of(fd, t, level, name));
}

/* What is not at its default. */
void
sockstack_made(int fd, const struct socktag *t)
{
	if (t->flags & SOCKTAG_OPTIONS)
		for (size_t i = 0; i < sizeof minded_socket / sizeof minded_socket[0]; i++)
			if (value_of(fd, t, SOL_SOCKET, minded_socket[i]) != 0)
				sockstack_option(fd, t, SOL_SOCKET, minded_socket[i]);
	if (t->flags & SOCKTAG_STORED)
		for (size_t i = 0; i < sizeof minded / sizeof minded[0]; i++)
			if (sockopt_is_stored(fd, t, IPPROTO_TCP, minded[i]))
				sockstack_option(fd, t, IPPROTO_TCP, minded[i]);
}
