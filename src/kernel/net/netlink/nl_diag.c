/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, for `ss`: those with an address, and connections between them. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "net/netlink/nl_priv.h"
#include "socket/deleg.h"

struct dump {
	struct nl_out *out;
	int family, protocol;
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
put(const struct dump *d, uint8_t state, const struct inaddr *own, const struct inaddr *peer,
    uint64_t seq)
{
	struct inet_diag_msg *m;

	if ((d->states >> state & 1) == 0)
		return;
	m = nl_begin(d->out, SOCK_DIAG_BY_FAMILY, sizeof *m);
	m->idiag_family = (uint8_t)d->family;
	m->idiag_state = state;
	m->id.idiag_sport = htons(own->port);
	put_ip(m->id.idiag_src, own, d->family);
	if (peer != NULL) {
		m->id.idiag_dport = htons(peer->port);
		put_ip(m->id.idiag_dst, peer, d->family);
	}
	m->id.idiag_cookie[0] = (uint32_t)seq;
	m->id.idiag_cookie[1] = (uint32_t)(seq >> 32);
	m->idiag_inode = (uint32_t)seq;
	nl_end(d->out);
}

/* Is it a socket of the family and protocol that are asked for? */
static bool
is_wanted(const struct dump *d, const struct bound *b)
{
	bool inet6 = (b->flags & DELEG_INET6) != 0, dgram = (b->flags & DELEG_DGRAM) != 0;
	bool lite = (b->flags & DELEG_UDPLITE) != 0;

	if (inet6 != (d->family == AF_INET6))
		return false;
	switch (d->protocol) {
	case IPPROTO_TCP:
		return !dgram;
	case IPPROTO_UDP:
		return dgram && !lite;
	case IPPROTO_UDPLITE:
		return dgram && lite;
	default:
		return false;
	}
}

static void
put_bound(const struct dump *d)
{
	struct bound *b;

	bound_sweep();
	LIST_FOREACH (b, &bound_all, all) {
		if (!is_wanted(d, b) || b->life != BOUND_OPEN)
			continue;
		if (b->connected)
			put(d, TCP_ESTABLISHED, &b->local, &b->dest, b->seq);
		else
			put(d, b->listening ? TCP_LISTEN : TCP_CLOSE, &b->own, NULL, b->seq);
	}
}

/* Both ends of a connection that is the host's alone. */
static void
put_connector(void *arg, const struct sockname *n, bool connected)
{
	const struct dump *d = arg;

	if (n->kind != SOCKNAME_CONNECTOR || !connected ||
	    (d->family == AF_INET) != inaddr_is_v4(&n->dest))
		return;
	put(d, TCP_ESTABLISHED, &n->own, &n->dest, n->seq);
	put(d, TCP_ESTABLISHED, &n->dest, &n->own, n->seq);
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
	d.protocol = q->sdiag_protocol;
	d.states = q->idiag_states;
	put_bound(&d);
	return d.protocol == IPPROTO_TCP ? hostnames_scan(put_connector, &d) : 0;
}
