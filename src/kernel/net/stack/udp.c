/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams to and from other kernels.
 *
 * Each remote address and port that a program exchanges datagrams with has a host datagram socket
 * here, a proxy, whose name says that address.  A program sends to the proxy's name as it would to
 * a socket of this kernel, and what comes from there is sent to the program's socket by the proxy:
 * recvfrom() shows the remote address, and connect() keeps others out, all by the host.  Proxies
 * that were used longest ago go when there are too many; the host then refuses their names and the
 * sender asks again.
 *
 * What the names do not say (a TTL, the address at which a wildcard socket was reached) goes along
 * in envelopes, as it does between programs (socket/sockudp_envelope.c).
 *
 * lwIP delivers IP packets of protocol UDP and sends UDP; it knows no sockets.
 */
#include <errno.h>
#include <lwip/inet_chksum.h>
#include <lwip/prot/udp.h>
#include <lwip/raw.h>
#include <lwip/udp.h>
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

#include "net/bound.h"
#include "net/group.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/netloop.h"
#include "net/rtable.h"
#include "net/stack/stack_priv.h"
#include "socket/sockname.h"
#include "socket/sockopt.h"
#include "socket/socktag.h"
#include "socket/sockudp.h"

#define PROXIES_MAX 4096
#define BUCKETS     1024
#define AT_ONCE     32
#define DGRAM_MAX   65535
#define PIECES      64

struct proxy {
	LIST_ENTRY(proxy) same;
	TAILQ_ENTRY(proxy) age; /* longest unused first */
	struct netwatch watch;
	struct inaddr remote;
	struct sockhost name;
	/* The last envelope that went with a datagram of this address; -1: none yet. */
	int sealed;
	struct envelope last;
};
LIST_HEAD(proxy_list, proxy);

static struct proxy_list buckets[BUCKETS];
static TAILQ_HEAD(, proxy) by_age = TAILQ_HEAD_INITIALIZER(by_age);
static unsigned count;
static struct udp_pcb *sender;

/* --- proxies --- */

static struct proxy_list *
bucket(const struct inaddr *a)
{
	unsigned h = a->port;

	for (unsigned i = 10; i < sizeof a->ip; i++)
		h = h * 31 + a->ip[i];
	return &buckets[h % BUCKETS];
}

static void
proxy_free(struct proxy *x)
{
	LIST_REMOVE(x, same);
	TAILQ_REMOVE(&by_age, x, age);
	count--;
	netloop_unwatch(&x->watch);
	close(x->watch.fd);
	if (x->sealed >= 0)
		close(x->sealed);
	unlink(x->name.un.sun_path);
	free(x);
}

static struct proxy *
proxy_find(const struct inaddr *remote)
{
	struct proxy *x;

	LIST_FOREACH (x, bucket(remote), same)
		if (inaddr_same(&x->remote, remote))
			return x;
	return NULL;
}

static void proxy_ready(struct netwatch *, uint32_t events);

static int
proxy_open(struct proxy *x)
{
	const struct socktag plain = {.dgram = true};
	int error;

	sockname_remote(&x->name, hostnames_dir(), hostnames_seq(), &x->remote);
	x->watch = (struct netwatch){.ready = proxy_ready};
	x->watch.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (x->watch.fd < 0)
		return errno;
	sockopt_raise_buffers(x->watch.fd, &plain);
	error = sockhost_bind(x->watch.fd, &x->name);
	if (error == 0)
		error = netloop_watch(&x->watch, EPOLLIN);
	if (error != 0)
		close(x->watch.fd);
	return error;
}

static int
proxy_get(const struct inaddr *remote, struct proxy **ret)
{
	struct proxy *x = proxy_find(remote);
	int error;

	if (x != NULL) {
		TAILQ_REMOVE(&by_age, x, age);
		TAILQ_INSERT_TAIL(&by_age, x, age);
		*ret = x;
		return 0;
	}
	if (count >= PROXIES_MAX)
		proxy_free(TAILQ_FIRST(&by_age));
	x = calloc(1, sizeof *x);
	if (x == NULL)
		return ENOMEM;
	x->remote = *remote;
	x->sealed = -1;
	error = proxy_open(x);
	if (error != 0) {
		free(x);
		return error;
	}
	LIST_INSERT_HEAD(bucket(remote), x, same);
	TAILQ_INSERT_TAIL(&by_age, x, age);
	count++;
	*ret = x;
	return 0;
}

int
udp_datagrams(const struct inaddr *dest, struct sockhost *ret)
{
	struct proxy *x;
	int error = proxy_get(dest, &x);

	if (error == 0)
		*ret = x->name;
	return error;
}

/* --- out --- */

/* Where it goes: by the interface that the sender chose; what has no route of its own, as groups,
 * by the first. */
static int
way(const struct inaddr *dest, uint32_t index, struct rtable_hop *hop)
{
	struct ifnet *ifp = index != 0 && index != IFNET_LO ? ifnet_by_index((int)index) : NULL;
	int error = rtable_lookup(dest, ifp, hop);

	if (error != ENETUNREACH)
		return error;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (ifp->stack != NULL && rtable_lookup(dest, ifp, hop) == 0)
			return 0;
	return error;
}

/* A program may have chosen the source; else it is the socket's, or the route's. */
static struct inaddr
source_of(const struct envelope *e, const struct sockname *n, const struct rtable_hop *hop)
{
	struct inaddr src = inaddr_is_any(&n->own) ? hop->source : n->own;

	if (e != NULL && !inaddr_is_local(&e->src) && ifaddr_owner(&e->src) != NULL)
		src = e->src;
	src.port = n->own.port;
	return src;
}

static void
transmit(const struct proxy *x, const struct sockname *n, const struct envelope *e,
    const void *bytes, size_t len)
{
	ip_addr_t from, to = ip_from_inaddr(&x->remote);
	struct rtable_hop hop;
	struct inaddr src;
	struct pbuf *p;

	if (way(&x->remote, e != NULL ? e->index : 0, &hop) != 0 || hop.ifp->stack == NULL ||
	    len > DGRAM_MAX)
		return;
	src = source_of(e, n, &hop);
	from = ip_from_inaddr(&src);
	/* lwIP has no room for its headers before the largest ones: they get a buffer of theirs. */
	p = pbuf_alloc(len > 60000 ? PBUF_RAW : PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
	if (p == NULL)
		return;
	pbuf_take(p, bytes, (u16_t)len);
	sender->local_port = src.port;
	sender->ttl = e != NULL ? e->ttl : ENVELOPE_TTL;
	sender->tos = e != NULL ? e->tos : 0;
	if (inaddr_is_multicast(&x->remote))
		udp_set_multicast_ttl(sender, e != NULL ? e->ttl : 1);
	udp_sendto_if_src(sender, p, &to, x->remote.port, hop.ifp->stack, &from);
	pbuf_free(p);
}

/* What came along with a datagram: its envelope, if any.  Descriptors are closed. */
static bool
take_envelope(struct msghdr *m, struct envelope *ret)
{
	struct cmsghdr *c;
	bool found = false;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; CMSG_LEN(at + sizeof fd) <= c->cmsg_len; at += sizeof fd) {
			memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
			found = found || envelope_open(fd, ret);
			close(fd);
		}
	}
	return found;
}

/* Datagrams of programs for the proxy's remote address. */
static void
proxy_ready(struct netwatch *w, uint32_t events)
{
	static uint8_t bytes[DGRAM_MAX];
	struct proxy *x = (struct proxy *)((char *)w - offsetof(struct proxy, watch));
	struct iovec iov = {.iov_base = bytes, .iov_len = sizeof bytes};
	char control[CMSG_SPACE(253 * sizeof(int))]; /* as many as can come */
	struct sockhost from;
	struct sockname n;
	struct envelope e;

	(void)events;
	for (int i = 0; i < AT_ONCE; i++) {
		struct msghdr m = {
		    .msg_name = &from.un,
		    .msg_namelen = sizeof from.un,
		    .msg_iov = &iov,
		    .msg_iovlen = 1,
		    .msg_control = control,
		    .msg_controllen = sizeof control,
		};
		ssize_t len = recvmsg(w->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		bool has_envelope;

		if (len < 0)
			return;
		has_envelope = take_envelope(&m, &e);
		from.len = m.msg_namelen;
		n = sockname_parse(&from);
		if (n.kind == SOCKNAME_BOUND)
			transmit(x, &n, has_envelope ? &e : NULL, bytes, (size_t)len);
	}
}

/* --- in --- */

/* A datagram that has come. */
struct arrival {
	struct proxy *x;
	struct envelope e;
	const struct pbuf *p;
	u16_t at, len; /* where its bytes are */
};

/* The envelope that the receiver needs, sealed; -1: none.  Mostly it is the same as the last. */
static int
envelope_for(const struct arrival *a, const struct sockhost *receiver, bool inet6)
{
	struct proxy *x = a->x;
	struct envelope guess;

	envelope_guess(&x->name, receiver, inet6, &guess);
	if (envelope_same(&a->e, &guess))
		return -1;
	if (x->sealed >= 0 && envelope_same(&a->e, &x->last))
		return x->sealed;
	if (x->sealed >= 0)
		close(x->sealed);
	x->last = a->e;
	if (envelope_seal(&a->e, &x->sealed) != 0)
		x->sealed = -1;
	return x->sealed;
}

/* False: nobody has that name any more. */
static bool
deliver(const struct arrival *a, const struct bound *to)
{
	union {
		struct cmsghdr c;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.c = {.cmsg_len = CMSG_LEN(sizeof(int)),
			 .cmsg_level = SOL_SOCKET,
			 .cmsg_type = SCM_RIGHTS}};
	const struct pbuf *p = a->p;
	struct iovec iov[PIECES];
	struct sockhost name;
	struct msghdr m = {.msg_name = &name.un, .msg_iov = iov};
	u16_t at = a->at, len = a->len;
	int sealed;

	for (; p != NULL && at >= p->len; p = p->next)
		at = (u16_t)(at - p->len);
	for (; p != NULL && len > 0 && m.msg_iovlen < PIECES; p = p->next) {
		u16_t here = (u16_t)(p->len - at) < len ? (u16_t)(p->len - at) : len;

		iov[m.msg_iovlen++] =
		    (struct iovec){.iov_base = (char *)p->payload + at, .iov_len = here};
		len = (u16_t)(len - here);
		at = 0;
	}
	sockhost_from(&name, to->host, strlen(to->host));
	m.msg_namelen = name.len;
	sealed = envelope_for(a, &name, (to->flags & DELEG_INET6) != 0);
	if (sealed >= 0) {
		memcpy(CMSG_DATA(&control.c), &sealed, sizeof sealed);
		m.msg_control = &control;
		m.msg_controllen = sizeof control;
	}
	return sendmsg(a->x->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
	       (errno != ECONNREFUSED && errno != ENOENT);
}

static bool
deliver_one(const struct arrival *a)
{
	struct bound *b;

	for (int i = 0; i < 2; i++) {
		b = inet_lookup(&a->e.dest, &a->e.src, DELEG_DGRAM);
		if (b == NULL)
			return false;
		if (deliver(a, b))
			return true;
		bound_sweep();
	}
	return false;
}

/* To everybody who is bound to the port, as far as the address allows. */
static void
deliver_all(const struct arrival *a)
{
	const struct inaddr *own = &a->e.dest;
	struct bound *b;

	LIST_FOREACH (b, bound_by_port(own->port, true), same_port)
		if ((b->flags & DELEG_PROTOCOL) == DELEG_DGRAM &&
		    group_takes(b, own, &a->e.src, a->e.index))
			(void)deliver(a, b);
}

static bool
has_good_checksum(struct pbuf *p, u16_t at, const struct udp_hdr *h)
{
	bool good;

	if (h->chksum == 0)
		return !ip_current_is_v6();
	pbuf_remove_header(p, at);
	good = ip_chksum_pseudo(
		   p, IP_PROTO_UDP, p->tot_len, ip_current_src_addr(), ip_current_dest_addr()) == 0;
	pbuf_add_header_force(p, at);
	return good;
}

/* Sees each UDP packet before lwIP's UDP does.  What nobody takes is left to lwIP, which says so to
 * the sender. */
static u8_t
on_packet(void *arg, struct raw_pcb *raw, struct pbuf *p, const ip_addr_t *from)
{
	struct arrival a = {.p = p, .at = ip_current_header_tot_len()};
	struct udp_hdr h;

	(void)arg, (void)raw, (void)from;
	if (pbuf_copy_partial(p, &h, sizeof h, a.at) != sizeof h)
		return 0;
	a.len = lwip_ntohs(h.len);
	if (a.len < sizeof h || a.len > p->tot_len - a.at || !has_good_checksum(p, a.at, &h))
		return 0;
	a.e = (struct envelope){
	    .src = ip_to_inaddr(ip_current_src_addr(), lwip_ntohs(h.src)),
	    .dest = ip_to_inaddr(ip_current_dest_addr(), lwip_ntohs(h.dest)),
	    .ttl = ip_current_is_v6() ? IP6H_HOPLIM(ip6_current_header())
				      : IPH_TTL(ip4_current_header()),
	    .tos = ip_current_is_v6() ? (uint8_t)IP6H_TC(ip6_current_header())
				      : IPH_TOS(ip4_current_header()),
	    .index = (uint32_t)((struct ifnet *)ip_current_input_netif()->state)->index,
	};
	if (LIST_EMPTY(bound_by_port(a.e.dest.port, true)) || inaddr_is_any(&a.e.src) ||
	    proxy_get(&a.e.src, &a.x) != 0)
		return 0;
	a.at = (u16_t)(a.at + sizeof h);
	a.len = (u16_t)(a.len - sizeof h);
	if (ifaddr_owner(&a.e.dest) == NULL)
		deliver_all(&a);
	else if (!deliver_one(&a))
		return 0;
	pbuf_free(p);
	return 1;
}

/* --- refusal --- */

/*
 * Makes the host report ECONNRESET, which stands for ECONNREFUSED (socket/sockerr.c), on the socket
 * that is connected to the proxy: it does when a peer that is connected back turns away with
 * something unread.
 */
void
udp_refused(const struct inaddr *own, const struct inaddr *dest)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct proxy *x = proxy_find(dest);
	struct bound *b = inet_lookup(own, dest, DELEG_DGRAM);
	struct sockhost name;
	int helper;

	if (x == NULL || b == NULL || !b->connected)
		return;
	proxy_ready(&x->watch, EPOLLIN);
	helper = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (helper < 0)
		return;
	sockhost_from(&name, b->host, strlen(b->host));
	if (sendto(helper, "", 1, MSG_NOSIGNAL, (struct sockaddr *)&x->name.un, x->name.len) == 1 &&
	    sockhost_connect(x->watch.fd, &name.un, name.len) == 0)
		sockhost_connect(x->watch.fd, &nobody, sizeof nobody);
	close(helper);
}

/* --- start and end --- */

int
udp_start(void)
{
	struct raw_pcb *raw = raw_new_ip_type(IPADDR_TYPE_ANY, IP_PROTO_UDP);

	sender = udp_new_ip_type(IPADDR_TYPE_ANY);
	if (raw == NULL || sender == NULL)
		return ENOMEM;
	raw_recv(raw, on_packet, NULL);
	return 0;
}

void
udp_end(void)
{
	while (!TAILQ_EMPTY(&by_age))
		proxy_free(TAILQ_FIRST(&by_age));
}
