/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making, binding, listening, accepting, shutting down.
 */
#include "socket/sockctl.h"

#include <netinet/in.h>

#include "socket/sockmem.h"
#include "socket/sockopt.h"

/* Types end below this (SOCK_MAX of Linux). */
#define SOCK_TYPES 11

#define QUEUE_TINY 5
#define QUEUE_MIN  128

unsigned
sockctl_flags(const struct socktag *t)
{
	return (t->inet6 ? DELEG_INET6 : 0) | (t->dgram ? DELEG_DGRAM : 0) |
	       (t->flags & SOCKTAG_REUSEADDR ? DELEG_REUSEADDR : 0) |
	       (t->flags & SOCKTAG_REUSEPORT ? DELEG_REUSEPORT : 0) |
	       (t->flags & SOCKTAG_V6ONLY ? DELEG_V6ONLY : 0) |
	       (t->flags & SOCKTAG_UDPLITE ? DELEG_UDPLITE : 0) |
	       (t->flags & SOCKTAG_ERRORS ? DELEG_ERRORS : 0) |
	       (t->flags & SOCKTAG_NO_FRAG ? DELEG_NO_FRAG : 0) |
	       (t->protocol == 0            ? 0
		   : t->flags & SOCKTAG_RAW ? DELEG_RAW
					    : DELEG_PING) |
	       DELEG_NUMBER(t->protocol);
}

int
sockctl_check(int domain, int type, int protocol, struct socktag *ret)
{
	if (type & ~(0xf | SOCK_NONBLOCK | SOCK_CLOEXEC) || (type & 0xf) >= SOCK_TYPES)
		return EINVAL;
	if (domain != AF_INET && domain != AF_INET6)
		return EAFNOSUPPORT;
	if (protocol < 0 || protocol > 262) /* IPPROTO_MAX */
		return EINVAL;
	*ret = (struct socktag){.inet6 = domain == AF_INET6};
	switch (type & 0xf) {
	case SOCK_STREAM:
		return protocol == 0 || protocol == IPPROTO_TCP ? 0 : EPROTONOSUPPORT;
	case SOCK_DGRAM:
		ret->dgram = true;
		if (protocol == IPPROTO_UDPLITE) {
			ret->flags |= SOCKTAG_UDPLITE;
			return 0;
		}
		if (protocol == (ret->inet6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
			ret->protocol = (uint8_t)protocol;
			return 0;
		}
		return protocol == 0 || protocol == IPPROTO_UDP ? 0 : EPROTONOSUPPORT;
	case SOCK_RAW:
		ret->dgram = true;
		ret->flags |= SOCKTAG_RAW;
		ret->protocol = (uint8_t)protocol;
		return protocol > 0 && protocol <= UINT8_MAX ? 0 : EPROTONOSUPPORT;
	default:
		return ESOCKTNOSUPPORT;
	}
}

int
sockctl_bind(void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len)
{
	int error = sockenv_bind(ctx, fd, sa, len, sockctl_flags(t));
	int device = sockopt_device(fd, t);

	if (error == 0 && t->flags & SOCKTAG_ERRORS)
		socktag_change(fd, t, SOCKTAG_LINKED, 0);
	if (error == 0 && t->dgram)
		sockmem(); /* says whether there are datagrams to be fetched */
	if (error == 0 && device != 0)
		error = sockenv_option(
		    fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof device, &device);
	return error;
}

int
sockctl_autobind(void *ctx, int fd, struct socktag *t, struct sockhost *own)
{
	struct sockaddr_storage any;
	struct inaddr a = inaddr_any(!t->inet6);
	int error;

	error = sockhost_name(fd, false, own);
	if (error != 0 || sockhost_path_len(own) > 0)
		return error;
	error = sockctl_bind(ctx, fd, t, (struct sockaddr *)&any, inaddr_show(&a, t->inet6, &any));
	/* EINVAL: another thread was faster. */
	if (error != 0 && error != EINVAL)
		return error == EADDRINUSE ? EAGAIN : error;
	return sockhost_name(fd, false, own);
}

/*
 * A full queue is dear: a non-blocking connector cannot wait for room without being told that it is
 * writable, because AF_UNIX says so of an unconnected socket.  Only a program that asks for a tiny
 * queue (to see it full) gets just that.
 */
static int
queue_length(int backlog)
{
	return backlog >= QUEUE_TINY && backlog < QUEUE_MIN ? QUEUE_MIN : backlog;
}

int
sockctl_opened(void *ctx, int fd, struct socktag *t)
{
	struct sockhost own;

	return t->flags & SOCKTAG_RAW ? sockctl_autobind(ctx, fd, t, &own) : 0;
}

int
sockctl_listen(void *ctx, int fd, struct socktag *t, int backlog)
{
	struct sockhost own;
	int error;

	if (t->dgram)
		return EOPNOTSUPP;
	if (sockhost_is_connected(fd))
		return EINVAL;
	if (t->flags & SOCKTAG_ENDED) {
		t->flags &= ~SOCKTAG_ENDED;
		error = sockctl_renew(ctx, fd, t);
		if (error != 0)
			return error;
	}
	error = sockctl_autobind(ctx, fd, t, &own);
	if (error != 0)
		return error == EAGAIN ? EADDRINUSE : error;
	if (sockname_parse(&own).kind != SOCKNAME_BOUND)
		return EINVAL; /* its name is a connector's: a connect failed after it was given */
	error = sockenv_listen(ctx, &own, sockctl_flags(t));
	if (error != 0)
		return error;
	return sockhost_error(raw_call2(SYS_listen, fd, queue_length(backlog)));
}

void
sockctl_accepted(int listener, const struct socktag *t, int fd, struct socktag *ret)
{
	*ret = (struct socktag){
	    .inet6 = t->inet6,
	    .flags = (t->flags & SOCKTAG_INHERITED) | SOCKTAG_ACCEPTED,
	};
	socktag_set(fd, ret);
	if (ret->flags & SOCKTAG_ABORTS)
		sockctl_note_abort(fd, ret, true);
	sockopt_raise_buffers(fd, ret);
	if (t->flags & (SOCKTAG_OPTIONS | SOCKTAG_STORED)) {
		sockopt_inherit(listener, t, fd);
		sockstack_made(fd, ret);
	}
}

/* A listener: it refuses connections from now on.  It has nothing to write. */
static int
end_listening(void *ctx, int fd, struct socktag *t, int how)
{
	struct sockhost own;
	int error;

	if (how == SHUT_WR)
		return 0;
	error = sockhost_name(fd, false, &own);
	if (error == 0)
		error = sockenv_listen(ctx, &own, sockctl_flags(t) | DELEG_GONE);
	socktag_change(fd, t, SOCKTAG_ENDED, 0);
	raw_call2(SYS_shutdown, fd, how);
	return error;
}

int
sockctl_shutdown(void *ctx, int fd, struct socktag *t, int how)
{
	bool connected = t->dgram ? (t->flags & SOCKTAG_PEER) != 0 : sockhost_is_connected(fd);
	int error;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return EINVAL;
	if (!connected && sockhost_int(fd, SO_ACCEPTCONN))
		return end_listening(ctx, fd, t, how);
	if (how != SHUT_RD && !t->dgram)
		socktag_change(fd, t, SOCKTAG_SHUT_WR, 0);
	error = sockhost_error(raw_call2(SYS_shutdown, fd, how));
	return connected ? error : ENOTCONN; /* done all the same, as on Linux */
}
