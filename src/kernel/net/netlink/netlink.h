/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink sockets: how `ip`, `ss` and their like show and change the network.
 *
 *   nl_socket.c  sockets, what comes in, groups
 *   nl_out.c     messages on their way out
 *   nl_attr.c    attributes of messages
 *   nl_link.c    interfaces: showing   nl_link_set.c, nl_kind.c    changing, making them
 *   nl_route.c   routes: showing       nl_route_set.c, nl_local.c  changing; the table `local`
 *   nl_rule.c    rules                 nl_addr.c   addresses
 *   nl_neigh.c   neighbours            nl_diag.c   sockets, for `ss`
 *
 * A program's netlink socket is one end of a pair of SOCK_SEQPACKET; the network's thread
 * (netloop.h) reads requests from the other and answers.  What a netlink socket has and AF_UNIX has
 * not the program's side does (socket/nltag.h); it tells its wishes by packets that are too short
 * for a netlink message.
 */
#ifndef KERNEL_NET_NETLINK_H
#define KERNEL_NET_NETLINK_H

struct lwp;

/* A new socket: *ret_fd is the program's end.  EPROTONOSUPPORT. */
int netlink_open(struct lwp *l, int protocol, int *ret_fd);
void netlink_fini(void);

#endif
