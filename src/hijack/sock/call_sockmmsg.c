/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sendmmsg and recvmmsg.  Without addresses and control data they are the host's; with them, on a
 * routed socket, they are loops over sendmsg and recvmsg.
 */
#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include "hijack.h"
#include "sock/call_packet.h"
#include "sock/call_socket.h"
#include "sock/given.h"
#include "socket/sockctl.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define MANY_MAX 1024 /* at once, as on Linux */

/* Has one of the messages something that is not for the host? */
static bool
any_special(const struct mmsghdr *msgs, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (msgs[i].msg_hdr.msg_name != NULL || msgs[i].msg_hdr.msg_controllen > 0)
			return true;
	return false;
}

/* Whose sockets' host names or tags have to be looked at? */
static bool
is_host_unix(int fd)
{
	return sockhost_int(fd, SO_DOMAIN) == AF_UNIX;
}

int
hijack_sendmmsg(int s, struct mmsghdr *msgs, unsigned n, int flags)
{
	struct socktag t;
	int done;
	ssize_t sent = 0;

	if (n > MANY_MAX)
		n = MANY_MAX;
	if (!given_many(msgs, n))
		return host.sendmmsg(s, msgs, n, flags);
	if (!any_special(msgs, n) || !is_host_unix(s)) {
		done = host.sendmmsg(s, msgs, n, flags);
		if (done >= 0 || !socktag_get(s, &t))
			return done;
	}
	for (done = 0; (unsigned)done < n; done++) {
		sent = hijack_sendmsg(s, &msgs[done].msg_hdr, flags);
		if (sent < 0)
			break;
		msgs[done].msg_len = (unsigned)sent;
	}
	return done > 0 || sent >= 0 ? done : -1;
}
HIJACK_EXPORTS(sendmmsg)

static bool
is_past(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline->tv_sec ||
	       (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

/* As Linux has it: the time is looked at after each message only. */
static int
receive_all(int s, struct mmsghdr *msgs, unsigned n, int flags, const struct timespec *deadline)
{
	unsigned done = 0;
	ssize_t got = 0;

	while (done < n) {
		got = hijack_recvmsg(s, &msgs[done].msg_hdr, flags & ~MSG_WAITFORONE);
		if (got < 0)
			break;
		msgs[done++].msg_len = (unsigned)got;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (deadline != NULL && is_past(deadline))
			break;
	}
	return done > 0 || got >= 0 ? (int)done : -1;
}

/* Without room for control data, an envelope that was thrown away is no loss. */
static void
nothing_cut(int s, struct mmsghdr *msgs, int n)
{
	struct socktag t;

	for (int i = 0; i < n; i++)
		if (msgs[i].msg_hdr.msg_flags & MSG_CTRUNC && socktag_get(s, &t))
			msgs[i].msg_hdr.msg_flags &= ~MSG_CTRUNC;
}

static int
receive_some(int s, struct mmsghdr *msgs, unsigned n, int flags, struct timespec *timeout)
{
	struct timespec deadline;
	int done;

	if (!packet_is(s) && (!any_special(msgs, n) || !is_host_unix(s))) {
		do
			done = host.recvmmsg(s, msgs, n, flags, timeout);
		while (done < 0 && (errno = socket_read_error(s, errno)) == ERESTART);
		nothing_cut(s, msgs, done);
		return done;
	}
	if (timeout == NULL)
		return receive_all(s, msgs, n, flags, NULL);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += timeout->tv_sec;
	deadline.tv_nsec += timeout->tv_nsec;
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_nsec -= 1000000000;
		deadline.tv_sec++;
	}
	return receive_all(s, msgs, n, flags, &deadline);
}

/* What the host had no room for may have to be fetched. */
int
hijack_recvmmsg(int s, struct mmsghdr *msgs, unsigned n, int flags, struct timespec *timeout)
{
	int done, more;

	if (n > MANY_MAX)
		n = MANY_MAX;
	if (!given_many(msgs, n))
		return host.recvmmsg(s, msgs, n, flags, timeout);
	done = more = receive_some(s, msgs, n, flags, timeout);
	while (more > 0 && (unsigned)done < n && sockctl_may_be_kept() && sockctl_fetch_kept(s)) {
		more = receive_some(s, msgs + done, n - (unsigned)done, flags | MSG_DONTWAIT, NULL);
		done += more > 0 ? more : 0;
	}
	return done;
}
HIJACK_EXPORTS(recvmmsg)
