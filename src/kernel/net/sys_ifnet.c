/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls by which a hijacked program sees the interfaces.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "net/ifioctl.h"
#include "net/ifnet.h"
#include "net/netlink/netlink.h"
#include "net/rtioctl.h"
#include "net/tun/tun.h"
#include "socket/ifrecord.h"
#include "syscall/sys_proto.h"

int
sys_deleg_ioctl(struct lwp *l, int family, unsigned long request, struct uptr arg)
{
	int error;

	tun_settle();
	error = ifioctl(l, family, request, arg.addr);
	return error == ENOTTY ? rtioctl(l, family, request, arg.addr) : error;
}

int
sys_deleg_netlink(struct lwp *l, int protocol)
{
	return netlink_open(l, protocol, &l->out_fd);
}

/* Records on their way out: `at` goes on where the program's room ends. */
struct out {
	struct lwp *l;
	struct uout u;
	size_t at;
	int error;
};

static void
put(struct out *o, const struct ifrecord *r)
{
	if (o->error == 0 && o->at + sizeof *r <= o->u.len)
		o->error = uout_put(o->l, o->u, o->at, r, sizeof *r);
	o->at += sizeof *r;
}

static void
count(uint64_t *to, const struct ifnet_count *c)
{
	to[0] = c->packets;
	to[1] = c->bytes;
	to[2] = c->errors;
	to[3] = c->dropped;
}

static void
put_link(struct out *o, const struct ifnet *ifp)
{
	struct ifrecord r = {.family = AF_PACKET,
	    .type = (uint16_t)ifp->type,
	    .index = (uint32_t)ifp->index,
	    .flags = ifnet_flags(ifp),
	    .prefix = ifnet_addr_len(ifp)};

	snprintf(r.name, sizeof r.name, "%s", ifp->name);
	memcpy(r.mac, ifp->mac, sizeof ifp->mac);
	memset(r.broadcast_mac, ifp->index == IFNET_LO ? 0 : 0xff, sizeof ifp->mac);
	count(r.count, &ifp->rx);
	count(r.count + 4, &ifp->tx);
	r.count[8] = ifp->rx.multicast;
	put(o, &r);
}

static void
put_address(struct out *o, const struct ifnet *ifp, const struct ifnet_addr *a)
{
	struct inaddr ones = inaddr_v4(UINT32_MAX, 0);
	struct ifrecord r = {.family = inaddr_is_v4(&a->ip) ? AF_INET : AF_INET6,
	    .index = (uint32_t)ifp->index,
	    .flags = ifnet_flags(ifp),
	    .prefix = a->prefix,
	    .ip = a->ip};

	if (!inaddr_is_v4(&a->ip))
		memset(ones.ip, 0xff, sizeof ones.ip);
	r.netmask = inaddr_network(&ones, a->prefix);
	r.scope_id = inaddr_is_linklocal(&a->ip) ? (uint32_t)ifp->index : 0;
	snprintf(r.name, sizeof r.name, "%s", a->label[0] != '\0' ? a->label : ifp->name);
	if (!inaddr_same_ip(&a->peer, &a->ip))
		r.other = a->peer;
	else if (inaddr_is_v4(&a->broadcast) && !inaddr_is_any(&a->broadcast))
		r.other = a->broadcast;
	else
		r.other = a->ip;
	r.has_other = inaddr_is_v4(&a->ip);
	put(o, &r);
}

int
sys_deleg_ifaddrs(struct lwp *l, struct uout buf, size_t size, int64_t *retval)
{
	struct out o = {.l = l, .u = buf};
	struct ifnet *ifp;
	struct ifnet_addr *a;

	(void)size;
	tun_settle();
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		put_link(&o, ifp);
		TAILQ_FOREACH (a, &ifp->addrs, link)
			put_address(&o, ifp, a);
	}
	*retval = (int64_t)o.at;
	return o.error;
}
