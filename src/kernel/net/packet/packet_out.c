/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames from packet sockets to the wire.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/if_ether.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/packet/packet_priv.h"

const struct packet_socket *packet_sending;

/* The frame around what a program without the link's header sends. */
static int
wrap(const struct packet_socket *s, const struct ifnet *ifp, const struct sockaddr_ll *to,
    uint8_t frame[ETHER_HEADER])
{
	uint16_t protocol = htons(s->protocol);

	if (to == NULL || to->sll_halen < ETH_ALEN)
		return EINVAL;
	if (to->sll_protocol != 0)
		protocol = to->sll_protocol;
	memcpy(frame, to->sll_addr, ETH_ALEN);
	memcpy(frame + ETH_ALEN, ifp->mac, ETH_ALEN);
	memcpy(frame + 2 * ETH_ALEN, &protocol, sizeof protocol);
	return 0;
}

int
packet_send(struct packet_socket *s, const struct sockaddr_ll *to, const uint8_t *bytes, size_t len)
{
	static uint8_t frame[PKT_SEND_MAX];
	struct ifnet *ifp = ifnet_by_index(to != NULL ? to->sll_ifindex : s->index);
	size_t header = s->cooked ? ETHER_HEADER : 0;
	int error = 0;

	if (to != NULL && to->sll_family != AF_PACKET)
		return EINVAL;
	if (ifp == NULL || ifp->ops == NULL || ifp->ops->output == NULL)
		return ENXIO;
	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	if (len + header > ifp->mtu + ETHER_HEADER || len + header > sizeof frame)
		return EMSGSIZE;
	if (!s->cooked && len < ETHER_HEADER)
		return EINVAL;
	if (s->cooked) {
		error = wrap(s, ifp, to, frame);
		memcpy(frame + header, bytes, len);
		bytes = frame;
	}
	if (error != 0)
		return error;
	packet_sending = s;
	error = ifnet_output(ifp, bytes, len + header);
	packet_sending = NULL;
	netloop_turn();
	return error;
}
