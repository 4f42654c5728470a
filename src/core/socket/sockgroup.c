/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options about multicast groups: the many forms in which a program names a group and an
 * interface.  The rump kernel keeps who is in which.
 */
#include "socket/sockgroup.h"

#include <netinet/in.h>

#include "socket/sockctl.h"
#include "socket/sockopt_priv.h"

static struct inaddr
v4(struct in_addr a)
{
	return inaddr_v4(ntohl(a.s_addr), 0);
}

static struct inaddr
v6(const struct in6_addr *a)
{
	struct inaddr r = {.port = 0};

	memcpy(r.ip, a, sizeof r.ip);
	return r;
}

static int
from_storage(const struct sockaddr_storage *ss, bool inet6, struct inaddr *ret)
{
	if (ss->ss_family != (inet6 ? AF_INET6 : AF_INET))
		return EINVAL;
	*ret = inaddr_from(ss);
	ret->port = 0;
	return 0;
}

/* struct ip_mreq, or ip_mreqn, which has an index behind it. */
static int
read_mreq(const void *val, socklen_t len, struct deleg_group *ask)
{
	struct ip_mreqn m = {.imr_ifindex = 0};

	if (len < sizeof(struct ip_mreq))
		return EINVAL;
	memcpy(&m, val, len < sizeof m ? sizeof(struct ip_mreq) : sizeof m);
	ask->group = v4(m.imr_multiaddr);
	ask->iface = v4(m.imr_address);
	ask->index = (uint32_t)m.imr_ifindex;
	return 0;
}

static int
read_mreq_source(const void *val, socklen_t len, struct deleg_group *ask)
{
	struct ip_mreq_source m;

	if (len < sizeof m)
		return EINVAL;
	memcpy(&m, val, sizeof m);
	ask->group = v4(m.imr_multiaddr);
	ask->iface = v4(m.imr_interface);
	ask->source = v4(m.imr_sourceaddr);
	return 0;
}

static int
read_mreq6(const void *val, socklen_t len, struct deleg_group *ask)
{
	struct ipv6_mreq m;

	if (len < sizeof m)
		return EINVAL;
	memcpy(&m, val, sizeof m);
	ask->group = v6(&m.ipv6mr_multiaddr);
	ask->index = m.ipv6mr_interface;
	return 0;
}

static int
read_group(const void *val, socklen_t len, bool inet6, struct deleg_group *ask)
{
	struct group_req g;

	if (len < sizeof g)
		return EINVAL;
	memcpy(&g, val, sizeof g);
	ask->index = g.gr_interface;
	return from_storage(&g.gr_group, inet6, &ask->group);
}

static int
read_group_source(const void *val, socklen_t len, bool inet6, struct deleg_group *ask)
{
	struct group_source_req g;
	int error;

	if (len < sizeof g)
		return EINVAL;
	memcpy(&g, val, sizeof g);
	ask->index = g.gsr_interface;
	error = from_storage(&g.gsr_group, inet6, &ask->group);
	return error != 0 ? error : from_storage(&g.gsr_source, inet6, &ask->source);
}

/* ENOPROTOOPT: it is not about membership. */
static int
read_request(int level, int name, const void *val, socklen_t len, struct deleg_group *ask)
{
	bool inet6 = level == IPPROTO_IPV6;

	*ask = (struct deleg_group){.iface = inaddr_any(true), .source = inaddr_any(!inet6)};
	switch (name) {
	case MCAST_LEAVE_GROUP:
		ask->op = DELEG_LEAVE;
		__attribute__((fallthrough));
	case MCAST_JOIN_GROUP:
		return read_group(val, len, inet6, ask);
	case MCAST_LEAVE_SOURCE_GROUP:
		ask->op = DELEG_LEAVE;
		__attribute__((fallthrough));
	case MCAST_JOIN_SOURCE_GROUP:
		return read_group_source(val, len, inet6, ask);
	default:
		break;
	}
	if (inet6) {
		ask->op = name == IPV6_LEAVE_GROUP ? DELEG_LEAVE : DELEG_JOIN;
		return name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP
			   ? read_mreq6(val, len, ask)
			   : ENOPROTOOPT;
	}
	switch (name) {
	case IP_DROP_MEMBERSHIP:
		ask->op = DELEG_LEAVE;
		__attribute__((fallthrough));
	case IP_ADD_MEMBERSHIP:
		return read_mreq(val, len, ask);
	case IP_DROP_SOURCE_MEMBERSHIP:
		ask->op = DELEG_LEAVE;
		__attribute__((fallthrough));
	case IP_ADD_SOURCE_MEMBERSHIP:
		return read_mreq_source(val, len, ask);
	default:
		return ENOPROTOOPT;
	}
}

/* --- the interface to send by --- */

/* The index of what the program named; 0 where it named nothing. */
static int
find_interface(int fd, struct deleg_group *ask, int *ret)
{
	*ret = 0;
	ask->op = DELEG_INTERFACE;
	ask->group = inaddr_any(true);
	if (ask->index == 0 && inaddr_is_any(&ask->iface))
		return 0;
	return sockenv_group(fd, ask, ret);
}

static int
set_interface4(int fd, struct socktag *t, const void *val, socklen_t len)
{
	struct deleg_group ask = {.iface = inaddr_any(true)};
	struct in_addr address;
	int index, error;

	if (len >= sizeof(struct ip_mreq)) {
		error = read_mreq(val, len, &ask);
		if (error != 0)
			return error;
	} else if (len >= sizeof address) {
		memcpy(&address, val, sizeof address);
		ask.iface = v4(address);
	} else {
		return EINVAL;
	}
	error = find_interface(fd, &ask, &index);
	if (error != 0)
		return error;
	sockopt_store(fd, t, OPTION_MULTICAST_IF, index);
	sockopt_store(fd, t, OPTION_MULTICAST_ADDR, (int)inaddr_v4_of(&ask.iface));
	return 0;
}

static int
set_interface6(int fd, struct socktag *t, const void *val, socklen_t len)
{
	struct deleg_group ask = {.iface = inaddr_any(true)};
	int index, error = optval_take(val, len, &index);

	if (error != 0)
		return error;
	ask.index = (uint32_t)index;
	error = find_interface(fd, &ask, &index);
	if (error != 0)
		return ENODEV;
	sockopt_store(fd, t, OPTION_MULTICAST_IF6, index);
	return 0;
}

/* --- the options --- */

int
sockgroup_set(int fd, struct socktag *t, int level, int name, const void *val, socklen_t len)
{
	struct deleg_group ask;
	int index, error;

	if (level == IPPROTO_IP && name == IP_MULTICAST_IF)
		return set_interface4(fd, t, val, len);
	if (level == IPPROTO_IPV6 && name == IPV6_MULTICAST_IF)
		return set_interface6(fd, t, val, len);
	error = read_request(level, name, val, len, &ask);
	if (error != 0)
		return error;
	if (!inaddr_is_multicast(&ask.group))
		return ask.op == DELEG_LEAVE ? EADDRNOTAVAIL : EINVAL;
	return sockenv_group(fd, &ask, &index);
}

int
sockgroup_get(int fd, const struct socktag *t, int level, int name, void *val, socklen_t *len)
{
	struct in_addr address;

	if (level == IPPROTO_IP && name == IP_MULTICAST_IF) {
		address.s_addr =
		    htonl((uint32_t)sockopt_stored(fd, t, OPTION_MULTICAST_ADDR, INADDR_ANY));
		return optval_give_bytes(&address, sizeof address, val, len);
	}
	if (level == IPPROTO_IPV6 && name == IPV6_MULTICAST_IF)
		return optval_give(sockopt_stored(fd, t, OPTION_MULTICAST_IF6, 0), val, len);
	return ENOPROTOOPT;
}

uint32_t
sockgroup_interface(int fd, const struct socktag *t, bool dest_v4)
{
	return (uint32_t)sockopt_stored(
	    fd, t, dest_v4 ? OPTION_MULTICAST_IF : OPTION_MULTICAST_IF6, 0);
}
