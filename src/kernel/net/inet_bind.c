/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may bind and listen where: the rules of Linux.
 *
 * Two sockets of one type and port are in each other's way if their addresses overlap, unless both
 * have SO_REUSEPORT, or both have SO_REUSEADDR and neither listens (UDP: regardless).  Before a
 * program hears EADDRINUSE the host is asked whether the other one still lives.
 */
#include <errno.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/inet.h"
#include "net/ports.h"

/* Does a wildcard take in the other address?  `::` takes IPv4 as well, unless V6ONLY. */
static bool
takes_in(const struct inaddr *a, unsigned flags, const struct inaddr *other)
{
	if (!inaddr_is_any(a))
		return false;
	if (inaddr_is_v4(a))
		return inaddr_is_v4(other);
	return !inaddr_is_v4(other) || !(flags & DELEG_V6ONLY);
}

static bool
overlap(const struct inaddr *a, unsigned aflags, const struct bound *b)
{
	return inaddr_same_ip(a, &b->own) || takes_in(a, aflags, &b->own) ||
	       takes_in(&b->own, b->flags, a);
}

static bool
may_share(unsigned aflags, const struct bound *b, bool b_listens)
{
	unsigned both = aflags & b->flags;

	if (both & DELEG_REUSEPORT)
		return true;
	return (both & DELEG_REUSEADDR) && (both & DELEG_DGRAM || !b_listens);
}

static bool
conflicts(const struct inaddr *own, unsigned flags)
{
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(own->port, (flags & DELEG_DGRAM) != 0), same_port) {
		if (b->own.port == own->port && ((b->flags ^ flags) & DELEG_PROTOCOL) == 0 &&
		    overlap(own, flags, b) && !may_share(flags, b, b->listening))
			return true;
	}
	return false;
}

/* May the port that the program asked for be bound? */
static int
claim(const struct inaddr *own, unsigned flags)
{
	if (conflicts(own, flags)) {
		bound_sweep();
		if (conflicts(own, flags))
			return EADDRINUSE;
	}
	if (!(flags & DELEG_DGRAM) && ports_maybe_used(own->port) && ports_is_connector(own->port))
		return EADDRINUSE;
	ports_mark(own->port);
	return 0;
}

static int
claim_any(struct inaddr *own, unsigned flags)
{
	do {
		if (ports_next(&own->port) != 0)
			return EADDRINUSE;
	} while (conflicts(own, flags));
	return 0;
}

static int
bind_host(int fd, const struct bound *b)
{
	struct sockhost name;

	sockhost_from(&name, b->host, strlen(b->host));
	return sockhost_bind(fd, &name);
}

/* A raw socket is bound from the beginning, to all addresses. */
static int
move_raw(const struct sockhost *name, const struct inaddr *to)
{
	struct sockname n = sockname_parse(name);
	struct bound *b = n.kind == SOCKNAME_BOUND ? bound_by_seq(n.seq) : NULL;

	if (b == NULL)
		return EINVAL;
	memcpy(b->own.ip, to->ip, sizeof b->own.ip);
	b->local = b->own;
	return 0;
}

int
inet_bind(int fd, const struct inet_sockaddr *sa, unsigned flags, pid_t pid)
{
	struct inaddr own;
	struct sockhost name;
	struct bound *b;
	socklen_t len = sizeof b->cookie;
	int error;

	error = inet_parse_bind(sa, flags, &own);
	if (error != 0)
		return error;
	error = sockhost_name(fd, false, &name);
	if (error != 0)
		return error;
	if (flags & DELEG_RAW && sockhost_path_len(&name) > 0)
		return move_raw(&name, &own);
	if (name.un.sun_family != AF_UNIX || sockhost_path_len(&name) > 0)
		return EINVAL;
	bound_tidy();
	if (flags & DELEG_RAW)
		own.port = DELEG_NUMBER_OF(flags); /* as Linux has it; nobody is in the way */
	else
		error = own.port == 0 ? claim_any(&own, flags) : claim(&own, flags);
	if (error == 0)
		error = bound_new(&own, flags, pid, &b);
	if (error != 0)
		return error;
	error = bind_host(fd, b);
	if (error == 0 && flags & DELEG_DGRAM)
		error = sockhost_getopt(fd, SOL_SOCKET, SO_COOKIE, &b->cookie, &len);
	if (error == 0 && flags & DELEG_ERRORS)
		error = errlink_make(b, fd);
	if (error != 0)
		bound_free(b);
	return error;
}

/* Another listener in the way?  SO_REUSEADDR does not help here. */
static bool
listens_elsewhere(const struct bound *me)
{
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(me->own.port, false), same_port) {
		if (b != me && b->listening && b->own.port == me->own.port &&
		    !(b->flags & DELEG_DGRAM) && overlap(&me->own, me->flags, b) &&
		    !may_share(me->flags, b, true))
			return true;
	}
	return false;
}

int
inet_listen(const struct sockhost *own, unsigned flags)
{
	struct sockname n = sockname_parse(own);
	struct bound *b = n.kind == SOCKNAME_BOUND ? bound_by_seq(n.seq) : NULL;

	if (b == NULL || b->flags & DELEG_DGRAM)
		return EINVAL;
	if (flags & DELEG_GONE) {
		b->listening = false;
		return 0;
	}
	b->flags = (flags & (DELEG_REUSEADDR | DELEG_REUSEPORT)) |
		   (b->flags & ~(DELEG_REUSEADDR | DELEG_REUSEPORT));
	if (listens_elsewhere(b)) {
		b->life = BOUND_OPEN;
		bound_sweep();
		b = bound_by_seq(n.seq);
		if (b == NULL || listens_elsewhere(b))
			return EADDRINUSE;
	}
	b->listening = true;
	return 0;
}
