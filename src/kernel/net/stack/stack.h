/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP/IP stack: lwIP's raw API behind the kernel's own tables and sockets.
 *
 * lwIP does NDP, IP, ICMP, TCP, but for TCP's timers.  Everything else is the kernel's:
 * interfaces, addresses and routes (it follows their events), forwarding, ports, listeners,
 * datagram sockets.  All of lwIP runs with the giant lock held: on the network's thread
 * (netloop.h), and in system calls, which call netloop_turn() afterwards.
 *
 *	stack.c        start, timers                  stack_ip.c     lwIP's addresses
 *	stack_if.c     lwIP's interfaces              stack_addr.c   and their addresses
 *	stack_in.c     what comes in: forwarding      stack_out.c    what goes out: next hops
 *	arp.c          ARP                            stack_neigh.c  all neighbours
 *	stack_group.c  multicast groups               stack_count.c  counting packets
 *	icmp.c         errors that ICMP reports       icmp_out.c     and those of packets forwarded
 *	relay.c        host socket and lwIP's TCP     relay_bytes.c  and the bytes between
 *	tcp_in.c       connections that come in       tcp_out.c      connections that go out
 *	tcp_conn.c     the table of connections       tcp_timer.c    TCP's timers
 *	tcp_window.c   windows, segment sizes         tcp_loss.c     round trips, losses
 *	tcp_info.c     TCP_INFO, options, lists       tcp_iss.c      first sequence numbers
 *	tcp_check.c    what lwIP is too kind to       lwip_own.c     what of lwIP is replaced
 *	udp.c          UDP                            raw.c          raw sockets, ping
 *	proxy.c        sockets of remote addresses    tcp_large.c    large frames
 *
 * Nothing outside this folder names lwIP.
 */
#ifndef KERNEL_NET_STACK_STACK_H
#define KERNEL_NET_STACK_STACK_H

/* Starts it, unless it runs: EAGAIN, ENOMEM. */
int stack_start(void);
void stack_fini(void);

#endif
