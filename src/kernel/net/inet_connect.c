/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a connection or a datagram goes, and what the ends are called.
 */
#include <errno.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "net/inet.h"
#include "net/ports.h"

/*
 * How well a socket fits, 0: not at all.  As on Linux: the exact address before a wildcard, IPv4
 * before a dual-stack socket, and a connected UDP socket before all others, but only for its peer.
 */
static int
score(const struct bound *b, const struct inaddr *dest, const struct inaddr *src, unsigned flags)
{
	bool v4 = inaddr_is_v4(dest), dgram = (flags & DELEG_DGRAM) != 0;
	int fit = 1;

	if (b->own.port != dest->port || (b->flags ^ flags) & DELEG_PROTOCOL)
		return 0;
	if (!dgram && !b->listening)
		return 0;
	if (inaddr_same_ip(&b->own, dest))
		fit += 4;
	else if (!inaddr_is_any(&b->own) || (inaddr_is_v4(&b->own) && !v4) ||
		 (!inaddr_is_v4(&b->own) && v4 && b->flags & DELEG_V6ONLY))
		return 0;
	if (v4 && !(b->flags & DELEG_INET6))
		fit += 2;
	if (dgram && b->connected) {
		if (src == NULL || !inaddr_same(&b->dest, src))
			return 0;
		fit += 8;
	}
	return fit;
}

struct bound *
inet_lookup(const struct inaddr *dest, const struct inaddr *src, unsigned flags)
{
	static unsigned turn;
	bool dgram = (flags & DELEG_DGRAM) != 0;
	struct bound_list *list = bound_by_port(dest->port, dgram);
	struct bound *b, *best = NULL;
	int high = 0, fit;
	unsigned n = 0, pick;

	LIST_FOREACH (b, list, same_port) {
		fit = score(b, dest, src, flags);
		if (fit > high) {
			high = fit;
			best = b;
			n = 0;
		}
		if (fit == high && fit > 0 && b->flags & DELEG_REUSEPORT)
			n++;
	}
	if (n < 2 || !(best->flags & DELEG_REUSEPORT))
		return best;
	/* Connections are spread over the group; a sender's datagrams stay together. */
	pick = (dgram && src != NULL ? src->port : turn++) % n;
	LIST_FOREACH (b, list, same_port) {
		if (b->flags & DELEG_REUSEPORT && score(b, dest, src, flags) == high && pick-- == 0)
			return b;
	}
	return best;
}

/* The address a connection to dest leaves from, when the socket has no particular one. */
static struct inaddr
source_for(const struct inaddr *dest, uint16_t port)
{
	struct inaddr a = inaddr_loopback(inaddr_is_v4(dest));

	a.port = port;
	return a;
}

static void
reply_path(uint8_t *ret_len, char *dst, const struct sockhost *name)
{
	size_t len = sockhost_path_len(name);

	memcpy(dst, name->un.sun_path, len);
	*ret_len = (uint8_t)len;
}

/* A name for a connector that has none. */
static int
name_connector(const struct inaddr *dest, struct deleg_reply *reply)
{
	struct inaddr own = source_for(dest, 0);
	struct sockhost name;
	int error = ports_next(&own.port);

	if (error != 0)
		return error;
	sockname_connector(&name, hostnames_server(), hostnames_seq(), &own, dest);
	reply_path(&reply->bind_len, reply->bind, &name);
	return 0;
}

static void
disconnect(struct bound *me)
{
	me->connected = false;
	me->local = me->own;
}

int
inet_connect(const struct inet_sockaddr *sa, const struct sockhost *own, unsigned flags,
    struct deleg_reply *reply)
{
	struct sockname n = {.kind = SOCKNAME_NONE};
	struct bound *me = NULL, *to;
	struct inaddr dest, src;
	struct sockhost name;
	int error;

	*reply = (struct deleg_reply){0};
	if (flags & DELEG_GONE)
		bound_sweep();
	if (own != NULL)
		n = sockname_parse(own);
	if (n.kind == SOCKNAME_BOUND)
		me = bound_by_seq(n.seq);
	if (me != NULL && flags & DELEG_PEER)
		disconnect(me);
	if (sa->ss.ss_family == AF_UNSPEC && flags & DELEG_PEER)
		return 0;
	error = inet_parse_dest(sa, flags, &dest);
	if (error != 0)
		return error;
	src = source_for(&dest, me != NULL ? me->own.port : n.own.port);
	if (me != NULL && !inaddr_is_any(&me->own))
		src = me->own;
	if (inaddr_is_v4(&src) != inaddr_is_v4(&dest))
		return ENETUNREACH;
	if (me != NULL && flags & DELEG_PEER) {
		me->connected = true;
		me->local = src;
		me->dest = dest;
	}
	to = inet_lookup(&dest, n.kind == SOCKNAME_NONE ? NULL : &src, flags);
	if (to == NULL)
		return ECONNREFUSED;
	if (n.kind == SOCKNAME_NONE) {
		error = name_connector(&dest, reply);
		if (error != 0)
			return error;
	} else if (me != NULL && !(flags & DELEG_DGRAM)) {
		me->connected = true;
		me->local = src;
		me->dest = dest;
	}
	sockhost_from(&name, to->host, strlen(to->host));
	reply_path(&reply->connect_len, reply->connect, &name);
	return 0;
}

int
inet_name(const struct sockhost *host, unsigned which, struct inaddr *ret)
{
	struct sockname n = sockname_parse(host);
	struct bound *b = n.kind == SOCKNAME_BOUND ? bound_by_seq(n.seq) : NULL;

	if (b == NULL)
		return ENOENT;
	if (which == DELEG_DEST && !b->connected)
		return ENOTCONN;
	*ret = which == DELEG_DEST ? b->dest : b->local;
	return 0;
}
