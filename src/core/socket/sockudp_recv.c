/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving a datagram: the host's recvmsg with memory of our own for address and control data,
 * from which the program gets the sender's address and the control data that it asked for.
 */
#include "socket/sockudp.h"

void
sockctl_recv_begin(struct sockctl_in *in, const struct msghdr *msg, struct msghdr *m)
{
	*m = *msg;
	in->from.ss_family = AF_UNSPEC;
	m->msg_name = &in->from;
	m->msg_namelen = sizeof in->from;
	m->msg_control = in->control;
	m->msg_controllen = sizeof in->control;
}

/* The envelope, if one came; what else the host gave goes on to the program. */
static bool
unpack(const struct msghdr *m, struct msghdr *msg, size_t *used, struct envelope *ret)
{
	struct msghdr given = *m;
	struct cmsghdr *c;
	bool found = false;

	for (c = CMSG_FIRSTHDR(&given); c != NULL; c = CMSG_NXTHDR(&given, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			found = envelope_detach(c, ret);
		else
			control_put(msg, used, c->cmsg_level, c->cmsg_type, CMSG_DATA(c), len);
	}
	return found;
}

int
sockctl_recv_end(int fd, const struct socktag *t, const struct sockctl_in *in,
    const struct msghdr *m, int flags, struct msghdr *msg)
{
	struct sockaddr_storage ss;
	struct sockhost sender, own;
	struct envelope e;
	size_t used = 0;
	socklen_t len;

	msg->msg_flags =
	    (m->msg_flags & ~(MSG_CTRUNC | MSG_CMSG_CLOEXEC)) | (flags & MSG_CMSG_CLOEXEC);
	if (!unpack(m, msg, &used, &e)) {
		sockhost_take(&sender, &in->from, m->msg_namelen);
		if (sockhost_name(fd, false, &own) != 0)
			own.len = 0;
		envelope_guess(&sender, &own, t->inet6, &e);
	}
	if (t->flags & SOCKTAG_TOLD)
		udp_control_put(msg, &used, t, &e);
	if (msg->msg_control != NULL)
		msg->msg_controllen = used;
	if (msg->msg_name == NULL)
		return 0;
	len = inaddr_show(&e.src, t->inet6, &ss);
	return sockaddr_give(&ss, len, msg->msg_name, &msg->msg_namelen);
}
