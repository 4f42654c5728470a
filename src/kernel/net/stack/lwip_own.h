/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions of lwIP that lwIP calls by way of the dynamic linker, and which therefore find the
 * functions of the same names in this folder.  What ours do in place of lwIP's own is told where
 * they are (tcp_check.c, tcp_conn.c, tcp_iss.c, tcp_large.c, tcp_loss.c); lwIP's own are
 * reached from here.
 */
#ifndef KERNEL_NET_STACK_LWIP_OWN_H
#define KERNEL_NET_STACK_LWIP_OWN_H

#include <lwip/priv/tcp_priv.h>

/* On a function that lwIP is to find. */
#define FOR_LWIP __attribute__((visibility("default")))

struct lwip_own {
	struct tcp_pcb *(*tcp_alloc)(u8_t prio);
	void (*tcp_free)(struct tcp_pcb *);
	void (*tcp_input)(struct pbuf *, struct netif *);
	err_t (*tcp_output)(struct tcp_pcb *);
	err_t (*ip4_frag)(struct pbuf *, struct netif *, const ip4_addr_t *dest);
	err_t (*ip6_frag)(struct pbuf *, struct netif *, const ip6_addr_t *dest);
	err_t (*tcp_rexmit)(struct tcp_pcb *);
	void (*tcp_rexmit_fast)(struct tcp_pcb *);
	void (*tcp_rst)(const struct tcp_pcb *, u32_t seqno, u32_t ackno, const ip_addr_t *own,
	    const ip_addr_t *peer, u16_t own_port, u16_t peer_port);
};

extern struct lwip_own lwip_own;

/* Finds them.  ENOSYS: a lwIP that does not find ours. */
int lwip_own_init(void);

#endif
