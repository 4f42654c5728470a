/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP on AF_UNIX datagram sockets: connecting, and being refused.
 *
 * A socket gets its name (a path, like a listener's) by bind or with its first use.
 *
 * connect() is the rump kernel's: it records the destination, whether or not anybody is there yet
 * (SOCKTAG_PEER).  If somebody is, the host sockets are connected, too, so that write() works and
 * strangers' datagrams are kept out; if that peer goes, the host disconnects and the next send
 * looks for a new one.  A socket whose datagrams need an envelope or are looked at before they go
 * (sockudp_send.c) stays without.
 */
#include "socket/sockudp.h"

#include <netinet/in.h>

/* --- refusal --- */

/*
 * Makes the host report an error on a connected socket, as the ICMP message "port unreachable"
 * would: poll shows it and recv ends with it.  AF_UNIX does so (ECONNRESET) when a peer that was
 * connected back turns away without having read what was sent to it.
 */
void
sockudp_refuse(int fd, const struct sockhost *own)
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

bool
sockudp_destination(
    const struct socktag *t, const struct sockaddr *sa, socklen_t len, struct inaddr *ret)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct inaddr loopback;

	memcpy(&ss, sa, len < sizeof ss ? len : sizeof ss);
	*ret = inaddr_any(!t->inet6);
	if (len < (ss.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					    : sizeof(struct sockaddr_in)) ||
	    (ss.ss_family != AF_INET && (ss.ss_family != AF_INET6 || !t->inet6)))
		return false;
	*ret = inaddr_from(&ss);
	if (t->protocol != 0)
		ret->port = 0; /* it has none */
	if (inaddr_is_any(ret)) {
		loopback = inaddr_loopback(inaddr_is_v4(ret));
		memcpy(ret->ip, loopback.ip, sizeof ret->ip);
	}
	return true;
}

void
sockudp_join(void *ctx, int fd, const struct socktag *t, const struct sockhost *own,
    const struct sockaddr *sa, socklen_t len, const struct sockhost *to)
{
	struct sockway way;
	struct inaddr dest;
	struct envelope e, guess;

	if (t->flags & (SOCKTAG_MARKED | SOCKTAG_NO_FRAG | SOCKTAG_LINKED) ||
	    !sockudp_destination(t, sa, len, &dest))
		return;
	envelope_plain(own, to, &dest, &e);
	envelope_guess(own, to, !inaddr_is_v4(&dest), &guess);
	if (!envelope_same(&e, &guess))
		return;
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
	if (error == EACCES && sockhost_int(fd, SO_BROADCAST))
		error = sockenv_connect(ctx, sa, len, &own, flags | DELEG_BROADCAST, &reply);
	if (error != 0 && error != ECONNREFUSED)
		return error;
	if (!(t->flags & SOCKTAG_LINKED))
		sockhost_connect(fd, &nobody, sizeof nobody);
	if (sa->sa_family == AF_UNSPEC) {
		socktag_change(fd, t, 0, SOCKTAG_PEER);
		return 0;
	}
	socktag_change(fd, t, SOCKTAG_PEER, 0);
	if (error == 0) {
		sockhost_from(&to, reply.connect, reply.connect_len);
		sockudp_join(ctx, fd, t, &own, sa, len, &to);
	}
	return 0;
}
