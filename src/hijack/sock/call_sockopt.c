/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * getsockopt and setsockopt.
 */
#include <sys/socket.h>

#include "base/fault.h"
#include "hijack.h"
#include "sock/call_netlink.h"
#include "sock/call_packet.h"
#include "socket/sockopt.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
hijack_getsockopt(int s, int level, int name, void *value, socklen_t *len)
{
	bool netlink = netlink_has_option(s, level, name);
	bool packet = packet_has_option(s, level, name);
	struct socktag t;
	socklen_t n;
	int error;

	if (!netlink && !packet && !socktag_get(s, &t))
		return host.getsockopt(s, level, name, value, len);
	error = fault_read(&n, (uintptr_t)len, sizeof n);
	if (error == 0)
		error = netlink  ? netlink_getsockopt(s, level, name, value, &n)
			: packet ? packet_getsockopt(s, level, name, value, &n)
				 : sockopt_get(s, &t, level, name, value, &n);
	if (error == 0)
		error = fault_write((uintptr_t)len, &n, sizeof n);
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(getsockopt)

int
hijack_setsockopt(int s, int level, int name, const void *value, socklen_t len)
{
	struct socktag t;
	int error;

	if (netlink_setsockopt(s, level, name, value, len, &error) ||
	    packet_setsockopt(s, level, name, value, len, &error))
		return (int)hijack_ret(error, 0);
	if (!socktag_get(s, &t))
		return host.setsockopt(s, level, name, value, len);
	return (int)hijack_ret(sockopt_set(s, &t, level, name, value, len), 0);
}
HIJACK_EXPORTS(setsockopt)
