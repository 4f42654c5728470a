/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of netlink share. */
#ifndef KERNEL_NET_NL_PRIV_H
#define KERNEL_NET_NL_PRIV_H

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/netloop.h"
#include "socket/inaddr.h"

struct ifnet;
struct ifnet_addr;
struct neigh;
struct ifaddr_local;
struct rentry;
struct rule;

struct nl_packet {
	STAILQ_ENTRY(nl_packet) link;
	size_t len;
	char data[];
};

struct nl_socket {
	struct netwatch watch; /* first; fd: the kernel's end */
	int protocol;
	uint32_t port;
	uint64_t groups; /* bit n - 1: is in group n */
	uint32_t uid;
	bool admin;      /* may change things */
	bool wants_text; /* about errors: NETLINK_EXT_ACK */
	bool waiting;    /* packets wait for room */
	size_t queued;   /* bytes of them */
	STAILQ_HEAD(, nl_packet) packets;
	LIST_ENTRY(nl_socket) all;
};
LIST_HEAD(nl_socket_list, nl_socket);
extern struct nl_socket_list nl_sockets;

/* --- nl_out.c --- */

#define NL_PACKET_MAX  16384 /* readers of dumps have room for this much */
#define NL_MESSAGE_MAX 4096

/* Messages that are being written, to one socket. */
struct nl_out {
	struct nl_socket *to;
	uint32_t seq;
	uint16_t flags; /* NLM_F_MULTI in a dump */
	size_t len;
	struct nlmsghdr *message; /* begun and not ended */
	char data[NL_PACKET_MAX] __attribute__((aligned(8)));
};

void nl_out_init(struct nl_out *o, struct nl_socket *to, uint32_t seq, uint16_t flags);
/* A new message and its fixed part, zeroed; attributes are put behind it. */
void *nl_begin(struct nl_out *o, uint16_t type, size_t size);
void nl_end(struct nl_out *o);
void nl_flush(struct nl_out *o);
void nl_send(struct nl_socket *s, const void *data, size_t len);
/* Room in the host's queue again. */
void nl_send_queued(struct nl_socket *s);
void nl_drop_queued(struct nl_socket *s);

/* --- nl_attr.c --- */

void nl_put_ip(struct nl_out *o, uint16_t type, const struct inaddr *ip);
/* Attributes by type; absent ones are NULL. */
#define NL_ATTRS_MAX 64
struct nl_attrs {
	const struct nlattr *at[NL_ATTRS_MAX];
};
/* Those behind the fixed part of this size, which is what is returned; NULL: it is too short, or
 * they are malformed. */
const void *nl_parse(const struct nlmsghdr *h, size_t size, struct nl_attrs *ret);
int nl_parse_bytes(const void *bytes, size_t len, struct nl_attrs *ret);
/* Those inside an attribute; none if it is NULL. */
int nl_parse_nested(const struct nlattr *attr, struct nl_attrs *ret);
/* An address of the family, any() if absent; EINVAL. */
int nl_get_ip(const struct nlattr *attr, int family, struct inaddr *ret);
/* A number, or the default if absent; EINVAL. */
int nl_get_u32(const struct nlattr *attr, uint32_t otherwise, uint32_t *ret);
/* Text with or without its NUL, not empty; EINVAL. */
int nl_get_text(const struct nlattr *attr, char *ret, size_t size);
/* A name of an interface; EINVAL. */
int nl_get_name(const struct nlattr *attr, char ret[16]);

/* --- requests: an errno, 0 also after a reply.  A dump puts all that there is. --- */

struct nl_request {
	struct nl_socket *from;
	const struct nlmsghdr *h;
	struct nl_out *out;
	const char *message; /* about the error, for people; NULL */
};
typedef int nl_do(struct nl_request *r);
typedef int nl_dump(struct nl_request *r);

nl_do nl_get_link, nl_new_link, nl_delete_link, nl_new_linkprop, nl_delete_linkprop;
/* nl_kind.c: a new interface of the kind that the request names. */
int nl_make_link(
    struct nl_request *r, const struct ifinfomsg *m, const struct nl_attrs *a, struct ifnet **ret);
nl_dump nl_dump_links;
void nl_put_link(struct nl_out *o, uint16_t type, const struct ifnet *ifp);
/* nl_link_kind.c */
void nl_put_kind(struct nl_out *o, const struct ifnet *ifp);

nl_do nl_new_addr, nl_delete_addr;
nl_dump nl_dump_addrs;
void nl_put_addr(struct nl_out *o, uint16_t type, const struct ifnet_addr *a);

nl_do nl_get_route, nl_new_route, nl_delete_route;
nl_dump nl_dump_routes;
void nl_put_route(struct nl_out *o, uint16_t type, const struct rentry *r);
/* nl_local.c: the table `local` */
void nl_put_local(struct nl_out *o, uint16_t type, const struct ifaddr_local *l);
void nl_put_locals(struct nl_out *o, bool v4);

nl_do nl_new_rule, nl_delete_rule;
nl_dump nl_dump_rules;
void nl_put_rule(struct nl_out *o, uint16_t type, const struct rule *u);

nl_do nl_get_neigh, nl_new_neigh, nl_delete_neigh;
nl_dump nl_dump_neighs;
void nl_put_neigh(struct nl_out *o, uint16_t type, const struct neigh *n);

nl_dump nl_dump_sockets;

/* The fixed part alone; NULL if it is too short. */
const void *nl_payload(const struct nlmsghdr *h, size_t size);

#endif
