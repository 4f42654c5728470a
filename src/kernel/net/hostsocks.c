/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's AF_UNIX sockets. */
#include "net/hostsocks.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdlib.h>
#include <string.h>

#include "net/hostnames.h"

#define REPLY_MAX 65536

static struct sockname
name_of(const struct nlattr *attr)
{
	struct sockname n = {.kind = SOCKNAME_OTHER};
	struct sockhost host;
	size_t len;

	if (attr == NULL)
		return n;
	len = mnl_attr_get_payload_len(attr);
	sockhost_from(&host, mnl_attr_get_payload(attr), len);
	if (host.un.sun_path[0] != '\0')
		sockhost_from(&host, mnl_attr_get_payload(attr), sockhost_path_len(&host));
	return hostnames_is_ours(&host) ? sockname_parse(&host) : n;
}

static int
room_for_one(struct hostsocks *s)
{
	size_t room = s->room == 0 ? 256 : s->room * 2;
	struct hostsock *more;

	if (s->n < s->room)
		return 0;
	more = realloc(s->at, room * sizeof *more);
	if (more == NULL)
		return ENOMEM;
	s->at = more;
	s->room = room;
	return 0;
}

static int
take(const struct nlmsghdr *h, void *arg)
{
	const struct unix_diag_msg *m = mnl_nlmsg_get_payload(h);
	const struct nlattr *a, *name = NULL;
	struct hostsocks *s = arg;
	struct unix_diag_rqlen queues = {0};
	struct hostsock *k;

	if (room_for_one(s) != 0)
		return MNL_CB_ERROR;
	k = &s->at[s->n++];
	*k = (struct hostsock){
	    .inode = m->udiag_ino, .type = m->udiag_type, .state = m->udiag_state};
	mnl_attr_for_each(a, h, sizeof *m)
	{
		switch (mnl_attr_get_type(a)) {
		case UNIX_DIAG_NAME:
			name = a;
			break;
		case UNIX_DIAG_PEER:
			k->peer = mnl_attr_get_u32(a);
			break;
		case UNIX_DIAG_UID:
			k->uid = mnl_attr_get_u32(a);
			break;
		case UNIX_DIAG_RQLEN:
			memcpy(&queues, mnl_attr_get_payload(a), sizeof queues);
			break;
		}
	}
	k->rqueue = queues.udiag_rqueue;
	k->wqueue = queues.udiag_wqueue;
	k->name = name_of(name);
	return MNL_CB_OK;
}

static int
ask(struct mnl_socket *nl)
{
	char buf[MNL_NLMSG_HDRLEN + sizeof(struct unix_diag_req)] __attribute__((aligned(8)));
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct unix_diag_req *q;

	h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	q = mnl_nlmsg_put_extra_header(h, sizeof *q);
	q->sdiag_family = AF_UNIX;
	q->udiag_states = UINT32_MAX;
	q->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
	return mnl_socket_sendto(nl, h, h->nlmsg_len) < 0 ? errno : 0;
}

static int
collect(struct mnl_socket *nl, struct hostsocks *s)
{
	static char reply[REPLY_MAX] __attribute__((aligned(8)));
	ssize_t n;
	int more = MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl, reply, sizeof reply);
		if (n < 0)
			return errno;
		more = mnl_cb_run(reply, (size_t)n, 0, 0, take, s);
	}
	return more == MNL_CB_ERROR ? errno : 0;
}

static int
by_inode(const void *a, const void *b)
{
	const struct hostsock *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

int
hostsocks_load(struct hostsocks *s)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	int error;

	*s = (struct hostsocks){.at = NULL};
	if (nl == NULL)
		return errno;
	error = ask(nl);
	if (error == 0)
		error = collect(nl, s);
	mnl_socket_close(nl);
	if (error != 0)
		hostsocks_free(s);
	else if (s->n > 0)
		qsort(s->at, s->n, sizeof *s->at, by_inode);
	return error;
}

void
hostsocks_free(struct hostsocks *s)
{
	free(s->at);
	*s = (struct hostsocks){.at = NULL};
}

const struct hostsock *
hostsocks_by_inode(const struct hostsocks *s, uint64_t inode)
{
	const struct hostsock like = {.inode = inode};

	return s->n == 0 || inode == 0 ? NULL
				       : bsearch(&like, s->at, s->n, sizeof *s->at, by_inode);
}
