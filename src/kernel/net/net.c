/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets: start, end, listing.
 */
#include "net/net.h"

#include "net/bound.h"
#include "net/group.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/later.h"
#include "net/local.h"
#include "net/netconf.h"
#include "net/netlink/netlink.h"
#include "net/netloop.h"
#include "net/packet/packet.h"
#include "net/ports.h"
#include "net/procnet/procnet.h"
#include "net/remote.h"
#include "net/retry.h"
#include "net/sockmem.h"
#include "net/stack/stack.h"
#include "net/tun/tun.h"
#include "socket/deleg.h"

int
net_init(void)
{
	int error = hostnames_init();

	ports_init();
	procnet_init();
	tun_init();
	return error != 0 ? error : ifnet_init();
}

int
net_bind(int fd, const struct inet_sockaddr *sa, unsigned flags, pid_t pid)
{
	int error = 0;

	if (flags & (DELEG_RAW | DELEG_PING))
		error = netconf_start();
	if (error == 0 && flags & DELEG_RAW)
		error = remote->raw(flags);
	return error != 0 ? error : inet_bind(fd, sa, flags, pid);
}

void
net_fini(void)
{
	netloop_fini();
	netlink_fini();
	packet_fini();
	tun_fini();
	later_fini();
	sockmem_fini();
	stack_fini();
	retry_fini();
	local_fini();
	bound_fini();
	group_fini();
	ifnet_fini();
}

void
net_each_address(void (*fn)(void *arg, const struct net_address *), void *arg)
{
	struct bound *b;

	bound_sweep();
	LIST_FOREACH (b, &bound_all, all) {
		struct net_address a = {
		    .dgram = (b->flags & DELEG_DGRAM) != 0,
		    .listening = b->listening,
		    .pid = b->pid,
		};

		a.sa_len = inaddr_show(&b->own, (b->flags & DELEG_INET6) != 0, &a.sa);
		fn(arg, &a);
	}
}
