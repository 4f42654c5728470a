/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames to packet sockets.  They are looked at only while there is such a socket.
 */
#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_ether.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/packet/packet_priv.h"

static uint8_t
type_of(const struct ifnet *ifp, const uint8_t *frame, bool outgoing)
{
	static const uint8_t all[ETH_ALEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (outgoing)
		return PACKET_OUTGOING;
	if (memcmp(frame, all, sizeof all) == 0)
		return PACKET_BROADCAST;
	if (frame[0] & 1)
		return PACKET_MULTICAST;
	return memcmp(frame, ifp->mac, sizeof ifp->mac) == 0 ? PACKET_HOST : PACKET_OTHERHOST;
}

/* Small numbers are the length of an old frame, of which the kind follows. */
static uint16_t
protocol_of(const uint8_t *frame)
{
	uint16_t type = (uint16_t)(frame[12] << 8 | frame[13]);

	return type >= ETH_P_802_3_MIN ? type : ETH_P_802_2;
}

static bool
wants(const struct packet_socket *s, const struct packet_frame *f)
{
	if (s->index != 0 && s->index != f->ifp->index)
		return false;
	if (f->type == PACKET_OUTGOING)
		return s->protocol == ETH_P_ALL && !s->ignore_outgoing;
	return s->protocol == ETH_P_ALL || (s->protocol != 0 && s->protocol == f->protocol);
}

static void
describe(const struct packet_socket *s, const struct packet_frame *f, size_t len, size_t snaplen,
    struct pkthead *h)
{
	*h = (struct pkthead){
	    .from = {.sll_family = AF_PACKET,
		.sll_protocol = htons(f->protocol),
		.sll_ifindex = f->ifp->index,
		.sll_hatype = (unsigned short)f->ifp->type,
		.sll_pkttype = f->type,
		.sll_halen = (unsigned char)ifnet_addr_len(f->ifp)},
	    .aux = {.tp_status = TP_STATUS_USER,
		.tp_len = (uint32_t)len,
		.tp_snaplen = (uint32_t)snaplen,
		.tp_net = s->cooked ? 0 : (uint16_t)(ETHER_HEADER - f->ifp->hidden)},
	};
	memcpy(h->from.sll_addr, f->bytes + ETH_ALEN, ETH_ALEN);
	clock_gettime(CLOCK_REALTIME, &h->when);
}

static bool
by_socket(const struct packet_socket *s, const struct pkthead *h, const uint8_t *bytes, size_t len)
{
	struct iovec iov[2] = {
	    {.iov_base = (void *)h, .iov_len = sizeof *h},
	    {.iov_base = (void *)bytes, .iov_len = len},
	};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};

	return sendmsg(s->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static void
give(struct packet_socket *s, const struct packet_frame *f)
{
	size_t skip = s->cooked ? ETHER_HEADER : f->ifp->hidden, len = f->len - skip, snaplen = len;
	const uint8_t *bytes = f->bytes + skip;
	struct pkthead h;
	uint32_t wanted;

	if (s->filter != NULL) {
		wanted = bpf_run(s->filter, f, bytes, len);
		if (wanted == 0)
			return;
		snaplen = wanted < len ? wanted : len;
	}
	describe(s, f, len, snaplen, &h);
	s->packets++;
	if (s->ring.memory != NULL ? !ring_put(s, &h, bytes, snaplen)
				   : !by_socket(s, &h, bytes, snaplen))
		s->drops++;
}

static void
on_frame(struct ifnet_tap *t, struct ifnet *ifp, const void *frame, size_t len, bool outgoing)
{
	struct packet_frame f = {.ifp = ifp, .bytes = frame, .len = len};
	struct packet_socket *s, *next;

	(void)t;
	if (len < ETHER_HEADER)
		return;
	f.protocol = protocol_of(f.bytes);
	f.type = type_of(ifp, f.bytes, outgoing);
	for (s = LIST_FIRST(&packet_all); s != NULL; s = next) {
		next = LIST_NEXT(s, all);
		if (wants(s, &f) && s != packet_sending)
			give(s, &f);
	}
}

static struct ifnet_tap tap = {.fn = on_frame, .outgoing = true};

void
packet_in_start(void)
{
	ifnet_add_tap(&tap);
}

void
packet_in_stop(void)
{
	ifnet_remove_tap(&tap);
}
