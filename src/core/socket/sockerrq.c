/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of datagrams, on a socket whose program asked for them (IP_RECVERR).
 *
 * The kernel keeps them, and makes the host show ECONNRESET on the socket whenever there is a
 * pending error or the queue is not empty: so poll says ERR.  Which errno that means the kernel is
 * asked.  For this the host socket is connected to one of the kernel (SOCKTAG_LINKED,
 * net/errlink.c) for good, whatever the program connects it to; nothing can be sent that way, so
 * each datagram of the program's is sent by name.
 */
#include "socket/sockudp.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "socket/sockopt.h"

int
sockctl_pending(int fd, const struct socktag *t)
{
	struct deleg_error report = {.pending = 0};

	if (!(t->flags & SOCKTAG_LINKED))
		return ECONNREFUSED;
	if (sockenv_error(fd, DELEG_ERROR_TAKE, &report) != 0)
		return ENETDOWN;
	return report.pending < 0 ? EPROTO : report.pending;
}

void
sockctl_show_errors(int fd, const struct socktag *t)
{
	struct deleg_error report = {.pending = 0};

	if (t->flags & SOCKTAG_LINKED)
		(void)sockenv_error(fd, DELEG_ERROR_SHOW, &report);
}

int
sockctl_take_pending(int fd, const struct socktag *t)
{
	int error;

	if (sockhost_int(fd, SO_ERROR) == 0)
		return 0;
	error = sockctl_pending(fd, t);
	if (error == 0)
		sockctl_show_errors(fd, t);
	return error;
}

/* As much of the datagram as an ICMP message would bring back. */
static void
quote(const struct msghdr *msg, struct deleg_error *r)
{
	size_t n;

	for (size_t i = 0; i < msg->msg_iovlen && r->len < sizeof r->bytes; i++) {
		n = msg->msg_iov[i].iov_len;
		if (n > sizeof r->bytes - r->len)
			n = sizeof r->bytes - r->len;
		if (n > 0)
			memcpy(r->bytes + r->len, msg->msg_iov[i].iov_base, n);
		r->len = (uint16_t)(r->len + n);
	}
}

void
sockctl_refused(int fd, const struct socktag *t, const struct sockhost *own,
    const struct inaddr *dest, const struct msghdr *msg)
{
	struct deleg_error report = {.dest = *dest};

	if (!(t->flags & SOCKTAG_LINKED)) {
		sockudp_refuse(fd, own);
		return;
	}
	quote(msg, &report);
	(void)sockenv_error(fd, DELEG_ERROR_REFUSED, &report);
}

/* --- the queue --- */

/* The control message: the error, and who reported it as a sockaddr of the socket's family. */
static void
put_report(struct msghdr *msg, size_t *used, const struct socktag *t, const struct deleg_error *r)
{
	struct {
		struct sock_extended_err ee;
		union {
			struct sockaddr_in in;
			struct sockaddr_in6 in6;
		} offender;
	} report = {.ee = {.ee_errno = r->code_errno,
			.ee_origin = r->origin,
			.ee_type = r->type,
			.ee_code = r->code,
			.ee_info = r->info}};
	size_t size = t->inet6 ? sizeof report.offender.in6 : sizeof report.offender.in;
	struct sockaddr_storage ss;

	if (r->origin != SO_EE_ORIGIN_LOCAL) {
		(void)inaddr_show(&r->offender, t->inet6, &ss);
		memcpy(&report.offender, &ss, size);
	}
	size += sizeof report.ee;
	if (t->inet6)
		control_put(msg, used, IPPROTO_IPV6, IPV6_RECVERR, &report, size);
	else
		control_put(msg, used, IPPROTO_IP, IP_RECVERR, &report, size);
}

/* What came back of the datagram, as far as there is room. */
static size_t
scatter(const struct deleg_error *r, struct msghdr *msg)
{
	size_t done = 0, n;

	for (size_t i = 0; i < msg->msg_iovlen && done < r->len; i++) {
		n = msg->msg_iov[i].iov_len;
		if (n > r->len - done)
			n = r->len - done;
		memcpy(msg->msg_iov[i].iov_base, r->bytes + done, n);
		done += n;
	}
	if (done < r->len)
		msg->msg_flags |= MSG_TRUNC;
	return done;
}

int
sockctl_recv_queued(int fd, const struct socktag *t, struct msghdr *msg, size_t *ret)
{
	struct deleg_error r = {.pending = 0};
	struct envelope e;
	struct sockaddr_storage ss;
	size_t used = 0;
	int error;

	if (!(t->flags & SOCKTAG_LINKED))
		return EAGAIN;
	(void)sockhost_int(fd, SO_ERROR); /* if more is left, the kernel shows it again */
	error = sockenv_error(fd, DELEG_ERROR_QUEUED, &r);
	if (error == 0 && r.len > sizeof r.bytes)
		error = EPROTO;
	if (error != 0)
		return error;
	msg->msg_flags = MSG_ERRQUEUE;
	*ret = scatter(&r, msg);
	e = (struct envelope){
	    .src = r.offender, .dest = r.own, .ttl = r.ttl, .tos = r.tos, .index = r.index};
	if (r.origin != SO_EE_ORIGIN_LOCAL && t->flags & SOCKTAG_TOLD)
		udp_control_put(msg, &used, t, &e);
	put_report(msg, &used, t, &r);
	msg->msg_controllen = used;
	if (msg->msg_name == NULL)
		return 0;
	return sockaddr_give(
	    &ss, inaddr_show(&r.dest, t->inet6, &ss), msg->msg_name, &msg->msg_namelen);
}

int
sockctl_mtu(int fd, const struct inaddr *dest, size_t size, int *ret_mtu)
{
	struct deleg_error r = {
	    .dest = *dest, .info = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size};
	int error = sockenv_error(fd, DELEG_ERROR_MTU, &r);

	*ret_mtu = (int)r.info;
	return error;
}

/* --- options that the kernel has to know --- */

bool
sockctl_forbids_fragments(int how)
{
	return how == IP_PMTUDISC_DO || how == IP_PMTUDISC_PROBE || how == IP_PMTUDISC_INTERFACE;
}

/* Of raw sockets. */
static bool
is_raw_option(const struct socktag *t, int level, int name)
{
	if (level == SOL_RAW)
		return name == (t->inet6 ? IPV6_CHECKSUM : ICMP_FILTER);
	return (level == IPPROTO_IP && name == IP_HDRINCL) ||
	       (level == IPPROTO_IPV6 && name == IPV6_CHECKSUM) ||
	       (level == IPPROTO_ICMPV6 && name == ICMP6_FILTER);
}

/* True: it is one of them. */
static bool
note_in_tag(int fd, struct socktag *t, int level, int name)
{
	bool v4 = level == IPPROTO_IP;

	if ((v4 && name == IP_RECVERR) || (level == IPPROTO_IPV6 && name == IPV6_RECVERR)) {
		socktag_switch(fd, t, SOCKTAG_ERRORS,
		    sockopt_value(fd, t, IPPROTO_IP, IP_RECVERR, 0) != 0 ||
			sockopt_value(fd, t, IPPROTO_IPV6, IPV6_RECVERR, 0) != 0);
		return true;
	}
	if ((v4 && name == IP_MTU_DISCOVER) ||
	    (level == IPPROTO_IPV6 && name == IPV6_MTU_DISCOVER)) {
		socktag_switch(fd, t, SOCKTAG_NO_FRAG,
		    sockctl_forbids_fragments(
			sockopt_value(fd, t, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT)) ||
			sockctl_forbids_fragments(sockopt_value(
			    fd, t, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_WANT)));
		return true;
	}
	return t->flags & SOCKTAG_RAW && is_raw_option(t, level, name);
}

int
sockctl_tell_option(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct sockhost own;
	int error;

	if (!t->dgram || !note_in_tag(fd, t, level, name))
		return 0;
	if (t->flags & SOCKTAG_NO_FRAG && !(t->flags & SOCKTAG_LINKED))
		sockhost_connect(fd, &nobody, sizeof nobody); /* each is looked at before it goes */
	error = sockhost_name(fd, false, &own);
	if (error != 0 || sockhost_path_len(&own) == 0)
		return error; /* the kernel hears of it when the socket is bound */
	error = sockenv_option(fd, level, name, val, len, &(int){0});
	if (error == 0 && t->flags & SOCKTAG_ERRORS)
		socktag_change(fd, t, SOCKTAG_LINKED, 0);
	return error;
}
