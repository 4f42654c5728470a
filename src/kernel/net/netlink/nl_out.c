/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages on their way out.  They are collected in packets, as readers of dumps expect; packets
 * for which the host has no room wait here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "net/netlink/nl_priv.h"

#define QUEUED_MAX (4u << 20) /* a reader that is further behind loses what is new */

static void
watch_for(struct nl_socket *s, bool room)
{
	netloop_unwatch(&s->watch);
	netloop_watch(&s->watch, room ? EPOLLIN | EPOLLOUT : EPOLLIN);
	s->waiting = room;
}

static void
queue(struct nl_socket *s, const void *data, size_t len)
{
	struct nl_packet *p;

	if (s->queued + len > QUEUED_MAX)
		return;
	p = malloc(sizeof *p + len);
	if (p == NULL)
		return;
	p->len = len;
	memcpy(p->data, data, len);
	STAILQ_INSERT_TAIL(&s->packets, p, link);
	s->queued += len;
	if (!s->waiting)
		watch_for(s, true);
}

void
nl_send(struct nl_socket *s, const void *data, size_t len)
{
	if (!STAILQ_EMPTY(&s->packets) ||
	    (send(s->watch.fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EAGAIN))
		queue(s, data, len);
}

static void
drop_first(struct nl_socket *s)
{
	struct nl_packet *p = STAILQ_FIRST(&s->packets);

	STAILQ_REMOVE_HEAD(&s->packets, link);
	s->queued -= p->len;
	free(p);
}

void
nl_send_queued(struct nl_socket *s)
{
	struct nl_packet *p;

	while ((p = STAILQ_FIRST(&s->packets)) != NULL) {
		if (send(s->watch.fd, p->data, p->len, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 &&
		    errno == EAGAIN)
			return;
		drop_first(s);
	}
	if (s->waiting)
		watch_for(s, false);
}

void
nl_drop_queued(struct nl_socket *s)
{
	while (!STAILQ_EMPTY(&s->packets))
		drop_first(s);
}

void
nl_out_init(struct nl_out *o, struct nl_socket *to, uint32_t seq, uint16_t flags)
{
	o->to = to;
	o->seq = seq;
	o->flags = flags;
	o->len = 0;
	o->message = NULL;
}

void *
nl_begin(struct nl_out *o, uint16_t type, size_t size)
{
	if (o->len + NL_MESSAGE_MAX > sizeof o->data)
		nl_flush(o);
	o->message = mnl_nlmsg_put_header(o->data + o->len);
	o->message->nlmsg_type = type;
	o->message->nlmsg_flags = o->flags;
	o->message->nlmsg_seq = o->seq;
	o->message->nlmsg_pid = o->to->port;
	return mnl_nlmsg_put_extra_header(o->message, size);
}

void
nl_end(struct nl_out *o)
{
	o->len += MNL_ALIGN(o->message->nlmsg_len);
	o->message = NULL;
}

void
nl_flush(struct nl_out *o)
{
	if (o->len != 0)
		nl_send(o->to, o->data, o->len);
	o->len = 0;
}
