/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP on AF_UNIX datagram sockets.
 *
 * A socket gets its name (a path, like a listener's) by bind or with its first use.  Sending to an
 * address asks the rump kernel who has it and remembers the answer for a while; a name that the
 * host refuses is asked for again.  Nobody there: the datagram is lost, as on a network, and a
 * connected socket hears of it (refuse()).
 *
 * connect() is the rump kernel's: it records the destination, whether or not anybody is there yet
 * (SOCKTAG_PEER).  If somebody is, the host sockets are connected, too, so that write() works and
 * strangers' datagrams are kept out; if that peer goes, the host disconnects and the next send
 * looks for a new one.
 *
 * AF_UNIX does not lose datagrams, it makes the sender wait.  So does this, for a short while.
 */
#include "socket/sockctl.h"

#include <limits.h>
#include <netinet/in.h>
#include <time.h>

#define UDP_MAX      65507 /* payload of the largest datagram */
#define FULL_TRIES   50    /* how often, and every how long, a full receiver is tried */
#define FULL_WAIT_NS 1000000

/* --- who has an address: a small cache of answers, by sender and destination --- */

#define ROUTES 64

struct route {
	uint64_t sender; /* seq of the sender's name */
	struct inaddr to;
	struct sockhost host;
};

static struct route routes[ROUTES];
static char routes_busy;

/* Never waits, so it may be used in signal handlers: who finds it busy goes without. */
static bool
routes_enter(void)
{
	return !__atomic_test_and_set(&routes_busy, __ATOMIC_ACQUIRE);
}

static void
routes_leave(void)
{
	__atomic_clear(&routes_busy, __ATOMIC_RELEASE);
}

static struct route *
route_slot(uint64_t sender, const struct inaddr *to)
{
	return &routes[(sender * 31 + to->port + to->ip[15]) % ROUTES];
}

static bool
route_get(uint64_t sender, const struct inaddr *to, struct sockhost *ret)
{
	struct route *r = route_slot(sender, to);
	bool found;

	if (!routes_enter())
		return false;
	found = r->sender == sender && r->host.len > 0 && inaddr_same(&r->to, to);
	if (found)
		*ret = r->host;
	routes_leave();
	return found;
}

static void
route_put(uint64_t sender, const struct inaddr *to, const struct sockhost *host)
{
	if (!routes_enter())
		return;
	*route_slot(sender, to) = (struct route){.sender = sender, .to = *to, .host = *host};
	routes_leave();
}

/* --- refusal --- */

/*
 * Makes the host report an error on a connected socket, as the ICMP message "port unreachable"
 * would: poll shows it and recv ends with it.  AF_UNIX does so (ECONNRESET) when a peer that was
 * connected back turns away without having read what was sent to it.
 */
static void
refuse(int fd, const struct sockhost *own)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct sockhost helper = {.un.sun_family = AF_UNIX, .len = sizeof(sa_family_t)};
	long other = raw_call3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (other < 0)
		return;
	if (sockhost_bind((int)other, &helper) == 0 &&
	    sockhost_name((int)other, false, &helper) == 0 &&
	    sockhost_connect(fd, &helper.un, helper.len) == 0 &&
	    sockhost_connect((int)other, &own->un, own->len) == 0) {
		raw_call6(SYS_sendto, fd, "", 1, MSG_DONTWAIT, NULL, 0);
		sockhost_connect((int)other, &nobody, sizeof nobody);
	}
	raw_close((int)other);
	sockhost_connect(fd, &nobody, sizeof nobody);
}

/* --- connect --- */

/* Connects the host sockets, so far as it goes: who cannot sends by name. */
static void
connect_host(void *ctx, int fd, const struct socktag *t, const struct sockhost *own,
    const struct sockaddr *sa, socklen_t len, const struct sockhost *to)
{
	struct sockway way;

	if (sockhost_connect(fd, &to->un, to->len) != EACCES ||
	    sockway_open(ctx, sa, len, own, sockctl_flags(t), &way) != 0)
		return;
	sockhost_connect(fd, &way.host.un, way.host.len);
	sockway_close(&way);
}

int
sockctl_connect_udp(void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct deleg_reply reply;
	struct sockhost own, to;
	unsigned flags = sockctl_flags(t) | DELEG_PEER;
	int error;

	error = sockctl_autobind(ctx, fd, t, &own);
	if (error != 0)
		return error;
	error = sockenv_connect(ctx, sa, len, &own, flags, &reply);
	if (error != 0 && error != ECONNREFUSED)
		return error;
	sockhost_connect(fd, &nobody, sizeof nobody);
	if (sa->sa_family == AF_UNSPEC) {
		socktag_change(fd, t, 0, SOCKTAG_PEER);
		return 0;
	}
	socktag_change(fd, t, SOCKTAG_PEER, 0);
	if (error == 0) {
		sockhost_from(&to, reply.connect, reply.connect_len);
		connect_host(ctx, fd, t, &own, sa, len, &to);
	}
	return 0;
}

/* --- send --- */

static size_t
total(const struct msghdr *msg)
{
	size_t n = 0;

	for (size_t i = 0; i < msg->msg_iovlen; i++)
		n += msg->msg_iov[i].iov_len;
	return n;
}

/* Where the datagram goes; ECONNREFUSED: nobody has the address. */
static int
find(void *ctx, struct socktag *t, const struct sockhost *own, const struct sockaddr *sa,
    socklen_t len, bool again, struct sockhost *ret)
{
	struct deleg_reply reply;
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct inaddr to;
	uint64_t sender = sockname_parse(own).seq;
	bool whole = len >= (sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						       : sizeof(struct sockaddr_in));
	unsigned flags = sockctl_flags(t) | (again ? DELEG_GONE : 0);
	int error;

	memcpy(&ss, sa, len < sizeof ss ? len : sizeof ss);
	whole = whole && sa->sa_family == (t->inet6 ? AF_INET6 : AF_INET);
	to = whole ? inaddr_from(&ss) : (struct inaddr){0};
	if (whole && !again && route_get(sender, &to, ret))
		return 0;
	error = sockenv_connect(ctx, sa, len, own, flags, &reply);
	if (error != 0)
		return error;
	sockhost_from(ret, reply.connect, reply.connect_len);
	if (whole)
		route_put(sender, &to, ret);
	return 0;
}

/* One attempt by name, waiting a little for a receiver that is full. */
static long
transmit(int fd, const struct msghdr *msg, const struct sockhost *to, int flags)
{
	struct timespec pause = {.tv_nsec = FULL_WAIT_NS};
	struct sockhost name = *to;
	struct msghdr m = {
	    .msg_name = &name.un,
	    .msg_namelen = name.len,
	    .msg_iov = msg->msg_iov,
	    .msg_iovlen = msg->msg_iovlen,
	};
	bool wait = !(flags & MSG_DONTWAIT) && !sockhost_is_nonblock(fd);
	long n = 0;

	for (int i = 0; i < FULL_TRIES; i++) {
		n = raw_call3(SYS_sendmsg, fd, &m, (flags | MSG_DONTWAIT) & ~MSG_OOB);
		if (n != -EAGAIN || !wait || raw_call2(SYS_nanosleep, &pause, NULL) != 0)
			break;
	}
	return n;
}

/* The same by the way that this program can go. */
static long
deliver(void *ctx, int fd, const struct socktag *t, const struct msghdr *msg,
    const struct sockhost *own, const struct sockaddr *sa, socklen_t len, const struct sockhost *to,
    int flags)
{
	struct sockway way;
	long n = transmit(fd, msg, to, flags);

	if (n != -EACCES)
		return n;
	n = -sockway_open(ctx, sa, len, own, sockctl_flags(t), &way);
	if (n == 0) {
		n = transmit(fd, msg, &way.host, flags);
		sockway_close(&way);
	}
	return n;
}

/* The destination: given with the datagram, or the one it is connected to. */
static int
destination(void *ctx, const struct socktag *t, const struct msghdr *msg,
    const struct sockhost *own, struct sockaddr_storage *ss, socklen_t *len)
{
	struct inaddr a;
	int error;

	if (msg->msg_name != NULL && msg->msg_namelen > 0) {
		if (msg->msg_namelen < sizeof(sa_family_t) || msg->msg_namelen > sizeof *ss)
			return EINVAL;
		memcpy(ss, msg->msg_name, msg->msg_namelen);
		*len = msg->msg_namelen;
		return 0;
	}
	if (!(t->flags & SOCKTAG_PEER))
		return EDESTADDRREQ;
	error = sockenv_name(ctx, own, DELEG_DEST, &a);
	if (error == 0)
		*len = inaddr_show(&a, t->inet6, ss);
	return error;
}

int
sockctl_send_udp(
    void *ctx, int fd, struct socktag *t, const struct msghdr *msg, int flags, size_t *ret)
{
	struct sockhost own, to;
	struct sockaddr_storage ss;
	const struct sockaddr *sa = (struct sockaddr *)&ss;
	bool named = msg->msg_name != NULL && msg->msg_namelen > 0;
	socklen_t len;
	long n;
	int error;

	error = socktag_take_error(fd, t);
	if (error == 0 && total(msg) > UDP_MAX)
		error = EMSGSIZE;
	if (error == 0)
		error = sockctl_autobind(ctx, fd, t, &own);
	if (error == 0)
		error = destination(ctx, t, msg, &own, &ss, &len);
	if (error != 0)
		return error;
	error = find(ctx, t, &own, sa, len, false, &to);
	n = error == 0 ? deliver(ctx, fd, t, msg, &own, sa, len, &to, flags) : 0;
	if (n == -ECONNREFUSED || n == -ENOENT) {
		error = find(ctx, t, &own, sa, len, true, &to);
		n = error == 0 ? deliver(ctx, fd, t, msg, &own, sa, len, &to, flags) : 0;
	}
	if (error == ECONNREFUSED || n == -ECONNREFUSED || n == -ENOENT) {
		if (t->flags & SOCKTAG_PEER && !named)
			refuse(fd, &own);
	} else if (error != 0) {
		return error;
	} else if (n < 0 && n != -EAGAIN && n != -EPERM) {
		return (int)-n; /* EAGAIN: the receiver was full; EPERM: it wants another's only */
	} else if (!named) {
		connect_host(ctx, fd, t, &own, sa, len, &to);
	}
	*ret = total(msg);
	return 0;
}
