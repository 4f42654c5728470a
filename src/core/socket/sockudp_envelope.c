/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Envelopes: what a datagram cannot say by the host names of its two ends.
 *
 * The receiver knows the sender's host name and its own, and so, nearly always, both addresses; TTL
 * and TOS are the usual ones.  If that guess would be wrong (a wildcard socket is reached at an
 * address that is not the loopback's, a TTL is set, a group is sent to), the sender passes a
 * descriptor with the datagram: a socket whose abstract name says it all.  A receiver that does
 * not look at control data never sees it; the host closes it.
 */
#include "socket/sockudp.h"

static struct inaddr
address_of(const struct sockname *n, bool v4)
{
	struct inaddr a = inaddr_loopback(v4);

	if (n->kind != SOCKNAME_BOUND && n->kind != SOCKNAME_REMOTE &&
	    n->kind != SOCKNAME_CONNECTOR)
		return a;
	if (!inaddr_is_any(&n->own))
		return n->own;
	a.port = n->own.port;
	return a;
}

void
envelope_guess(const struct sockhost *sender, const struct sockhost *receiver, bool inet6,
    struct envelope *ret)
{
	struct sockname from = sockname_parse(sender), to = sockname_parse(receiver);
	bool v4 =
	    !inet6 || inaddr_is_v4(&from.own) || (inaddr_is_v4(&to.own) && !inaddr_is_any(&to.own));

	ret->src = address_of(&from, v4);
	ret->dest = address_of(&to, inaddr_is_v4(&ret->src));
	ret->ttl = ENVELOPE_TTL;
	ret->tos = 0;
	ret->index = ENVELOPE_INDEX;
}

/* The address that a datagram leaves from, where its socket does not say. */
static struct inaddr
source_for(const struct inaddr *dest)
{
	return inaddr_is_local(dest) ? inaddr_loopback(inaddr_is_v4(dest)) : *dest;
}

void
envelope_plain(const struct sockhost *sender, const struct sockhost *receiver,
    const struct inaddr *dest, struct envelope *ret)
{
	struct sockname own = sockname_parse(sender);

	if (receiver != NULL && sockname_parse(receiver).kind == SOCKNAME_REMOTE)
		ret->src = address_of(&own, inaddr_is_v4(dest)); /* the stack chooses */
	else
		ret->src = inaddr_is_any(&own.own) || inaddr_is_multicast(&own.own)
			       ? source_for(dest)
			       : own.own;
	ret->src.port = own.own.port;
	ret->dest = *dest;
	ret->ttl = ENVELOPE_TTL;
	ret->tos = 0;
	ret->index = ENVELOPE_INDEX;
}

bool
envelope_same(const struct envelope *a, const struct envelope *b)
{
	return inaddr_same(&a->src, &b->src) && inaddr_same(&a->dest, &b->dest) &&
	       a->ttl == b->ttl && a->tos == b->tos && a->index == b->index;
}

int
envelope_seal(const struct envelope *e, int *ret_fd)
{
	long fd = raw_call3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockhost name;
	uint64_t cookie;
	socklen_t len = sizeof cookie;
	int error;

	if (fd < 0)
		return ENOBUFS;
	error = sockhost_getopt((int)fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	if (error == 0) {
		sockname_envelope(
		    &name, (uint32_t)cookie, &e->src, &e->dest, e->ttl, e->tos, e->index);
		error = sockhost_bind((int)fd, &name);
	}
	if (error != 0)
		raw_close((int)fd);
	*ret_fd = (int)fd;
	return error != 0 ? ENOBUFS : 0;
}

static bool
open_envelope(int fd, struct envelope *ret)
{
	struct sockhost name;
	struct sockname n;

	if (sockhost_name(fd, false, &name) != 0)
		return false;
	n = sockname_parse(&name);
	if (n.kind != SOCKNAME_ENVELOPE)
		return false;
	*ret = (struct envelope){
	    .src = n.own, .dest = n.dest, .ttl = n.ttl, .tos = n.tos, .index = n.index};
	return true;
}

void
envelope_attach(struct msghdr *m, union envelope_control *room, int sealed)
{
	room->c = (struct cmsghdr){
	    .cmsg_len = CMSG_LEN(sizeof sealed), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&room->c), &sealed, sizeof sealed);
	m->msg_control = room;
	m->msg_controllen = sizeof *room;
}

bool
envelope_detach(const struct cmsghdr *c, struct envelope *ret)
{
	bool found = false;
	int fd;

	for (size_t at = 0; CMSG_LEN(at + sizeof fd) <= c->cmsg_len; at += sizeof fd) {
		memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
		found = found || open_envelope(fd, ret);
		raw_close(fd);
	}
	return found;
}
