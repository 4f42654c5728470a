/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of a socket, from the host names of its two ends (sockname.h).
 *
 *	own name     peer's name   the socket                own address      peer's address
 *	CONNECTOR    BOUND         connected by itself       in own name      listener's, or where
 *	                                                                      that is a wildcard own
 *	                                                                      name's destination
 *	BOUND        CONNECTOR     accepted                  listener's, or   in the peer's name
 *	                                                     peer's destination
 *	BOUND        BOUND         either, or UDP            the server knows what a wildcard became
 */
#include "socket/sockctl.h"

/* The address at the other end of a wildcard, from the name of the end that has both. */
static void
resolve(void *ctx, const struct sockhost *host, const struct sockname *n, unsigned which,
    struct inaddr *a)
{
	struct inaddr real;

	if (n->kind == SOCKNAME_CONNECTOR)
		real = which == DELEG_OWN ? n->own : n->dest;
	else if (n->kind != SOCKNAME_BOUND || sockenv_name(ctx, host, which, &real) != 0 ||
		 inaddr_is_any(&real))
		real = inaddr_loopback(inaddr_is_v4(a));
	memcpy(a->ip, real.ip, sizeof a->ip);
	if (a->port == 0)
		a->port = real.port; /* the server's end of a connection through the stack */
}

static int
name_own(void *ctx, int fd, const struct socktag *t, struct inaddr *ret)
{
	struct sockhost own, peer;
	struct sockname n, p;
	int error = sockhost_name(fd, false, &own);

	if (error != 0)
		return error;
	n = sockname_parse(&own);
	*ret = n.kind == SOCKNAME_BOUND || n.kind == SOCKNAME_CONNECTOR ? n.own
									: inaddr_any(!t->inet6);
	if (n.kind != SOCKNAME_BOUND || !inaddr_is_any(ret))
		return 0;
	if (t->dgram) {
		if (t->flags & SOCKTAG_PEER)
			resolve(ctx, &own, &n, DELEG_OWN, ret);
		return 0;
	}
	if (sockhost_name(fd, true, &peer) != 0)
		return 0; /* not connected: the wildcard it is */
	p = sockname_parse(&peer);
	if (t->flags & SOCKTAG_ACCEPTED)
		resolve(ctx, &peer, &p, DELEG_DEST, ret);
	else
		resolve(ctx, &own, &n, DELEG_OWN, ret);
	return 0;
}

static int
name_peer(void *ctx, int fd, const struct socktag *t, struct inaddr *ret)
{
	struct sockhost own, peer;
	struct sockname n, p;
	int error;

	error = sockhost_name(fd, false, &own);
	if (error != 0)
		return error;
	n = sockname_parse(&own);
	if (t->dgram)
		return t->flags & SOCKTAG_PEER ? sockenv_name(ctx, &own, DELEG_DEST, ret)
					       : ENOTCONN;
	if (t->flags & (SOCKTAG_RETRYING | SOCKTAG_FAILED))
		return ENOTCONN;
	error = sockhost_name(fd, true, &peer);
	if (error != 0)
		return error;
	p = sockname_parse(&peer);
	*ret = p.kind == SOCKNAME_BOUND || p.kind == SOCKNAME_CONNECTOR ? p.own
									: inaddr_any(!t->inet6);
	if (p.kind != SOCKNAME_BOUND || !inaddr_is_any(ret))
		return 0;
	if (t->flags & SOCKTAG_ACCEPTED)
		resolve(ctx, &peer, &p, DELEG_OWN, ret);
	else
		resolve(ctx, &own, &n, DELEG_DEST, ret);
	return 0;
}

int
sockctl_name(void *ctx, int fd, const struct socktag *t, bool peer, struct sockaddr_storage *ss,
    socklen_t *len)
{
	struct socktag now = *t;
	struct inaddr a;
	int error;

	if (peer && !t->dgram && sockctl_was_reset(fd, &now))
		return ENOTCONN;
	error = peer ? name_peer(ctx, fd, t, &a) : name_own(ctx, fd, t, &a);
	if (error == 0)
		*len = inaddr_show(&a, t->inet6, ss);
	return error;
}

socklen_t
sockctl_peer(
    void *ctx, const struct socktag *t, const struct sockhost *peer, struct sockaddr_storage *ss)
{
	struct sockname p = sockname_parse(peer);
	struct inaddr a = inaddr_any(!t->inet6);

	if (p.kind == SOCKNAME_CONNECTOR || p.kind == SOCKNAME_BOUND || p.kind == SOCKNAME_REMOTE)
		a = p.own;
	if (p.kind == SOCKNAME_BOUND && inaddr_is_any(&a)) {
		if (t->dgram) { /* an unconnected sender: lo chooses the source address */
			struct inaddr source = inaddr_loopback(!t->inet6 || inaddr_is_v4(&a));

			memcpy(a.ip, source.ip, sizeof a.ip);
		} else {
			resolve(ctx, peer, &p, DELEG_OWN, &a);
		}
	}
	return inaddr_show(&a, t->inet6, ss);
}
