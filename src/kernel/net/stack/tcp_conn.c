/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of connections.
 *
 * lwIP finds the pcb of a packet by walking through a list.  That list is kept empty: a pcb that
 * lwIP puts there is taken into the table at once, and for the time of a packet the one that it
 * belongs to is the only one on the list.  What else lwIP does with the list is its timers, which
 * are ours (tcp_timer.c).
 *
 * A pcb comes from tcp_alloc and goes by tcp_free, both ours, so a connection is exactly as long in
 * the table as lwIP has it.
 */
#include "net/stack/tcp_conn.h"

#include <errno.h>
#include <lwip/ip.h>
#include <stdlib.h>
#include <sys/random.h>

#include "net/ifnet.h"
#include "net/rtable.h"
#include "net/stack/lwip_own.h"

#define SLOTS 16384

static LIST_HEAD(, conn) all = LIST_HEAD_INITIALIZER(all);
static LIST_HEAD(conn_list, conn) table[SLOTS];
static uint32_t secret;
static struct conn *sending;
static struct conn *shown; /* to lwIP, for the packet it looks at; NULL also when it has freed it */

/* --- the table --- */

static struct conn_list *
slot(uint16_t own_port, const ip_addr_t *peer, uint16_t peer_port)
{
	uint32_t h = secret ^ ((uint32_t)own_port << 16 | peer_port);

	h ^= IP_IS_V6(peer) ? ip_2_ip6(peer)->addr[3] ^ ip_2_ip6(peer)->addr[2] * 31
			    : ip_2_ip4(peer)->addr;
	h *= UINT32_C(0x9e3779b1);
	return &table[(h ^ h >> 15) % SLOTS];
}

struct conn *
conn_find(const ip_addr_t *own, uint16_t own_port, const ip_addr_t *peer, uint16_t peer_port)
{
	struct conn *c;

	LIST_FOREACH (c, slot(own_port, peer, peer_port), same_slot)
		if (c->pcb.remote_port == peer_port && c->pcb.local_port == own_port &&
		    ip_addr_cmp_zoneless(&c->pcb.remote_ip, peer) &&
		    ip_addr_cmp_zoneless(&c->pcb.local_ip, own))
			return c;
	return NULL;
}

struct conn *
conn_first(void)
{
	return LIST_FIRST(&all);
}

static void
take_list(struct tcp_pcb **list)
{
	struct conn *c;

	while (*list != NULL) {
		c = conn_of(*list);
		*list = c->pcb.next;
		c->pcb.next = NULL;
		if (!c->in_table)
			LIST_INSERT_HEAD(
			    slot(c->pcb.local_port, &c->pcb.remote_ip, c->pcb.remote_port), c,
			    same_slot);
		c->in_table = true;
	}
}

/* What lwIP has put on its lists. */
static void
take(void)
{
	take_list(&tcp_active_pcbs);
	take_list(&tcp_tw_pcbs);
}

bool
conn_is_orphan(const struct conn *c)
{
	return c->pcb.callback_arg == NULL;
}

void
conn_peer_is(struct conn *c, const struct inaddr *peer)
{
	struct rtable_hop hop;

	c->on_lo = rtable_lookup(peer, NULL, &hop) == 0 && hop.local;
}

/* --- in place of lwIP's --- */

/* Called each time lwIP has put a pcb on a list. */
FOR_LWIP void
tcp_timer_needed(void)
{
	take();
}

FOR_LWIP struct tcp_pcb *
tcp_alloc(u8_t prio)
{
	struct tcp_pcb *model = lwip_own.tcp_alloc(prio);
	struct conn *c = model != NULL ? calloc(1, sizeof *c) : NULL;

	if (c != NULL) {
		c->pcb = *model;
		if (conn_timer_init(c) == 0) {
			LIST_INSERT_HEAD(&all, c, all);
		} else {
			free(c);
			c = NULL;
		}
	}
	if (model != NULL)
		lwip_own.tcp_free(model);
	return c != NULL ? &c->pcb : NULL;
}

FOR_LWIP void
tcp_free(struct tcp_pcb *pcb)
{
	struct conn *c = conn_of(pcb);

	if (shown == c)
		shown = NULL;
	if (c->in_table)
		LIST_REMOVE(c, same_slot);
	LIST_REMOVE(c, all);
	due_remove(&c->due);
	free(c);
}

FOR_LWIP err_t
tcp_output(struct tcp_pcb *pcb)
{
	struct conn *c = conn_of(pcb);
	err_t err;

	if (tcp_input_pcb == pcb)
		return ERR_OK; /* once the packet that came in has been dealt with */
	if (!c->established && pcb->state >= ESTABLISHED)
		conn_establish(c);
	if (c->mute)
		tcp_clear_flags(pcb, TF_ACK_NOW);
	conn_fit(c);
	sending = c;
	if (c->on_lo)
		tcp_bind_netif(pcb, ifnet_by_index(IFNET_LO)->stack);
	err = lwip_own.tcp_output(pcb);
	tcp_bind_netif(pcb, NULL);
	sending = NULL;
	conn_sent(c);
	return err;
}

static void
show(struct conn *c)
{
	shown = c;
	if (c != NULL)
		*(c->pcb.state == TIME_WAIT ? &tcp_tw_pcbs : &tcp_active_pcbs) = &c->pcb;
}

FOR_LWIP void
tcp_input(struct pbuf *p, struct netif *inp)
{
	const ip_addr_t *own = ip_current_dest_addr(), *peer = ip_current_src_addr();
	const struct tcp_hdr *h = p->payload;
	uint16_t own_port, peer_port, segment;
	struct conn *c;

	if (p->len < TCP_HLEN) {
		lwip_own.tcp_input(p, inp);
		return;
	}
	own_port = lwip_ntohs(h->dest);
	peer_port = lwip_ntohs(h->src);
	segment = conn_syn_segment(p);
	c = conn_find(own, own_port, peer, peer_port);
	if (conn_refuses(c, p)) {
		pbuf_free(p);
		return;
	}
	show(c);
	if (shown != NULL) {
		conn_hears(shown, ip_current_header_tot_len() + p->tot_len);
		shown->mute = conn_asks_nothing(shown, p);
		if (segment != 0)
			shown->peer_segment = segment;
	}
	conn_answering(h);
	lwip_own.tcp_input(p, inp);
	conn_answering(NULL);
	take();
	if (shown != NULL) {
		shown->mute = false;
		conn_heard(shown);
	}
	shown = NULL;
	if (c == NULL && segment != 0 && (c = conn_find(own, own_port, peer, peer_port)) != NULL)
		c->peer_segment = segment;
}

struct conn *
conn_sending(void)
{
	return sending;
}

void
conn_end(struct conn *c, bool tell_peer, err_t why)
{
	struct tcp_pcb *pcb = &c->pcb;
	tcp_err_fn fn = pcb->errf;
	void *arg = pcb->callback_arg;

	tcp_err(pcb, NULL);
	tcp_abandon(pcb, tell_peer);
	if (fn != NULL)
		fn(arg, why);
}

/* --- start and end --- */

int
conn_init(void)
{
	struct tcp_pcb *pcb;
	bool ours;

	if (lwip_own_init() != 0)
		return ENOSYS;
	if (getrandom(&secret, sizeof secret, 0) != sizeof secret)
		return EIO;
	pcb = tcp_new();
	if (pcb == NULL)
		return ENOMEM;
	ours = pcb == &conn_first()->pcb;
	tcp_abort(pcb);
	return ours ? 0 : ENOSYS;
}

void
conn_fini(void)
{
	while (conn_first() != NULL)
		tcp_abandon(&conn_first()->pcb, 0);
}
