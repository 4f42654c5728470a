/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket, bind, listen, accept, connect, shutdown and the names of sockets.
 *
 * Making a socket costs no round trip.  A socket without a tag is the host's; only its AF_UNIX
 * addresses may be names in the rump kernel.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/raw.h"
#include "client/client.h"
#include "file/call_open.h"
#include "hijack.h"
#include "route/route.h"
#include "sock/call_netlink.h"
#include "sock/call_packet.h"
#include "sock/call_sigpipe.h"
#include "sock/call_socket.h"
#include "sock/given.h"
#include "socket/sockctl.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* A new host socket as a socket of the rump kernel. */
static int
routed_socket(int type, struct socktag *t)
{
	int fd = host.socket(AF_UNIX, type, 0);
	int error;

	if (fd < 0)
		return -1;
	error = socktag_set(fd, t);
	if (error == 0)
		error = sockctl_opened(NULL, fd, t);
	if (error != 0)
		raw_close(fd);
	else
		error = open_raised(&fd);
	return error != 0 ? hijack_fail(error) : fd;
}

int
socket_given(int error, int fd, int type)
{
	if (error == 0)
		error = open_raised(&fd);
	if (error != 0)
		return hijack_fail(error);
	if ((type & SOCK_CLOEXEC) == 0)
		raw_call3(SYS_fcntl, fd, F_SETFD, 0);
	if ((type & SOCK_NONBLOCK) != 0)
		raw_call3(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
	return fd;
}

int
hijack_socket(int domain, int type, int protocol)
{
	struct socktag t;
	int error;

	if (domain == AF_UNIX || !route_socket(domain, type))
		return open_placed(host.socket(domain, type, protocol));
	if (domain == AF_NETLINK)
		return netlink_is_routed(protocol)
			   ? netlink_socket(type, protocol)
			   : open_placed(host.socket(domain, type, protocol));
	if (domain == AF_PACKET)
		return packet_socket(type, protocol);
	error = sockctl_check(domain, type, protocol, &t);
	return error != 0 ? hijack_fail(error) : routed_socket(type, &t);
}
HIJACK_EXPORTS(socket)

int
hijack_bind(int s, const struct sockaddr *name, socklen_t namelen)
{
	struct sockaddr_storage given;
	struct sockaddr_un un;
	struct socktag t;
	int error;

	if (!given_name(name, namelen, &given))
		return host.bind(s, name, namelen);
	if (socktag_get(s, &t)) {
		error = name == NULL
			    ? EFAULT
			    : sockctl_bind(NULL, s, &t, (struct sockaddr *)&given, namelen);
		return (int)hijack_ret(error, 0);
	}
	if (netlink_is_named(s, name, namelen))
		return netlink_bind(s, name, namelen);
	if (packet_is(s))
		return packet_bind(s, name, namelen);
	if (!socket_local_routed(name, namelen))
		return host.bind(s, name, namelen);
	error = socket_local_bind(s, name, namelen, &un);
	if (error == EREDIRECT)
		return host.bind(s, (struct sockaddr *)&un, sizeof un);
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(bind)

int
hijack_listen(int s, int backlog)
{
	struct socktag t;

	if (!socktag_get(s, &t))
		return host.listen(s, backlog);
	return (int)hijack_ret(sockctl_listen(NULL, s, &t, backlog), 0);
}
HIJACK_EXPORTS(listen)

/* Those of the kernel's sockets that are pairs of the host, which it would have listen first. */
static bool
accepts(int s)
{
	return !packet_is(s) && !netlink_is(s);
}

int
hijack_accept4(int s, struct sockaddr *name, socklen_t *namelen, int flags)
{
	struct sockaddr_storage ss;
	struct socktag t, accepted;
	bool routed = socktag_get(s, &t);
	socklen_t len = sizeof ss;
	struct sockhost peer;
	int fd, error;

	if (routed && t.flags & SOCKTAG_ENDED)
		return hijack_fail(EINVAL);
	/* The host's name is longer than an Internet address. */
	fd = host.accept4(s, (struct sockaddr *)&ss, &len, flags);
	if (fd < 0)
		return errno == EINVAL && !accepts(s) ? hijack_fail(EOPNOTSUPP) : -1;
	if (!routed) {
		fd = open_placed(fd);
		if (fd < 0)
			return -1;
		socket_local_show(&ss, &len);
	} else {
		error = open_raised(&fd);
		if (error != 0)
			return hijack_fail(error);
		sockctl_accepted(s, &t, fd, &accepted);
		sigpipe_guard();
		sockhost_take(&peer, &ss, len);
		if (name != NULL)
			len = sockctl_peer(NULL, &accepted, &peer, &ss);
	}
	error = name == NULL ? 0 : given_back(&ss, len, name, namelen);
	if (error == 0)
		return fd;
	raw_close(fd);
	return hijack_fail(error);
}
HIJACK_EXPORTS(accept4)

static long
connect_local(void *arg, const struct sockaddr_un *host_name)
{
	const int *s = arg;

	return host.connect(*s, (const struct sockaddr *)host_name, sizeof *host_name);
}

/*
 * A blocking connect waits in the host inside sockctl_connect(), by raw system call: it is not a
 * point of cancellation there.
 */
int
hijack_connect(int s, const struct sockaddr *name, socklen_t namelen)
{
	struct sockaddr_storage given;
	struct socktag t;
	int error;

	if (!given_name(name, namelen, &given))
		return host.connect(s, name, namelen);
	if (socktag_get(s, &t)) {
		if (!t.dgram)
			sigpipe_guard();
		error = name == NULL ? EFAULT
				     : sockctl_connect(NULL, s, &t, (struct sockaddr *)&given,
					   namelen, sockhost_is_nonblock(s));
		return (int)hijack_ret(error, 0);
	}
	/* It is to the kernel, where it is anyway. */
	if (netlink_is_named(s, name, namelen))
		return 0;
	if (!socket_local_routed(name, namelen))
		return host.connect(s, name, namelen);
	return (int)socket_local_reach(s, name, namelen, connect_local, &s);
}
HIJACK_EXPORTS(connect)

int
hijack_shutdown(int s, int how)
{
	struct socktag t;

	if (!socktag_get(s, &t))
		return host.shutdown(s, how);
	return (int)hijack_ret(sockctl_shutdown(NULL, s, &t, how), 0);
}
HIJACK_EXPORTS(shutdown)

static int
get_name(int s, bool peer, struct sockaddr *name, socklen_t *namelen)
{
	struct sockaddr_storage ss;
	struct socktag t;
	socklen_t len = sizeof ss;
	int error;

	if (socktag_get(s, &t)) {
		error = sockctl_name(NULL, s, &t, peer, &ss, &len);
	} else if (packet_is(s)) {
		error = peer ? EOPNOTSUPP : packet_name(s, &ss, &len);
	} else {
		error = sockhost_error(
		    raw_call3(peer ? SYS_getpeername : SYS_getsockname, s, &ss, &len));
		if (error == 0)
			socket_local_show(&ss, &len);
		if (error == 0)
			netlink_show(s, !peer, &ss, &len);
	}
	if (error == 0)
		error = given_back(&ss, len, name, namelen);
	return (int)hijack_ret(error, 0);
}

int
hijack_getsockname(int s, struct sockaddr *name, socklen_t *namelen)
{
	return get_name(s, false, name, namelen);
}
HIJACK_EXPORTS(getsockname)

int
hijack_getpeername(int s, struct sockaddr *name, socklen_t *namelen)
{
	return get_name(s, true, name, namelen);
}
HIJACK_EXPORTS(getpeername)
