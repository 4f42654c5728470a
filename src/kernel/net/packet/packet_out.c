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

/* What a packet is that begins with this byte. */
static uint16_t
protocol_by_version(uint8_t first)
{
	return first >> 4 == 4 ? ETH_P_IP : first >> 4 == 6 ? ETH_P_IPV6 : 0;
}

/* The header before what a program without the link's header sends. */
static int
wrap(const struct packet_socket *s, const struct ifnet *ifp, const struct sockaddr_ll *to,
    uint8_t first, uint8_t frame[ETHER_HEADER])
{
	uint16_t protocol = s->protocol;

	if (to != NULL && to->sll_protocol != 0)
		protocol = ntohs(to->sll_protocol);
	if (ifp->hidden != 0 && (protocol == 0 || protocol == ETH_P_ALL))
		protocol = protocol_by_version(first);
	protocol = htons(protocol);
	memset(frame, 0, 2 * ETH_ALEN);
	memcpy(frame + 2 * ETH_ALEN, &protocol, sizeof protocol);
	if (ifp->hidden != 0)
		return 0;
	if (to == NULL || to->sll_halen < ETH_ALEN)
		return EINVAL;
	memcpy(frame, to->sll_addr, ETH_ALEN);
	memcpy(frame + ETH_ALEN, ifp->mac, ETH_ALEN);
	return 0;
}

int
packet_send(struct packet_socket *s, const struct sockaddr_ll *to, const uint8_t *bytes, size_t len)
{
	static uint8_t frame[PKT_SEND_MAX];
	struct ifnet *ifp = ifnet_by_index(to != NULL ? to->sll_ifindex : s->index);
	size_t header;
	int error = 0;

	if (to != NULL && to->sll_family != AF_PACKET)
		return EINVAL;
	if (ifp == NULL || ifp->ops == NULL || ifp->ops->output == NULL)
		return ENXIO;
	if (!ifnet_is_up(ifp))
		return ENETDOWN;
	header = s->cooked ? ETHER_HEADER : ifp->hidden;
	if (len + header > ifp->mtu + ETHER_HEADER || len + header > sizeof frame)
		return EMSGSIZE;
	if (len + header < ETHER_HEADER)
		return EINVAL;
	if (header > 0) {
		error = wrap(s, ifp, to, len > 0 ? bytes[0] : 0, frame);
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
