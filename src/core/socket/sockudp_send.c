/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending a datagram, to an address or to the peer.
 *
 * The rump kernel says who has the address; the answer is remembered for a while.  Nobody there:
 * the datagram is lost, as on a network, and a connected socket hears of it.  What the host names
 * of the two ends do not say goes along in an envelope (sockudp_envelope.c).
 *
 * AF_UNIX does not lose datagrams, it makes the sender wait.  So does this, for a short while;
 * then, or at once for who does not want to wait, the rump kernel keeps the datagram until there is
 * room.
 */
#include <limits.h>
#include <netinet/in.h>
#include <time.h>

#include "socket/sockgroup.h"
#include "socket/sockopt.h"
#include "socket/sockudp.h"

#define UDP_MAX      65507 /* payload of the largest datagram */
#define FULL_TRIES   50    /* how often, and every how long, a full receiver is tried */
#define FULL_WAIT_NS 1000000
#define KEEP_TRIES   100 /* where there should be room now, and others are quick to take it */

struct sending {
	void *ctx;
	int fd;
	struct socktag *t;
	const struct msghdr *msg;
	size_t size; /* of its bytes */
	int flags;
	struct sockhost own; /* the sender's name */
	bool named;          /* the program gave an address */
	struct sockaddr_storage ss;
	socklen_t len;
	bool whole; /* ss is an address that can be read here: */
	struct inaddr dest;
	bool broadcast; /* dest is all of a network */
	struct udp_control control;
};

static const struct sockaddr *
address(const struct sending *s)
{
	return (const struct sockaddr *)&s->ss;
}

/* --- where it goes --- */

static int
take_address(struct sending *s)
{
	struct inaddr a;
	int error;

	s->ss = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	if (s->named) {
		if (s->msg->msg_namelen < sizeof(sa_family_t) || s->msg->msg_namelen > sizeof s->ss)
			return EINVAL;
		memcpy(&s->ss, s->msg->msg_name, s->msg->msg_namelen);
		s->len = s->msg->msg_namelen;
		return 0;
	}
	if (!(s->t->flags & SOCKTAG_PEER))
		return EDESTADDRREQ;
	error = sockenv_name(s->ctx, &s->own, DELEG_DEST, &a);
	if (error == 0)
		s->len = inaddr_show(&a, s->t->inet6, &s->ss);
	return error;
}

/* A source address that the program chose must be one of the rump kernel's. */
static int
check_source(const struct sending *s)
{
	struct deleg_reply reply;
	struct sockaddr_storage ss;
	socklen_t len;
	int error;

	if (!s->control.has_src || inaddr_is_local(&s->control.src))
		return 0;
	len = inaddr_show(&s->control.src, s->t->inet6, &ss);
	error =
	    sockenv_connect(s->ctx, (struct sockaddr *)&ss, len, NULL, sockctl_flags(s->t), &reply);
	if (error != ENETUNREACH)
		return 0;
	return inaddr_is_v4(&s->control.src) ? ENETUNREACH : EINVAL;
}

/* Where the datagram goes; ECONNREFUSED: nobody has the address. */
static int
find(struct sending *s, bool again, struct sockhost *ret)
{
	uint64_t sender = sockname_parse(&s->own).seq;
	unsigned flags = sockctl_flags(s->t) | (again ? DELEG_GONE : 0);
	struct deleg_reply reply;
	int error;

	if (s->whole && !again && sockudp_route_get(sender, &s->dest, ret))
		return 0;
	error = sockenv_connect(s->ctx, address(s), s->len, &s->own, flags, &reply);
	if (error == EACCES && sockhost_int(s->fd, SO_BROADCAST)) {
		s->broadcast = true;
		return 0;
	}
	if (error != 0)
		return error;
	sockhost_from(ret, reply.connect, reply.connect_len);
	if (s->whole)
		sockudp_route_put(sender, &s->dest, ret);
	return 0;
}

/* --- how it goes --- */

static int
option(const struct sending *s, int v4, int v6, int def)
{
	return inaddr_is_v4(&s->dest) ? sockopt_value(s->fd, s->t, IPPROTO_IP, v4, def)
				      : sockopt_value(s->fd, s->t, IPPROTO_IPV6, v6, def);
}

static void
write_envelope(const struct sending *s, const struct sockhost *to, struct envelope *e)
{
	const struct udp_control *c = &s->control;

	envelope_plain(&s->own, to, &s->dest, e);
	if (c->has_src)
		memcpy(e->src.ip, c->src.ip, sizeof e->src.ip);
	if (s->t->flags & SOCKTAG_MARKED) {
		e->ttl = (uint8_t)option(s, IP_TTL, IPV6_UNICAST_HOPS, ENVELOPE_TTL);
		e->tos = (uint8_t)option(s, IP_TOS, IPV6_TCLASS, 0);
	}
	if (c->index != 0 && to != NULL && sockname_parse(to).kind == SOCKNAME_REMOTE)
		e->index = c->index;
	if (c->ttl >= 0)
		e->ttl = (uint8_t)c->ttl;
	if (c->tos >= 0)
		e->tos = (uint8_t)c->tos;
}

/*
 * The host reported an error in place of sending: what it means, or EAGAIN.  As on Linux, sending
 * by a raw socket does not fail for it; it stays pending.
 */
static int
pending(const struct sending *s)
{
	int error = s->t->flags & SOCKTAG_RAW ? 0 : sockctl_pending(s->fd, s->t);

	return error != 0 ? error : EAGAIN;
}

static long
send_host(const struct sending *s, struct msghdr *m)
{
	int flags = (s->flags | MSG_DONTWAIT) & ~MSG_OOB;
	long n = raw_call3(SYS_sendmsg, s->fd, m, flags);

	if (n != -ECONNRESET)
		return n;
	n = -pending(s);
	if (n == -EAGAIN) {
		n = raw_call3(SYS_sendmsg, s->fd, m, flags);
		sockctl_show_errors(s->fd, s->t);
	}
	return n;
}

/* Attempts by name, waiting a little for a receiver that is full. */
static long
transmit(const struct sending *s, const struct sockhost *to, struct msghdr *m)
{
	struct timespec pause = {.tv_nsec = FULL_WAIT_NS};
	struct sockhost name = *to;
	long n = 0;

	m->msg_name = &name.un;
	m->msg_namelen = name.len;
	for (int i = 0; i < FULL_TRIES; i++) {
		n = send_host(s, m);
		if (n != -EAGAIN || s->flags & MSG_DONTWAIT || sockhost_is_nonblock(s->fd) ||
		    raw_call2(SYS_nanosleep, &pause, NULL) != 0)
			break;
	}
	return n;
}

/* The same by the way that this program can go. */
static long
deliver(const struct sending *s, const struct sockhost *to, struct msghdr *m)
{
	struct sockway way;
	long n = transmit(s, to, m);

	if (n != -EACCES)
		return n;
	n = -sockway_open(s->ctx, address(s), s->len, &s->own, sockctl_flags(s->t), &way);
	if (n == 0) {
		n = transmit(s, &way.host, m);
		sockway_close(&way);
	}
	return n;
}

static long
deliver_with(
    const struct sending *s, const struct sockhost *to, struct msghdr *m, const struct envelope *e)
{
	union envelope_control control;
	int fd, error = envelope_seal(e, &fd);
	long n;

	if (error != 0)
		return -error;
	envelope_attach(m, &control, fd);
	n = deliver(s, to, m);
	raw_close(fd);
	return n;
}

/* There is no room for it: the rump kernel keeps it until there is.  Bytes in pieces are put
 * together first. */
static int
keep_pieces(const struct sending *s, const struct deleg_later *about, const struct sockhost *to)
{
	uint8_t bytes[UDP_MAX];
	size_t at = 0;

	for (size_t i = 0; i < s->msg->msg_iovlen; i++) {
		if (s->msg->msg_iov[i].iov_len == 0)
			continue;
		memcpy(bytes + at, s->msg->msg_iov[i].iov_base, s->msg->msg_iov[i].iov_len);
		at += s->msg->msg_iov[i].iov_len;
	}
	return sockenv_later(about, to, bytes, at);
}

static int
keep(const struct sending *s, const struct sockhost *to, const struct envelope *e)
{
	const struct deleg_later about = {
	    .src = e->src, .dest = e->dest, .index = e->index, .ttl = e->ttl, .tos = e->tos};

	if (s->msg->msg_iovlen > 1)
		return keep_pieces(s, &about, to);
	return sockenv_later(
	    &about, to, s->msg->msg_iovlen == 0 ? "" : s->msg->msg_iov[0].iov_base, s->size);
}

/* To one receiver: 0, or an errno. */
static int
give(const struct sending *s, const struct sockhost *to, const struct envelope *e)
{
	struct envelope guess;
	int error = EAGAIN;
	long n = 0;

	envelope_guess(&s->own, to, !inaddr_is_v4(&s->dest), &guess);
	for (int i = 0; i < KEEP_TRIES && error == EAGAIN; i++) {
		struct msghdr m = {.msg_iov = s->msg->msg_iov, .msg_iovlen = s->msg->msg_iovlen};

		if (sockudp_is_kept(to))
			n = -EAGAIN; /* it waits behind the others */
		else if (envelope_same(e, &guess))
			n = deliver(s, to, &m);
		else
			n = deliver_with(s, to, &m, e);
		/* EPERM: the receiver takes only what comes from another, or by the kernel. */
		if (n != -EAGAIN && n != -EPERM)
			return n < 0 ? (int)-n : 0;
		error = keep(s, to, e);
	}
	return error == ECONNREFUSED ? error : 0; /* or it is lost */
}

static int
hand_over(const struct sending *s, const struct sockhost *to)
{
	struct envelope e;

	write_envelope(s, to, &e);
	return give(s, to, &e);
}

static bool
is_refused(int error)
{
	return error == ECONNREFUSED || error == ENOENT;
}

/* --- to many --- */

static void
many_options(const struct sending *s, struct deleg_many *ask)
{
	bool v4 = inaddr_is_v4(&s->dest);
	int loop = option(s, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, 1);

	*ask = (struct deleg_many){
	    .src = sockname_parse(&s->own).own,
	    .dest = s->dest,
	    .flags = sockctl_flags(s->t) | (loop ? 0 : DELEG_NOLOOP),
	    .index =
		s->control.index != 0 ? s->control.index : sockgroup_interface(s->fd, s->t, v4),
	};
	if (ask->index == 0)
		ask->index = (uint32_t)sockopt_device(s->fd, s->t);
	if (s->control.has_src)
		memcpy(ask->src.ip, s->control.src.ip, sizeof ask->src.ip);
}

/* To a group or to all of a network: to each of those that the rump kernel names.  Nobody there is
 * no error, and who does not take it does not get it. */
static int
send_many(const struct sending *s)
{
	struct deleg_receivers r;
	struct deleg_many ask;
	struct envelope e;
	struct sockhost to;
	int error;

	many_options(s, &ask);
	do {
		error = sockenv_many(&ask, &r);
		if (error == 0 && r.n > DELEG_RECEIVERS)
			error = EPROTO;
		if (error != 0)
			return error;
		write_envelope(s, NULL, &e);
		e.src = r.src;
		e.index = r.index;
		if (inaddr_is_multicast(&s->dest) && s->control.ttl < 0)
			e.ttl = (uint8_t)option(s, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, 1);
		for (uint32_t i = 0; i < r.n; i++) {
			sockhost_from(&to, r.to[i].host, r.to[i].len);
			(void)give(s, &to, &e);
		}
		ask.skip += r.n;
	} while (r.n == DELEG_RECEIVERS);
	return 0;
}

/* --- the whole --- */

/* What is out of the question whatever the way; the kernel looks at it with the way's MTU. */
static size_t
most(const struct socktag *t)
{
	if (!(t->flags & SOCKTAG_NO_FRAG))
		return UDP_MAX;
	return t->inet6 ? INT_MAX : UINT16_MAX;
}

/* Sends it to who has the address: 0 or an errno. */
static int
send_found(struct sending *s, struct sockhost *to)
{
	int error = 0;

	for (int again = 0; again < 2; again++) {
		error = find(s, again > 0, to);
		if (s->broadcast)
			return send_many(s);
		if (error == 0)
			error = hand_over(s, to);
		if (!is_refused(error))
			break;
	}
	return error;
}

/* The interface of a group's address. */
static uint32_t
scope_of(const struct sending *s)
{
	struct sockaddr_in6 in6;

	memcpy(&in6, &s->ss, sizeof in6);
	return s->whole && s->len >= sizeof in6 && in6.sin6_family == AF_INET6 &&
		       IN6_IS_ADDR_MULTICAST(&in6.sin6_addr)
		   ? in6.sin6_scope_id
		   : 0;
}

int
sockctl_send_udp(
    void *ctx, int fd, struct socktag *t, const struct msghdr *msg, int flags, size_t *ret)
{
	struct sending s = {.ctx = ctx,
	    .fd = fd,
	    .t = t,
	    .msg = msg,
	    .size = sockhost_length(msg),
	    .flags = flags,
	    .named = msg->msg_name != NULL && msg->msg_namelen > 0};
	struct sockhost to;
	int error;

	error = socktag_take_error(fd, t);
	if (error == 0 && t->flags & SOCKTAG_LINKED && !(t->flags & SOCKTAG_RAW))
		error = sockctl_take_pending(fd, t);
	if (error == 0 && s.size > most(t))
		error = EMSGSIZE;
	if (error == 0)
		error = sockctl_autobind(ctx, fd, t, &s.own);
	if (error == 0)
		error = take_address(&s);
	if (error != 0)
		return error;
	s.whole = sockudp_destination(t, address(&s), s.len, &s.dest);
	error = udp_control_take(msg, t->inet6, inaddr_is_v4(&s.dest), &s.control);
	if (s.control.index == 0)
		s.control.index = scope_of(&s);
	if (s.control.index == 0)
		s.control.index = (uint32_t)sockopt_sticky(fd, t);
	if (error == 0)
		error = check_source(&s);
	if (error == 0 && t->flags & SOCKTAG_NO_FRAG && s.whole)
		error = sockctl_mtu(fd, &s.dest, s.size, &(int){0});
	if (error == 0 && s.size > UDP_MAX)
		error = EMSGSIZE;
	if (error != 0)
		return error;
	error = s.whole && inaddr_is_multicast(&s.dest) ? send_many(&s) : send_found(&s, &to);
	if (is_refused(error)) {
		if ((t->flags & SOCKTAG_PEER && !s.named) || t->flags & SOCKTAG_LINKED)
			sockctl_refused(fd, t, &s.own, &s.dest, msg);
	} else if (error != 0) {
		return error;
	} else if (!s.named && !s.broadcast && !inaddr_is_multicast(&s.dest)) {
		sockudp_join(ctx, fd, t, &s.own, address(&s), s.len, &to);
	}
	*ret = s.size;
	return 0;
}
