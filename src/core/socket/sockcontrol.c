/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control data: for TCP only checked, for UDP IP_PKTINFO and its relatives, in the layout and order
 * of Linux.
 */
#include "socket/sockudp.h"

#include <netinet/in.h>

/* --- to be sent --- */

static int
take_int(const struct cmsghdr *c, int min, int max, int *ret)
{
	int value;

	if (c->cmsg_len != CMSG_LEN(sizeof value))
		return EINVAL;
	memcpy(&value, CMSG_DATA(c), sizeof value);
	if (value < min || value > max)
		return EINVAL;
	*ret = value;
	return 0;
}

static int
take_tos(const struct cmsghdr *c, int *ret)
{
	if (c->cmsg_len == CMSG_LEN(1)) {
		*ret = *CMSG_DATA(c);
		return 0;
	}
	return take_int(c, 0, 255, ret);
}

static void
take_src(struct udp_control *ret, const struct inaddr *a)
{
	ret->src = *a;
	ret->has_src = !inaddr_is_any(a);
}

static int
take_v4(const struct cmsghdr *c, struct udp_control *ret)
{
	struct in_pktinfo info;
	struct inaddr a;

	switch (c->cmsg_type) {
	case IP_PKTINFO:
		if (c->cmsg_len != CMSG_LEN(sizeof info))
			return EINVAL;
		memcpy(&info, CMSG_DATA(c), sizeof info);
		a = inaddr_v4(ntohl(info.ipi_spec_dst.s_addr), 0);
		ret->index = (uint32_t)info.ipi_ifindex;
		take_src(ret, &a);
		return 0;
	case IP_TTL:
		return take_int(c, 1, 255, &ret->ttl);
	case IP_TOS:
		return take_tos(c, &ret->tos);
	case IP_RETOPTS:
		return c->cmsg_len == CMSG_LEN(0) ? 0 : EINVAL;
	default:
		return EINVAL;
	}
}

static int
take_pktinfo6(const struct cmsghdr *c, bool dest_v4, struct udp_control *ret)
{
	struct in6_pktinfo info;
	struct inaddr a = {.port = 0};

	if (c->cmsg_len < CMSG_LEN(sizeof info))
		return EINVAL;
	memcpy(&info, CMSG_DATA(c), sizeof info);
	memcpy(a.ip, &info.ipi6_addr, sizeof a.ip);
	if (dest_v4 && !inaddr_is_v4(&a))
		return EINVAL;
	ret->index = info.ipi6_ifindex;
	a = inaddr_on_link(&a, info.ipi6_ifindex);
	take_src(ret, &a);
	return 0;
}

static int
take_v6(const struct cmsghdr *c, struct udp_control *ret)
{
	int ignored;

	switch (c->cmsg_type) {
	case IPV6_PKTINFO:
	case IPV6_2292PKTINFO:
		return take_pktinfo6(c, false, ret);
	case IPV6_HOPLIMIT:
	case IPV6_2292HOPLIMIT:
		return take_int(c, -1, 255, &ret->ttl);
	case IPV6_TCLASS:
		return take_int(c, -1, 255, &ret->tos);
	case IPV6_DONTFRAG:
		return take_int(c, 0, 1, &ignored);
	default:
		return EINVAL;
	}
}

/* What AF_UNIX passes is for nobody here, but not wrong. */
static int
take_socket(const struct cmsghdr *c)
{
	return c->cmsg_type == SCM_RIGHTS || c->cmsg_type == SCM_CREDENTIALS ? 0 : EINVAL;
}

typedef int take_fn(const struct cmsghdr *c, void *arg);

static int
take_each(const struct msghdr *msg, take_fn *take, void *arg)
{
	struct msghdr m = *msg;
	struct cmsghdr *c;
	int error = 0;

	if (m.msg_control == NULL)
		return 0;
	for (c = CMSG_FIRSTHDR(&m); c != NULL && error == 0; c = CMSG_NXTHDR(&m, c)) {
		size_t at = (size_t)((char *)c - (char *)m.msg_control);

		if (c->cmsg_len < sizeof *c || c->cmsg_len > m.msg_controllen - at)
			return EINVAL;
		error = take(c, arg);
	}
	return error;
}

struct taking {
	bool inet6, dest_v4;
	struct udp_control *ret;
};

static int
take_for_udp(const struct cmsghdr *c, void *arg)
{
	const struct taking *to = arg;

	switch (c->cmsg_level) {
	case SOL_SOCKET:
		return take_socket(c);
	case IPPROTO_IP:
		return to->dest_v4 ? take_v4(c, to->ret) : 0;
	case IPPROTO_IPV6:
		if (!to->dest_v4)
			return take_v6(c, to->ret);
		return to->inet6 && c->cmsg_type == IPV6_PKTINFO ? take_pktinfo6(c, true, to->ret)
								 : 0;
	default:
		return 0;
	}
}

int
udp_control_take(const struct msghdr *msg, bool inet6, bool dest_v4, struct udp_control *ret)
{
	struct taking to = {.inet6 = inet6, .dest_v4 = dest_v4, .ret = ret};

	*ret = (struct udp_control){.ttl = -1, .tos = -1};
	return take_each(msg, take_for_udp, &to);
}

static int
take_for_tcp(const struct cmsghdr *c, void *arg)
{
	(void)arg;
	return c->cmsg_level == SOL_SOCKET ? take_socket(c) : 0;
}

int
sockctl_check_control(const struct msghdr *msg)
{
	return take_each(msg, take_for_tcp, NULL);
}

/* --- received --- */

void
control_put(struct msghdr *m, size_t *used, int level, int type, const void *data, size_t len)
{
	size_t room = m->msg_controllen - *used, have = CMSG_LEN(len), space = CMSG_SPACE(len);
	struct cmsghdr c = {.cmsg_level = level, .cmsg_type = type};
	char *at = (char *)m->msg_control + *used;

	if (m->msg_control == NULL || room < sizeof c) {
		m->msg_flags |= MSG_CTRUNC;
		return;
	}
	if (room < have) {
		m->msg_flags |= MSG_CTRUNC;
		have = room;
	}
	c.cmsg_len = have;
	memcpy(at, &c, sizeof c);
	memcpy(at + sizeof c, data, have - sizeof c);
	*used += space < room ? space : room;
}

static void
put_v4(struct msghdr *m, size_t *used, uint32_t flags, const struct envelope *e)
{
	struct in_addr dest = {htonl(inaddr_v4_of(&e->dest))};
	struct in_pktinfo info = {
	    .ipi_ifindex = (int)e->index, .ipi_spec_dst = dest, .ipi_addr = dest};
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_port = htons(e->dest.port), .sin_addr = dest};
	int ttl = e->ttl;

	if (flags & SOCKTAG_PKTINFO)
		control_put(m, used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	if (flags & SOCKTAG_RECVTTL)
		control_put(m, used, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
	if (flags & SOCKTAG_RECVTOS)
		control_put(m, used, IPPROTO_IP, IP_TOS, &e->tos, sizeof e->tos);
	if (flags & SOCKTAG_ORIGDST)
		control_put(m, used, IPPROTO_IP, IP_ORIGDSTADDR, &in, sizeof in);
}

void
udp_control_put(struct msghdr *m, size_t *used, const struct socktag *t, const struct envelope *e)
{
	const struct inaddr plain = inaddr_on_link(&e->dest, 0);
	struct in6_pktinfo info = {.ipi6_ifindex = e->index};
	int hops = e->ttl, class = e->tos;

	memcpy(&info.ipi6_addr, plain.ip, sizeof plain.ip);
	if (t->inet6 && t->flags & SOCKTAG_PKTINFO6)
		control_put(m, used, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	if (inaddr_is_v4(&e->dest)) {
		put_v4(m, used, t->flags, e);
		return;
	}
	if (t->flags & SOCKTAG_HOPS6)
		control_put(m, used, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
	if (t->flags & SOCKTAG_TCLASS6)
		control_put(m, used, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
	if (t->flags & SOCKTAG_OLDHOPS6)
		control_put(m, used, IPPROTO_IPV6, IPV6_2292HOPLIMIT, &hops, sizeof hops);
}
