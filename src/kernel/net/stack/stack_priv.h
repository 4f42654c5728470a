/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the stack share. */
#ifndef KERNEL_NET_STACK_PRIV_H
#define KERNEL_NET_STACK_PRIV_H

#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <stdbool.h>
#include <sys/uio.h>

#include "net/socklist.h"
#include "socket/inaddr.h"
#include "socket/sockudp.h"

#define STACK_TTL 64 /* Linux's */

struct ifnet;
struct ifnet_addr;

/* --- stack_ip.c --- */
ip_addr_t ip_from_inaddr(const struct inaddr *a);
struct inaddr ip_to_inaddr(const ip_addr_t *ip, uint16_t port);
struct inaddr ip_to_inaddr4(const ip4_addr_t *ip);
struct inaddr ip_to_inaddr6(const ip6_addr_t *ip);
/* Of a header. */
struct inaddr packed_to_inaddr4(ip4_addr_p_t ip);
struct inaddr packed_to_inaddr6(ip6_addr_p_t ip);
/* What the packet that lwIP looks at says; the ports are 0. */
struct envelope ip_current(void);
/* The errno for lwIP's error. */
int ip_errno(err_t err);

/* --- stack_if.c --- */
void stack_if_init(void);
void stack_if_fini(void);
struct ifnet *stack_if_ifnet(const struct netif *);
/* By which netif a packet goes; NULL: there is none, or it is for this kernel and needs none. */
struct rtable_hop;
struct netif *stack_if_of(const struct rtable_hop *);
/* Gives lwIP a netif for the interface; false: lwIP has no room for it. */
bool stack_if_add(struct netif *, struct ifnet *);
/* The netif becomes what its interface is: up, its MTU, its link address. */
void stack_if_update(struct netif *);

/* --- stack_addr.c --- */
void stack_addr_add(struct ifnet *, const struct ifnet_addr *);
void stack_addr_drop(struct ifnet *, const struct ifnet_addr *);
/* The interface has changed, or goes. */
void stack_addr_follow(const struct ifnet *);
void stack_addr_forget(const struct ifnet *);

/* --- stack_out.c --- */
/* lwIP sends by the functions there. */
void stack_out_of(struct netif *);
/* A packet to that destination, by whatever interface leads there. */
err_t stack_out_send4(struct netif *n, struct pbuf *p, const ip4_addr_t *dest);
err_t stack_out_send6(struct netif *n, struct pbuf *p, const ip6_addr_t *dest);
/* What is sent from now on came in there; NULL: is the kernel's own. */
void stack_out_forwards(const struct ifnet *);
/* IPv4 packets that lwIP sends now are not to be broken up on their way. */
void stack_out_no_frag(bool on);

/* --- stack_ttl.c: a packet that lwIP sends gets as many hops as Linux would give it --- */
void stack_ttl4(struct pbuf *p);
void stack_ttl6(struct pbuf *p);

/* --- stack_neigh.c --- */
void stack_neigh_init(void);
void stack_neigh_fini(void);

/* --- stack_group.c --- */
void stack_group(const struct ifnet *ifp, const struct inaddr *group, bool join);

/* --- stack_in.c --- */
void stack_in_init(void);
void stack_in_fini(void);

/* --- stack_count.c: packets that come in (their IP header is `at`), go out, go through --- */
void stack_count_in(const struct pbuf *p, u16_t at, bool v4, bool for_us);
void stack_count_out(const struct pbuf *p, bool v4);
void stack_count_forwarded(bool v4);

/* --- icmp.c: what routers and hosts say about packets of ours --- */
int icmp_init_all(void);

/* --- icmp_out.c: what we say about packets of others --- */
/* About a packet, which begins with its IP header. */
void icmp_report4(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info);
void icmp_report6(const struct pbuf *about, const struct inaddr *sender, uint8_t type, uint8_t code,
    uint32_t info);

/* Answers the ICMP message at this place of the packet that lwIP looks at, if it is an echo request
 * to an address of ours. */
bool icmp_answers(const struct pbuf *p, u16_t at);

/* --- ra.c: what routers advertise --- */
/* Does the interface listen to them? */
bool ra_accepts(const struct ifnet *);
/* An advertisement, whole, at this place of the packet that lwIP looks at. */
void ra_arrived(const struct pbuf *p, u16_t at);

/* --- tcp_in.c, tcp_out.c --- */
int tcp_in_init(void);
int tcp_out_connect(int fd, const struct inaddr *own, const struct inaddr *dest);
/* Is there a connection between these, other than one in TIME_WAIT? */
bool tcp_out_is_taken(const struct inaddr *own, const struct inaddr *dest);
/* A packet from own to dest could not be delivered. */
void tcp_out_unreachable(const struct inaddr *own, const struct inaddr *dest, int error);

/* --- tcp_iss.c --- */
int tcp_iss_init(void);

/* --- tcp_info.c: as remote.h says --- */
int tcp_info_get(uint64_t seq, void *info, size_t *len);
int tcp_info_set(uint64_t seq, int level, int name, int value);
void tcp_info_others(int family, socklist_fn *fn, void *arg);
int tcp_info_state(uint64_t seq, uint8_t *ret);

/* --- udp.c --- */
int udp_start(void);
/* A host that has no address yet asks all of its network for one (DHCP): an IPv4 packet, at this
 * place, that lwIP would not take. */
void udp_from_nobody(struct pbuf *p, u16_t at, const struct ifnet *ifp);
struct dgram_error;
/* One from own to dest did not get through. */
void udp_failed(const struct inaddr *own, const struct inaddr *dest, const struct dgram_error *e);

/* --- raw.c --- */
/* A raw socket of this protocol is there from now on. */
int raw_open(unsigned flags);
/* An ICMP message that came in, at this place of the packet. */
void raw_icmp_arrived(struct pbuf *p, u16_t at);
/* A packet of this protocol from own to dest did not get through; number: of an echo request, or
 * -1. */
void raw_failed(const struct inaddr *own, const struct inaddr *dest, uint8_t protocol, int number,
    const struct dgram_error *e);

/* --- stack_ip.c --- */
#define STACK_PIECES 64
/* `len` bytes from `at` on, for sendmsg: how many pieces. */
size_t pbuf_iovec(const struct pbuf *p, u16_t at, size_t len, struct iovec iov[STACK_PIECES]);
/* Where a datagram goes: by the interface that the sender chose (0: none); what has no route of its
 * own, as groups, by the first. */
struct rtable_hop;
int ip_way(const struct inaddr *dest, uint32_t index, struct rtable_hop *hop);

#endif
