/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, for `ss`. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "net/netlink/nl_priv.h"
#include "net/socklist.h"

struct dump {
	struct nl_out *out;
	int family;
	uint32_t states; /* bit n: those in state n */
	uint32_t show;   /* UDIAG_SHOW_* */
};

/* --- Internet sockets --- */

static void
put_ip(uint32_t to[4], const struct inaddr *ip, int family)
{
	struct inaddr plain = inaddr_on_link(ip, 0);

	if (family == AF_INET)
		memcpy(to, plain.ip + 12, 4);
	else
		memcpy(to, plain.ip, 16);
}

static void
put_inet(void *arg, const struct socklist_entry *e)
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
	m->id.idiag_if = inaddr_link(&e->own);
	put_ip(m->id.idiag_src, &e->own, d->family);
	put_ip(m->id.idiag_dst, &e->peer, d->family);
	m->id.idiag_cookie[0] = (uint32_t)e->inode;
	m->id.idiag_cookie[1] = (uint32_t)(e->inode >> 32);
	m->idiag_rqueue = e->rqueue;
	m->idiag_wqueue = e->wqueue;
	m->idiag_uid = e->uid;
	m->idiag_inode = (uint32_t)e->inode;
	nl_end(d->out);
}

static int
dump_inet(struct nl_request *r, struct dump *d)
{
	const struct inet_diag_req_v2 *q = nl_payload(r->h, sizeof *q);

	if (q == NULL)
		return EINVAL;
	d->family = q->sdiag_family;
	d->states = q->idiag_states;
	return socklist_each(d->family, q->sdiag_protocol, put_inet, d);
}

/* --- AF_UNIX --- */

static void
put_local(void *arg, const struct socklist_local *e)
{
	const size_t path = offsetof(struct sockaddr_un, sun_path);
	const struct unix_diag_rqlen queues = {
	    .udiag_rqueue = e->rqueue, .udiag_wqueue = e->wqueue};
	const struct dump *d = arg;
	struct unix_diag_msg *m;

	if ((d->states >> e->state & 1) == 0)
		return;
	m = nl_begin(d->out, SOCK_DIAG_BY_FAMILY, sizeof *m);
	m->udiag_family = AF_UNIX;
	m->udiag_type = e->type;
	m->udiag_state = e->state;
	m->udiag_ino = (uint32_t)e->inode;
	m->udiag_cookie[0] = (uint32_t)e->inode;
	if ((d->show & UDIAG_SHOW_NAME) != 0 && e->name != NULL && e->len > path)
		mnl_attr_put(d->out->message, UNIX_DIAG_NAME, e->len - path, e->name->sun_path);
	if ((d->show & UDIAG_SHOW_PEER) != 0 && e->peer != 0)
		mnl_attr_put_u32(d->out->message, UNIX_DIAG_PEER, (uint32_t)e->peer);
	if ((d->show & UDIAG_SHOW_RQLEN) != 0)
		mnl_attr_put(d->out->message, UNIX_DIAG_RQLEN, sizeof queues, &queues);
	if ((d->show & UDIAG_SHOW_UID) != 0)
		mnl_attr_put_u32(d->out->message, UNIX_DIAG_UID, e->uid);
	mnl_attr_put_u8(d->out->message, UNIX_DIAG_SHUTDOWN, 0);
	nl_end(d->out);
}

static int
dump_local(struct nl_request *r, struct dump *d)
{
	const struct unix_diag_req *q = nl_payload(r->h, sizeof *q);

	if (q == NULL)
		return EINVAL;
	d->states = q->udiag_states;
	d->show = q->udiag_show;
	return socklist_each_local(put_local, d);
}

int
nl_dump_sockets(struct nl_request *r)
{
	const struct sock_diag_req *any = nl_payload(r->h, sizeof *any);
	struct dump d = {.out = r->out};

	if (any == NULL)
		return EINVAL;
	switch (any->sdiag_family) {
	case AF_INET:
	case AF_INET6:
		return dump_inet(r, &d);
	case AF_UNIX:
		return dump_local(r, &d);
	default: /* sockets of other families are the host's, and not shown here */
		return 0;
	}
}
