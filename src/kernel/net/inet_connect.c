/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a connection or a datagram goes, and what the ends are called.
 */
#include <errno.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/netcount.h"
#include "net/ports.h"
#include "net/remote.h"
#include "net/rtable.h"

const struct remote_ops *remote;

/*
 * How well a socket fits, 0: not at all.  As on Linux: the exact address before a wildcard, IPv4
 * before a dual-stack socket, and a connected UDP socket before all others, but only for its peer.
 */
static int
score(const struct bound *b, const struct inaddr *dest, const struct inaddr *src, unsigned flags,
    uint32_t index)
{
	bool v4 = inaddr_is_v4(dest), dgram = (flags & DELEG_DGRAM) != 0;
	int fit = 1;

	if (b->own.port != dest->port || (b->flags ^ flags) & DELEG_PROTOCOL)
		return 0;
	if (!dgram && !b->listening)
		return 0;
	if (b->device != 0 && index != 0) {
		if (b->device != index)
			return 0;
		fit += 16;
	}
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
inet_lookup(const struct inaddr *dest, const struct inaddr *src, unsigned flags, uint32_t index)
{
	static unsigned turn;
	bool dgram = (flags & DELEG_DGRAM) != 0;
	struct bound_list *list = bound_by_port(dest->port, dgram);
	struct bound *b, *best = NULL;
	int high = 0, fit;
	unsigned n = 0, pick;

	LIST_FOREACH (b, list, same_port) {
		fit = score(b, dest, src, flags, index);
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
		if (b->flags & DELEG_REUSEPORT && score(b, dest, src, flags, index) == high &&
		    pick-- == 0)
			return b;
	}
	return best;
}

static void
reply_path(uint8_t *ret_len, char *dst, const struct sockhost *name)
{
	size_t len = sockhost_path_len(name);

	memcpy(dst, name->un.sun_path, len);
	*ret_len = (uint8_t)len;
}

/* A name for a connector that has none; *own gets a port. */
static int
name_connector(struct inaddr *own, const struct inaddr *dest, struct sockhost *ret)
{
	int error = ports_next(&own->port);

	if (error == 0)
		sockname_connector(ret, hostnames_server(), hostnames_seq(), own, dest);
	return error;
}

static void
disconnect(struct bound *me)
{
	me->connected = false;
	me->local = me->own;
}

/* A connection as seen from its beginning. */
struct trip {
	struct bound *me; /* NULL: not bound by the program */
	struct inaddr src, dest;
	struct rtable_hop hop;
};

/* Where it goes and where it leaves from, for a socket with this name. */
static int
plan(const struct inet_sockaddr *sa, const struct sockname *own, unsigned flags, struct trip *t)
{
	uint32_t device = t->me != NULL ? t->me->device : 0;
	int error = inet_parse_dest(sa, flags, device, &t->dest, &t->hop);

	if (error != 0)
		return error;
	t->src = t->hop.source;
	t->src.port = t->me != NULL ? t->me->own.port : own->own.port;
	if (t->me != NULL && !inaddr_is_any(&t->me->own))
		t->src = t->me->own;
	if (inaddr_is_v4(&t->src) != inaddr_is_v4(&t->dest))
		return ENETUNREACH;
	if (!t->hop.local && inaddr_is_any(&t->src))
		return inaddr_is_v4(&t->dest) ? ENETUNREACH : EADDRNOTAVAIL;
	if (!t->hop.local && inaddr_is_local(&t->src))
		return EINVAL;
	if (flags & DELEG_DGRAM && t->dest.port == 0 && !(flags & (DELEG_RAW | DELEG_PING)))
		return EINVAL;
	return !t->hop.local && remote == NULL ? ENETUNREACH : 0;
}

static void
remember(struct trip *t)
{
	t->me->connected = true;
	t->me->local = t->src;
	t->me->dest = t->dest;
}

/* The host name of what receives datagrams for the address, or connections. */
static int
find_receiver(
    const struct trip *t, const struct sockname *own, unsigned flags, struct sockhost *ret)
{
	struct inaddr dest = t->dest;
	struct bound *to;

	if (flags & (DELEG_RAW | DELEG_PING)) {
		dest.port = 0;
		/* Without a stack there is no such socket yet, whatever the caller says. */
		return remote == NULL ? ENETUNREACH : remote->datagrams(&dest, ret);
	}
	if (!t->hop.local && flags & DELEG_UDPLITE)
		return ENETUNREACH;
	if (!rtable_hop_is_fused(&t->hop) && !(flags & DELEG_UDPLITE))
		return flags & DELEG_DGRAM ? remote->datagrams(&t->dest, ret) : EREMOTE;
	to = inet_lookup(&t->dest, own->kind == SOCKNAME_NONE ? NULL : &t->src, flags, IFNET_LO);
	if (to == NULL)
		return ECONNREFUSED;
	sockhost_from(ret, to->host, strlen(to->host));
	return 0;
}

int
inet_connect(const struct inet_sockaddr *sa, const struct sockhost *own, unsigned flags,
    struct deleg_reply *reply)
{
	struct sockname n = {.kind = SOCKNAME_NONE};
	struct trip t = {.me = NULL};
	struct sockhost name, to;
	int error;

	*reply = (struct deleg_reply){0};
	if (flags & DELEG_GONE)
		bound_sweep();
	if (own != NULL)
		n = sockname_parse(own);
	if (n.kind == SOCKNAME_BOUND)
		t.me = bound_by_seq(n.seq);
	if (t.me != NULL && flags & DELEG_PEER)
		disconnect(t.me);
	if (sa->ss.ss_family == AF_UNSPEC && flags & DELEG_PEER)
		return 0;
	error = plan(sa, &n, flags, &t);
	if (error != 0)
		return error;
	if (t.me != NULL && flags & DELEG_PEER)
		remember(&t);
	error = find_receiver(&t, &n, flags, &to);
	if (error == ECONNREFUSED && (flags & DELEG_DGRAM) == 0)
		netcount.tcp.failed++;
	if (error != 0)
		return error;
	if (n.kind == SOCKNAME_NONE) {
		error = name_connector(&t.src, &t.dest, &name);
		if (error != 0)
			return error;
		reply_path(&reply->bind_len, reply->bind, &name);
	} else if (t.me != NULL && !(flags & DELEG_DGRAM)) {
		remember(&t);
	}
	reply_path(&reply->connect_len, reply->connect, &to);
	if ((flags & DELEG_DGRAM) == 0) {
		netcount.tcp.active++;
		netcount.tcp.passive++;
	}
	return 0;
}

/* A port that no connection of the program's predecessors has with this destination. */
static int
name_remote(struct trip *t, struct sockhost *ret)
{
	int error;

	for (unsigned i = 0; i < PORT_LAST - PORT_FIRST; i++) {
		error = name_connector(&t->src, &t->dest, ret);
		if (error != 0 || !remote->is_taken(&t->src, &t->dest))
			return error;
	}
	return EADDRNOTAVAIL;
}

int
inet_relay(int fd, const struct inet_sockaddr *sa, unsigned flags)
{
	struct trip t = {.me = NULL};
	struct sockname n;
	struct sockhost own;
	int error = sockhost_name(fd, false, &own);

	if (error != 0)
		return error;
	if (own.un.sun_family != AF_UNIX || flags & DELEG_DGRAM)
		return EINVAL;
	n = sockname_parse(&own);
	if (n.kind == SOCKNAME_BOUND)
		t.me = bound_by_seq(n.seq);
	error = plan(sa, &n, flags, &t);
	if (error == 0 && rtable_hop_is_fused(&t.hop))
		error = EAGAIN; /* the address has come to this kernel since it was asked for */
	if (error == 0 && n.kind == SOCKNAME_NONE) {
		error = name_remote(&t, &own);
		if (error == 0)
			error = sockhost_bind(fd, &own);
	} else if (error == 0 && remote->is_taken(&t.src, &t.dest)) {
		error = EADDRNOTAVAIL;
	} else if (error == 0 && t.me != NULL) {
		remember(&t);
	}
	if (error != 0)
		return error;
	netcount.tcp.active++;
	return remote->connect(fd, &t.src, &t.dest);
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
