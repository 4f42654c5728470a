/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARP.
 *
 * An entry is incomplete while its neighbour is asked, three times a second apart; packets wait in
 * it.  One that has answered is good; when it has not been heard of for a while and is needed, it
 * is asked again while packets go on to it, and forgotten if it does not answer.  Neighbours that
 * nobody needs are forgotten in the end.
 */
#include "net/stack/arp.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <lwip/icmp.h>
#include <lwip/prot/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netif/ethernet.h>
#include <netinet/if_ether.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netloop.h"
#include "net/stack/stack_priv.h"

#define BUCKETS     256
#define ENTRIES_MAX 4096
#define ASK_MAX     3
#define ASK_MS      1000
#define GOOD_MS     30000   /* then asked again when it is needed */
#define UNUSED_MS   3600000 /* then forgotten */
#define QUEUE_MAX   64

struct entry {
	LIST_ENTRY(entry) same;
	struct ifnet *ifp;
	struct inaddr ip;
	struct eth_addr mac;
	bool known;       /* mac is */
	unsigned asked;   /* how often since it was last heard of */
	int64_t heard_ms; /* when, or when it was made */
	int64_t ask_ms;   /* when to ask next, if asked > 0 */
	struct pbuf *queue[QUEUE_MAX];
	unsigned nqueue;
};
LIST_HEAD(entry_list, entry);

static struct entry_list buckets[BUCKETS];
static unsigned count, nasking;

static const uint8_t everybody[ETH_ALEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* --- entries --- */

static struct entry_list *
bucket(const struct inaddr *ip)
{
	return &buckets[(ip->ip[13] * 7u + ip->ip[14] * 3u + ip->ip[15]) % BUCKETS];
}

static struct entry *
find(const struct ifnet *ifp, const struct inaddr *ip)
{
	struct entry *e;

	LIST_FOREACH (e, bucket(ip), same)
		if (e->ifp == ifp && inaddr_same_ip(&e->ip, ip))
			return e;
	return NULL;
}

static struct entry *
make(struct ifnet *ifp, const struct inaddr *ip)
{
	struct entry *e = count < ENTRIES_MAX ? calloc(1, sizeof *e) : NULL;

	if (e == NULL)
		return NULL;
	e->ifp = ifp;
	e->ip = *ip;
	e->ip.port = 0;
	e->heard_ms = netloop_now_ms();
	LIST_INSERT_HEAD(bucket(ip), e, same);
	count++;
	return e;
}

static void
stop_asking(struct entry *e)
{
	if (e->asked > 0)
		nasking--;
	e->asked = 0;
}

static void
drop(struct entry *e)
{
	stop_asking(e);
	for (unsigned i = 0; i < e->nqueue; i++)
		pbuf_free(e->queue[i]);
	LIST_REMOVE(e, same);
	count--;
	free(e);
}

/* --- packets --- */

static void
put_ip(uint8_t *to, const struct inaddr *ip)
{
	memcpy(to, ip->ip + 12, 4);
}

static struct inaddr
get_ip(const uint8_t *from)
{
	uint32_t ip;

	memcpy(&ip, from, sizeof ip);
	return inaddr_v4(lwip_ntohl(ip), 0);
}

static void
send_arp(struct ifnet *ifp, uint16_t op, const uint8_t *to, const struct inaddr *sender,
    const uint8_t *target_mac, const struct inaddr *target)
{
	struct {
		struct ether_header ether;
		struct ether_arp arp;
	} __attribute__((packed)) f = {
	    .ether.ether_type = lwip_htons(ETHERTYPE_ARP),
	    .arp.ea_hdr = {.ar_hrd = lwip_htons(ARPHRD_ETHER),
		.ar_pro = lwip_htons(ETHERTYPE_IP),
		.ar_hln = ETH_ALEN,
		.ar_pln = 4,
		.ar_op = lwip_htons(op)},
	};

	memcpy(f.ether.ether_dhost, to, ETH_ALEN);
	memcpy(f.ether.ether_shost, ifp->mac, ETH_ALEN);
	memcpy(f.arp.arp_sha, ifp->mac, ETH_ALEN);
	put_ip(f.arp.arp_spa, sender);
	if (target_mac != NULL)
		memcpy(f.arp.arp_tha, target_mac, ETH_ALEN);
	put_ip(f.arp.arp_tpa, target);
	(void)ifnet_output(ifp, &f, sizeof f);
}

static void
ask(struct entry *e)
{
	const struct ifnet_addr *own = ifaddr_source(e->ifp, &e->ip);
	struct inaddr nobody = inaddr_any(true);

	if (e->asked++ == 0)
		nasking++;
	e->ask_ms = netloop_now_ms() + ASK_MS;
	send_arp(e->ifp, ARPOP_REQUEST, e->known ? e->mac.addr : everybody,
	    own != NULL ? &own->ip : &nobody, NULL, &e->ip);
}

static void
send_queue(struct entry *e)
{
	struct netif *n = e->ifp->stack;

	for (unsigned i = 0; i < e->nqueue; i++) {
		if (n != NULL)
			ethernet_output(
			    n, e->queue[i], (struct eth_addr *)n->hwaddr, &e->mac, ETHTYPE_IP);
		pbuf_free(e->queue[i]);
	}
	e->nqueue = 0;
}

static void
learn(struct entry *e, const uint8_t *mac)
{
	memcpy(e->mac.addr, mac, sizeof e->mac.addr);
	e->known = true;
	e->heard_ms = netloop_now_ms();
	stop_asking(e);
	send_queue(e);
}

void
arp_input(struct ifnet *ifp, const uint8_t *frame, size_t len)
{
	struct ether_arp a;
	struct inaddr sender, target;
	struct entry *e;
	bool for_us;

	if (ifp->hidden != 0 || len < sizeof(struct ether_header) + sizeof a)
		return;
	memcpy(&a, frame + sizeof(struct ether_header), sizeof a);
	if (a.ea_hdr.ar_hrd != lwip_htons(ARPHRD_ETHER) ||
	    a.ea_hdr.ar_pro != lwip_htons(ETHERTYPE_IP) || a.ea_hdr.ar_hln != ETH_ALEN ||
	    a.ea_hdr.ar_pln != 4 || a.arp_sha[0] & 1)
		return;
	sender = get_ip(a.arp_spa);
	target = get_ip(a.arp_tpa);
	if (inaddr_is_multicast(&sender) || ifaddr_owner(&sender) != NULL)
		return;
	for_us = !inaddr_is_local(&target) && ifaddr_owner(&target) != NULL;
	if (!inaddr_is_any(&sender)) {
		e = find(ifp, &sender);
		if (e == NULL && for_us)
			e = make(ifp, &sender);
		if (e != NULL)
			learn(e, a.arp_sha);
	}
	if (for_us && a.ea_hdr.ar_op == lwip_htons(ARPOP_REQUEST) && !(ifp->flags & IFF_NOARP))
		send_arp(ifp, ARPOP_REPLY, a.arp_sha, &target, a.arp_sha, &sender);
}

static err_t
enqueue(struct entry *e, struct pbuf *p)
{
	struct pbuf *copy;

	if (e->nqueue == QUEUE_MAX)
		return ERR_MEM;
	copy = pbuf_clone(PBUF_LINK, PBUF_RAM, p);
	if (copy == NULL)
		return ERR_MEM;
	e->queue[e->nqueue++] = copy;
	return ERR_OK;
}

err_t
arp_output(struct netif *n, struct pbuf *p, const struct inaddr *hop)
{
	struct ifnet *ifp = stack_if_ifnet(n);
	struct entry *e = find(ifp, hop);

	if (e == NULL)
		e = make(ifp, hop);
	if (e == NULL)
		return ERR_MEM;
	if (e->asked == 0 && (!e->known || netloop_now_ms() - e->heard_ms > GOOD_MS))
		ask(e);
	if (!e->known)
		return enqueue(e, p);
	return ethernet_output(n, p, (struct eth_addr *)n->hwaddr, &e->mac, ETHTYPE_IP);
}

bool
arp_is_missing(const struct ifnet *ifp, const struct inaddr *hop)
{
	const struct entry *e = find(ifp, hop);

	return neigh_permanent(ifp, hop) == NULL && (e == NULL || !e->known);
}

void
arp_announce(struct ifnet *ifp, const struct inaddr *ip)
{
	if (ifnet_is_up(ifp) && !(ifp->flags & IFF_NOARP))
		send_arp(ifp, ARPOP_REQUEST, everybody, ip, NULL, ip);
}

/* --- time --- */

/* Whoever sent a packet by way of this kernel hears that it has gone nowhere. */
static void
give_up(struct entry *e)
{
	for (unsigned i = 0; i < e->nqueue; i++) {
		struct inaddr src = get_ip((uint8_t *)e->queue[i]->payload + 12);

		if (ifaddr_owner(&src) == NULL)
			icmp_report4(e->queue[i], &src, ICMP_DUR, ICMP_DUR_HOST, 0);
	}
	drop(e);
}

static void
look_at(struct entry *e, int64_t now)
{
	if (e->asked > 0 && now >= e->ask_ms) {
		if (e->asked >= ASK_MAX)
			give_up(e);
		else
			ask(e);
	} else if (e->asked == 0 && now - e->heard_ms > UNUSED_MS) {
		drop(e);
	}
}

static int
turn(struct netturn *t)
{
	static int64_t next_ms;
	int64_t now = netloop_now_ms();
	struct entry *e, *next;

	(void)t;
	if (now >= next_ms) {
		next_ms = now + ASK_MS / 4;
		for (size_t i = 0; i < BUCKETS; i++) {
			for (e = LIST_FIRST(&buckets[i]); e != NULL; e = next) {
				next = LIST_NEXT(e, same);
				look_at(e, now);
			}
		}
	}
	return nasking > 0 ? (int)(next_ms - now) : -1;
}

static struct netturn arp_turn = {.fn = turn};

void
arp_start(void)
{
	netloop_add_turn(&arp_turn);
}

/* --- as a table --- */

void
arp_each(neigh_fn *fn, void *arg)
{
	struct neigh found;
	struct entry *e;

	for (size_t i = 0; i < BUCKETS; i++) {
		LIST_FOREACH (e, &buckets[i], same) {
			found = (struct neigh){.ifp = e->ifp, .ip = e->ip};
			found.state = !e->known                                  ? NUD_INCOMPLETE
				      : e->asked > 0                             ? NUD_PROBE
				      : netloop_now_ms() - e->heard_ms > GOOD_MS ? NUD_STALE
										 : NUD_REACHABLE;
			memcpy(found.mac, e->mac.addr, sizeof found.mac);
			fn(arg, &found);
		}
	}
}

int
arp_forget(struct ifnet *ifp, const struct inaddr *ip)
{
	struct entry *e = find(ifp, ip);

	if (e == NULL)
		return ENOENT;
	drop(e);
	return 0;
}

void
arp_forget_all(const struct ifnet *ifp)
{
	struct entry *e, *next;

	for (size_t i = 0; i < BUCKETS; i++) {
		for (e = LIST_FIRST(&buckets[i]); e != NULL; e = next) {
			next = LIST_NEXT(e, same);
			if (e->ifp == ifp)
				drop(e);
		}
	}
}
