/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of packet sockets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/ifnet.h"
#include "net/packet/packet_priv.h"

/* --- memberships: what else the interface is to take in --- */

static void
hold_promisc(const struct packet_member *m, bool on)
{
	struct ifnet *ifp = m->type == PACKET_MR_PROMISC ? ifnet_by_index(m->index) : NULL;

	if (ifp != NULL)
		ifnet_hold_promisc(ifp, on);
}

static void
leave(struct packet_member *m)
{
	hold_promisc(m, false);
	LIST_REMOVE(m, all);
	free(m);
}

void
packet_leave_all(struct packet_socket *s)
{
	while (!LIST_EMPTY(&s->members))
		leave(LIST_FIRST(&s->members));
}

static int
join(struct packet_socket *s, const struct packet_mreq *r)
{
	struct packet_member *m;

	if (ifnet_by_index(r->mr_ifindex) == NULL)
		return ENODEV;
	if (r->mr_type > PACKET_MR_UNICAST)
		return EINVAL;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		return ENOBUFS;
	m->index = r->mr_ifindex;
	m->type = r->mr_type;
	LIST_INSERT_HEAD(&s->members, m, all);
	hold_promisc(m, true);
	return 0;
}

static int
membership(struct packet_socket *s, bool add, const void *val, size_t len)
{
	struct packet_mreq r;
	struct packet_member *m;

	if (len < sizeof r)
		return EINVAL;
	memcpy(&r, val, sizeof r);
	if (add)
		return join(s, &r);
	LIST_FOREACH (m, &s->members, all) {
		if (m->index == r.mr_ifindex && m->type == r.mr_type) {
			leave(m);
			break;
		}
	}
	return 0; /* Linux does not say that there was none */
}

/* --- others --- */

static int
set_device(struct packet_socket *s, const char *val, size_t len)
{
	char name[IFNET_NAME_MAX] = "";
	const struct ifnet *ifp;

	memcpy(name, val, len < sizeof name - 1 ? len : sizeof name - 1);
	ifp = ifnet_by_name(name);
	if (name[0] != '\0' && ifp == NULL)
		return ENODEV;
	s->index = name[0] == '\0' ? 0 : ifp->index;
	return 0;
}

static int
set_version(struct packet_socket *s, int version)
{
	if (version != TPACKET_V1 && version != TPACKET_V2)
		return EINVAL;
	if (s->ring.memory != NULL)
		return EBUSY;
	s->version = version;
	return 0;
}

static int
set_int(struct packet_socket *s, int name, const void *val, size_t len)
{
	int value;

	if (len < sizeof value)
		return EINVAL;
	memcpy(&value, val, sizeof value);
	switch (name) {
	case PACKET_VERSION:
		return set_version(s, value);
	case PACKET_RESERVE:
		if (value < 0 || value > UINT16_MAX)
			return EINVAL;
		if (s->ring.memory != NULL)
			return EBUSY;
		s->reserve = (unsigned)value;
		return 0;
	case PACKET_IGNORE_OUTGOING:
		if (value < 0 || value > 1)
			return EINVAL;
		s->ignore_outgoing = value != 0;
		return 0;
	case PACKET_ORIGDEV: /* there are no devices made of others */
	case PACKET_LOSS:
	case PACKET_TIMESTAMP:
	case PACKET_COPY_THRESH:
	case PACKET_QDISC_BYPASS:
		return 0;
	default:
		return ENOPROTOOPT;
	}
}

int
packet_set(struct packet_socket *s, int level, int name, const void *val, size_t len)
{
	struct tpacket_req req;

	if (level == SOL_SOCKET && name == SO_BINDTODEVICE)
		return set_device(s, val, len);
	if (level != SOL_PACKET)
		return ENOPROTOOPT;
	switch (name) {
	case PACKET_ADD_MEMBERSHIP:
	case PACKET_DROP_MEMBERSHIP:
		return membership(s, name == PACKET_ADD_MEMBERSHIP, val, len);
	case PACKET_RX_RING:
		if (len < sizeof req)
			return EINVAL;
		memcpy(&req, val, sizeof req);
		return ring_make(s, &req);
	default:
		return set_int(s, name, val, len);
	}
}

static int
get_int(const struct packet_socket *s, const struct pktoption *o, int *ret)
{
	switch (o->name) {
	case PACKET_VERSION:
		*ret = s->version;
		return 0;
	case PACKET_HDRLEN:
		*ret = o->arg == TPACKET_V1 ? (int)sizeof(struct tpacket_hdr)
					    : (int)sizeof(struct tpacket2_hdr);
		return o->arg == TPACKET_V1 || o->arg == TPACKET_V2 ? 0 : EINVAL;
	case PACKET_RESERVE:
		*ret = (int)s->reserve;
		return 0;
	case PACKET_IGNORE_OUTGOING:
		*ret = s->ignore_outgoing;
		return 0;
	case PACKET_ORIGDEV:
	case PACKET_LOSS:
	case PACKET_TIMESTAMP:
	case PACKET_QDISC_BYPASS:
		*ret = 0;
		return 0;
	default:
		return ENOPROTOOPT;
	}
}

int
packet_get(struct packet_socket *s, const struct pktoption *o, void *val, size_t *len)
{
	struct tpacket_stats stats = {.tp_packets = s->packets, .tp_drops = s->drops};
	const void *from = &stats;
	size_t size = sizeof stats;
	int value, error = 0;

	if (o->level != SOL_PACKET)
		return ENOPROTOOPT;
	if (o->name == PACKET_STATISTICS) {
		s->packets = s->drops = 0;
	} else {
		error = get_int(s, o, &value);
		from = &value;
		size = sizeof value;
	}
	if (error != 0)
		return error;
	if (*len > size)
		*len = size;
	memcpy(val, from, *len);
	return 0;
}
