/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large frames (large.h) of connections.
 *
 * A connection with a neighbour behind an interface that sends large frames writes its bytes to
 * lwIP in segments of many times pcb->mss, which stays what it is for everything else that lwIP
 * computes with it.  A large segment that does not fit the windows as they have become is cut in
 * two where it would stand in the way for ever: at the head of an empty line.
 */
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>

#include "net/ifnet.h"
#include "net/large.h"
#include "net/rtable.h"
#include "net/stack/lwip_own.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

static unsigned
headers_of(const struct conn *c)
{
	return TCP_HLEN + (IP_IS_V4(&c->pcb.remote_ip) ? IP_HLEN : IP6_HLEN);
}

static uint16_t
in_whole_segments(const struct conn *c, uint32_t len)
{
	return (uint16_t)(len - len % c->pcb.mss);
}

static bool
goes_large(const struct conn *c)
{
	struct inaddr dest = ip_to_inaddr(&c->pcb.remote_ip, 0);
	struct rtable_hop hop;

	return rtable_lookup(&dest, NULL, &hop) == 0 && !hop.local && hop.ifp != NULL &&
	       ifnet_sends_large(hop.ifp) && inaddr_same_ip(&hop.gateway, &dest);
}

uint16_t
conn_write_size(const struct conn *c, size_t len)
{
	uint16_t mss = c->pcb.mss, most;

	if (len <= mss || !goes_large(c))
		return mss;
	most = in_whole_segments(c, LWIP_MIN(c->pcb.cwnd, LARGE_PAYLOAD_MAX));
	/* lwIP takes memory for all of it. */
	len = LWIP_MIN(len + mss - 1, LARGE_PAYLOAD_MAX);
	return LWIP_MAX(mss, LWIP_MIN(most, in_whole_segments(c, (uint32_t)len)));
}

uint16_t
conn_read_size(const struct conn *c)
{
	return LWIP_MAX(in_whole_segments(c, LARGE_PAYLOAD_MAX), c->pcb.mss);
}

void
conn_fit(struct conn *c)
{
	struct tcp_pcb *pcb = &c->pcb;
	uint32_t window = LWIP_MIN(pcb->snd_wnd, pcb->cwnd);
	uint16_t mss = pcb->mss, most;

	if (pcb->unsent == NULL || pcb->unacked != NULL ||
	    pcb->unsent->len <= LWIP_MAX(mss, window) || window < mss)
		return;
	most = in_whole_segments(c, LWIP_MIN(window, LARGE_PAYLOAD_MAX));
	pcb->mss = most; /* lwIP wants no larger ones */
	conn_split(c, most);
	pcb->mss = mss;
}

unsigned
conn_segments(const struct conn *c, size_t packet_len)
{
	unsigned headers = headers_of(c);

	return packet_len <= headers + c->pcb.mss
		   ? 1
		   : (unsigned)(packet_len - headers + c->pcb.mss - 1) / c->pcb.mss;
}

unsigned
conn_segment_on(const struct conn *c, unsigned mtu)
{
	unsigned most = mtu - headers_of(c);

	return c->pcb.mss < most ? c->pcb.mss : most;
}

/* --- lwIP would break them up, to IP's fragments --- */

static bool
is_large(const struct pbuf *p)
{
	const struct conn *c = conn_sending();

	return c != NULL && conn_segments(c, p->tot_len) > 1;
}

FOR_LWIP err_t
ip4_frag(struct pbuf *p, struct netif *n, const ip4_addr_t *dest)
{
	return is_large(p) ? n->output(n, p, dest) : lwip_own.ip4_frag(p, n, dest);
}

FOR_LWIP err_t
ip6_frag(struct pbuf *p, struct netif *n, const ip6_addr_t *dest)
{
	return is_large(p) ? n->output_ip6(n, p, dest) : lwip_own.ip6_frag(p, n, dest);
}
