/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink sockets: their making and end, requests and their acknowledgement, and news for those who
 * are in a group.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/netevent.h"
#include "net/netlink/netlink.h"
#include "net/netlink/nl_priv.h"
#include "net/rtable.h"
#include "net/rules.h"
#include "net/sockpair.h"
#include "net/tun/tun.h"
#include "socket/nltag.h"

#define PACKETS_MAX 32 /* taken of one socket before others have their turn */
#define REQUEST_MAX 65536
#define BUFFER_SIZE (1 << 20)

struct nl_socket_list nl_sockets = LIST_HEAD_INITIALIZER(nl_sockets);

/* --- requests --- */

static const struct {
	int protocol;
	uint16_t type;
	nl_do *act; /* NULL: EOPNOTSUPP */
	nl_dump *dump;
	bool changes;
} requests[] = {
    {NETLINK_ROUTE, RTM_GETLINK, nl_get_link, nl_dump_links, false},
    {NETLINK_ROUTE, RTM_NEWLINK, nl_new_link, NULL, true},
    {NETLINK_ROUTE, RTM_SETLINK, nl_new_link, NULL, true},
    {NETLINK_ROUTE, RTM_DELLINK, nl_delete_link, NULL, true},
    {NETLINK_ROUTE, RTM_NEWLINKPROP, nl_new_linkprop, NULL, true},
    {NETLINK_ROUTE, RTM_DELLINKPROP, nl_delete_linkprop, NULL, true},
    {NETLINK_ROUTE, RTM_GETADDR, NULL, nl_dump_addrs, false},
    {NETLINK_ROUTE, RTM_NEWADDR, nl_new_addr, NULL, true},
    {NETLINK_ROUTE, RTM_DELADDR, nl_delete_addr, NULL, true},
    {NETLINK_ROUTE, RTM_GETROUTE, nl_get_route, nl_dump_routes, false},
    {NETLINK_ROUTE, RTM_NEWROUTE, nl_new_route, NULL, true},
    {NETLINK_ROUTE, RTM_DELROUTE, nl_delete_route, NULL, true},
    {NETLINK_ROUTE, RTM_GETRULE, NULL, nl_dump_rules, false},
    {NETLINK_ROUTE, RTM_NEWRULE, nl_new_rule, NULL, true},
    {NETLINK_ROUTE, RTM_DELRULE, nl_delete_rule, NULL, true},
    {NETLINK_ROUTE, RTM_GETNEIGH, nl_get_neigh, nl_dump_neighs, false},
    {NETLINK_ROUTE, RTM_NEWNEIGH, nl_new_neigh, NULL, true},
    {NETLINK_ROUTE, RTM_DELNEIGH, nl_delete_neigh, NULL, true},
    {NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NULL, nl_dump_sockets, false},
};

/* The bits of a dump mean other things where something is changed. */
static bool
is_dump(const struct nl_request *r)
{
	return (r->h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP &&
	       (r->from->protocol == NETLINK_SOCK_DIAG || (r->h->nlmsg_type & 3) == 2);
}

static int
perform(struct nl_request *r)
{
	bool dump = is_dump(r);

	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		if (requests[i].protocol != r->from->protocol ||
		    requests[i].type != r->h->nlmsg_type)
			continue;
		if (requests[i].changes && !r->from->admin)
			return EPERM;
		if (requests[i].dump != NULL && (dump || requests[i].act == NULL))
			return dump ? requests[i].dump(r) : EOPNOTSUPP;
		return requests[i].act(r);
	}
	return EOPNOTSUPP;
}

/* The end of a dump, an error, or the acknowledgement that was asked for. */
static void
conclude(struct nl_request *r, int error)
{
	const struct nlmsghdr *h = r->h;
	struct nlmsgerr *e;
	size_t echo = error != 0 ? h->nlmsg_len - sizeof *h : 0;

	if (error == 0 && is_dump(r)) {
		*(int *)nl_begin(r->out, NLMSG_DONE, sizeof(int)) = 0;
		nl_end(r->out);
	} else if (error != 0 || (h->nlmsg_flags & NLM_F_ACK) != 0) {
		r->out->flags = error == 0 ? NLM_F_CAPPED : 0;
		if (echo > NL_MESSAGE_MAX / 2) {
			echo = 0;
			r->out->flags = NLM_F_CAPPED;
		}
		e = nl_begin(r->out, NLMSG_ERROR, sizeof *e + echo);
		e->error = -error;
		memcpy(&e->msg, h, sizeof *h + echo);
		if (error != 0 && r->message != NULL && r->from->wants_text) {
			r->out->message->nlmsg_flags |= NLM_F_ACK_TLVS;
			mnl_attr_put_strz(r->out->message, NLMSGERR_ATTR_MSG, r->message);
		}
		nl_end(r->out);
	}
	nl_flush(r->out);
}

static void
serve(struct nl_socket *s, const struct nlmsghdr *h)
{
	static struct nl_out out; /* too large for the stack; the giant lock is held */
	struct nl_request r = {.from = s, .h = h, .out = &out};

	tun_settle();
	/* As Linux: what is no request, or of the types for control, is passed over. */
	if ((h->nlmsg_flags & NLM_F_REQUEST) == 0 || h->nlmsg_type < NLMSG_MIN_TYPE) {
		if ((h->nlmsg_flags & NLM_F_ACK) == 0)
			return;
		nl_out_init(&out, s, h->nlmsg_seq, 0);
		conclude(&r, 0);
		return;
	}
	nl_out_init(&out, s, h->nlmsg_seq, is_dump(&r) ? NLM_F_MULTI : 0);
	conclude(&r, perform(&r));
	netloop_turn();
}

/* --- what comes in --- */

static void
obey(struct nl_socket *s, const struct nltag_wish *w)
{
	uint64_t bit = w->arg >= 1 && w->arg <= 64 ? UINT64_C(1) << (w->arg - 1) : 0;

	switch (w->what) {
	case NLTAG_JOIN:
		s->groups |= bit;
		break;
	case NLTAG_LEAVE:
		s->groups &= ~bit;
		break;
	case NLTAG_GROUPS:
		s->groups = (s->groups & ~(uint64_t)UINT32_MAX) | w->arg;
		break;
	case NLTAG_TEXT:
		s->wants_text = w->arg != 0;
		break;
	case NLTAG_PORT:
		s->port = w->arg;
		break;
	}
}

/* libmnl's own loop takes a length of 2^31 or more for a negative one, which fits everywhere. */
static bool
is_message(const struct nlmsghdr *h, size_t left)
{
	return left >= sizeof *h && h->nlmsg_len >= sizeof *h && h->nlmsg_len <= left;
}

static void
take_packet(struct nl_socket *s, const void *data, size_t len)
{
	const struct nlmsghdr *h;
	struct nltag_wish wish;

	if (len == sizeof wish) {
		memcpy(&wish, data, sizeof wish);
		obey(s, &wish);
		return;
	}
	for (size_t at = 0; at < len; at += MNL_ALIGN(h->nlmsg_len)) {
		h = (const struct nlmsghdr *)((const char *)data + at);
		if (!is_message(h, len - at))
			return;
		serve(s, h);
	}
}

static void
end_socket(struct nl_socket *s)
{
	netloop_unwatch(&s->watch);
	nl_drop_queued(s);
	LIST_REMOVE(s, all);
	close(s->watch.fd);
	free(s);
}

static void
ready(struct netwatch *w, uint32_t events)
{
	static char data[REQUEST_MAX] __attribute__((aligned(8)));
	struct nl_socket *s = (struct nl_socket *)w;
	ssize_t n;

	if ((events & EPOLLOUT) != 0)
		nl_send_queued(s);
	for (int i = 0; i < PACKETS_MAX; i++) {
		n = recv(s->watch.fd, data, sizeof data, MSG_DONTWAIT);
		if (n <= 0)
			break;
		take_packet(s, data, (size_t)n);
	}
	if (n > 0)
		return;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end_socket(s);
}

/* --- news --- */

static uint32_t
group_of(const struct netevent *e)
{
	switch (e->kind) {
	case NETEVENT_LINK:
	case NETEVENT_LINK_GONE:
		return RTNLGRP_LINK;
	case NETEVENT_ADDR:
	case NETEVENT_ADDR_GONE:
		return inaddr_is_v4(&e->addr->ip) ? RTNLGRP_IPV4_IFADDR : RTNLGRP_IPV6_IFADDR;
	case NETEVENT_ROUTE:
	case NETEVENT_ROUTE_GONE:
		return inaddr_is_v4(&e->route->dest) ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE;
	case NETEVENT_LOCAL:
	case NETEVENT_LOCAL_GONE:
		return inaddr_is_v4(&e->local->dest) ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE;
	case NETEVENT_NEIGH:
	case NETEVENT_NEIGH_GONE:
		return RTNLGRP_NEIGH;
	case NETEVENT_RULE:
	case NETEVENT_RULE_GONE:
		return e->rule->v4 ? RTNLGRP_IPV4_RULE : RTNLGRP_IPV6_RULE;
	}
	return 0;
}

static void
put_event(struct nl_out *o, const struct netevent *e)
{
	switch (e->kind) {
	case NETEVENT_LINK:
		nl_put_link(o, RTM_NEWLINK, e->ifp);
		break;
	case NETEVENT_LINK_GONE:
		nl_put_link(o, RTM_DELLINK, e->ifp);
		break;
	case NETEVENT_ADDR:
		nl_put_addr(o, RTM_NEWADDR, e->addr);
		break;
	case NETEVENT_ADDR_GONE:
		nl_put_addr(o, RTM_DELADDR, e->addr);
		break;
	case NETEVENT_ROUTE:
		nl_put_route(o, RTM_NEWROUTE, e->route);
		break;
	case NETEVENT_ROUTE_GONE:
		nl_put_route(o, RTM_DELROUTE, e->route);
		break;
	case NETEVENT_LOCAL:
		nl_put_local(o, RTM_NEWROUTE, e->local);
		break;
	case NETEVENT_LOCAL_GONE:
		nl_put_local(o, RTM_DELROUTE, e->local);
		break;
	case NETEVENT_NEIGH:
		nl_put_neigh(o, RTM_NEWNEIGH, e->neigh);
		break;
	case NETEVENT_NEIGH_GONE:
		nl_put_neigh(o, RTM_DELNEIGH, e->neigh);
		break;
	case NETEVENT_RULE:
		nl_put_rule(o, RTM_NEWRULE, e->rule);
		break;
	case NETEVENT_RULE_GONE:
		nl_put_rule(o, RTM_DELRULE, e->rule);
		break;
	}
}

/* A buffer of its own: what is told here happens while a request is served. */
static void
tell(struct netevent_watcher *w, const struct netevent *e)
{
	static struct nl_out out;
	uint64_t bit = UINT64_C(1) << (group_of(e) - 1);
	struct nl_socket *s;

	(void)w;
	LIST_FOREACH (s, &nl_sockets, all) {
		if (s->protocol != NETLINK_ROUTE || (s->groups & bit) == 0)
			continue;
		nl_out_init(&out, s, 0, 0);
		put_event(&out, e);
		nl_flush(&out);
	}
}

static struct netevent_watcher watcher = {.fn = tell};
static bool watching;

/* --- life --- */

/* The first socket of a process has its number, as on Linux; others get one that no process has. */
static uint32_t
choose_port(const struct proc *p)
{
	static uint32_t last = UINT32_C(0x80000000);
	uint32_t want = (uint32_t)(p->host_pid != 0 ? p->host_pid : p->pid);
	struct nl_socket *s;

	LIST_FOREACH (s, &nl_sockets, all)
		if (s->port == want)
			return ++last;
	return want;
}

int
netlink_open(struct lwp *l, int protocol, int *ret_fd)
{
	CLEANUP_FD int own = -1, program = -1;
	struct nl_socket *s;
	int error;

	if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG)
		return EPROTONOSUPPORT;
	error = netloop_start();
	if (error == 0)
		error = sockpair_make(BUFFER_SIZE, &own, &program);
	if (error != 0)
		return error;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return ENOMEM;
	s->watch = (struct netwatch){.fd = own, .ready = ready};
	s->protocol = protocol;
	s->port = choose_port(l->proc);
	s->uid = l->proc->cred.euid;
	s->admin = cred_is_admin(&l->proc->cred);
	STAILQ_INIT(&s->packets);
	nltag_set(program, &(struct nltag){.protocol = protocol, .port = s->port});
	error = netloop_watch(&s->watch, EPOLLIN);
	if (error != 0) {
		free(s);
		return error;
	}
	take_fd(&own);
	LIST_INSERT_HEAD(&nl_sockets, s, all);
	if (!watching)
		netevent_watch(&watcher);
	watching = true;
	*ret_fd = take_fd(&program);
	return 0;
}

void
netlink_fini(void)
{
	while (!LIST_EMPTY(&nl_sockets))
		end_socket(LIST_FIRST(&nl_sockets));
	if (watching)
		netevent_unwatch(&watcher);
	watching = false;
}
