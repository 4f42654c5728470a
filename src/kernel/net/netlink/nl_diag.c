/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, for `ss`. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "net/netlink/nl_priv.h"
#include "net/socklist.h"

struct dump {
	struct nl_out *out;
	int family;
	uint32_t states; /* bit n: those in state n */
};

static void
put_ip(uint32_t to[4], const struct inaddr *ip, int family)
{
	if (family == AF_INET)
		memcpy(to, ip->ip + 12, 4);
	else
		memcpy(to, ip->ip, 16);
}

static void
put(void *arg, const struct socklist_entry *e)
{
	const struct dump *d = arg;
	struct inet_diag_msg *m;

	if ((d->states >> e->state & 1) == 0)
		return;
	m = nl_begin(d->out, SOCK_DIAG_BY_FAMILY, sizeof *m);
	m->idiag_family = (uint8_t)d->family;
	m->idiag_state = e->state;
	m->id.idiag_sport = htons(e->own.port);
	m->id.idiag_dport = htons(e->peer.port);
	put_ip(m->id.idiag_src, &e->own, d->family);
	put_ip(m->id.idiag_dst, &e->peer, d->family);
	m->id.idiag_cookie[0] = (uint32_t)e->id;
	m->id.idiag_cookie[1] = (uint32_t)(e->id >> 32);
	m->idiag_inode = (uint32_t)e->id;
	nl_end(d->out);
}

int
nl_dump_sockets(struct nl_request *r)
{
	const struct inet_diag_req_v2 *q = nl_payload(r->h, sizeof *q);
	const struct sock_diag_req *any = nl_payload(r->h, sizeof *any);
	struct dump d = {.out = r->out};

	if (any == NULL)
		return EINVAL;
	/* Sockets of other families are the host's, and not shown here. */
	if (any->sdiag_family != AF_INET && any->sdiag_family != AF_INET6)
		return 0;
	if (q == NULL)
		return EINVAL;
	d.family = q->sdiag_family;
	d.states = q->idiag_states;
	return socklist_each(d.family, q->sdiag_protocol, put, &d);
}
