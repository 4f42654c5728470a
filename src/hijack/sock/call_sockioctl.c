/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl on a routed socket: what the host's AF_UNIX would answer in its own way, and interfaces and
 * routes, which are the rump kernel's.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "client/client.h"
#include "sock/call_packet.h"
#include "sock/call_socket.h"
#include "socket/sockhost.h"
#include "socket/socktag.h"
#include "syscall/calls.h"

/* How much is not yet with the peer: nothing, between two programs of one kernel. */
static int
unsent(int fd, const struct socktag *t, void *arg)
{
	static const int none = 0;

	if (!t->dgram && sockhost_int(fd, SO_ACCEPTCONN))
		return EINVAL;
	return fault_write((uintptr_t)arg, &none, sizeof none);
}

bool
socket_ioctl(int fd, unsigned long request, void *arg, int *ret_error)
{
	struct socktag t = {.inet6 = false};

	switch (request) {
	case SIOCOUTQ:
	case SIOCOUTQNSD:
		if (!socktag_get(fd, &t) || t.flags & SOCKTAG_REMOTE)
			return false;
		*ret_error = t.dgram && request == SIOCOUTQNSD ? ENOTTY : unsent(fd, &t, arg);
		return true;
	case SIOCATMARK:
		*ret_error = ENOTTY;
		return socktag_get(fd, &t) && t.dgram;
	default:
		if (packet_time_ioctl(fd, request, arg, ret_error))
			return true;
		if (request < SIOCADDRT || request > 0x89ff ||
		    (!socktag_get(fd, &t) && !packet_is(fd)))
			return false;
		*ret_error = call_deleg_ioctl(t.inet6 ? AF_INET6 : AF_INET, request, arg);
		return true;
	}
}
