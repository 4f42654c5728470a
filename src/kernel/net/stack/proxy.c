/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proxies: host datagram sockets that stand for remote addresses.
 *
 * Each remote address and port that a program exchanges datagrams with has a host socket here whose
 * name says that address.  A program sends to the proxy's name as it would to a socket of this
 * kernel, and what comes from there is sent to the program's socket by the proxy: recvfrom() shows
 * the remote address, and connect() keeps others out, all by the host.  Proxies that were used
 * longest ago go when there are too many; the host then refuses their names and the sender asks
 * again.  What the names do not say (a TTL, the address at which a wildcard socket was reached)
 * goes along in envelopes, as it does between programs (socket/sockudp_envelope.c).
 */
#include "net/stack/proxy.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/later.h"
#include "net/rtable.h"
#include "socket/sockname.h"
#include "socket/sockopt.h"
#include "socket/socktag.h"

#define PROXIES_MAX 4096
#define BUCKETS     1024
#define AT_ONCE     32

LIST_HEAD(proxy_list, proxy);

static struct proxy_list buckets[BUCKETS];
static TAILQ_HEAD(, proxy) by_age = TAILQ_HEAD_INITIALIZER(by_age);
static unsigned count;

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

struct proxy *
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

int
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

/* --- from programs --- */

/* What came along with a datagram: its envelope, if any.  Descriptors are closed. */
static bool
take_envelope(struct msghdr *m, struct envelope *ret)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			return envelope_detach(c, ret); /* the host gives all in one piece */
	return false;
}

/* Datagrams of programs for the proxy's remote address. */
static void
proxy_ready(struct netwatch *w, uint32_t events)
{
	static uint8_t bytes[PROXY_BYTES_MAX];
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
			(x->remote.port == 0 ? raw_transmit : udp_transmit)(
			    x, &n, has_envelope ? &e : NULL, bytes, (size_t)len);
	}
}

bool
proxy_take(const struct inaddr *dest)
{
	struct proxy *x = proxy_find(dest);

	if (x == NULL)
		return false;
	proxy_ready(&x->watch, 0);
	netloop_turn();
	return true;
}

uint32_t
proxy_way(const struct bound *b, const struct envelope *e)
{
	return e != NULL && e->index > ENVELOPE_INDEX ? e->index : b->device;
}

struct inaddr
proxy_source(const struct envelope *e, const struct inaddr *own, const struct rtable_hop *hop)
{
	struct inaddr src = inaddr_is_any(own) ? hop->source : *own;

	if (e != NULL && (hop->local || !inaddr_is_local(&e->src)) && ifaddr_owner(&e->src) != NULL)
		src = e->src;
	src.port = own->port;
	return src;
}

/* --- to programs --- */

/* The envelope that the receiver needs, sealed; -1: none.  Mostly it is the same as the last. */
static int
envelope_for(struct proxy *x, const struct envelope *e, const struct sockhost *receiver, bool inet6)
{
	struct envelope guess;

	envelope_guess(&x->name, receiver, inet6, &guess);
	if (envelope_same(e, &guess))
		return -1;
	if (x->sealed >= 0 && envelope_same(e, &x->last))
		return x->sealed;
	if (x->sealed >= 0)
		close(x->sealed);
	x->last = *e;
	if (envelope_seal(e, &x->sealed) != 0)
		x->sealed = -1;
	return x->sealed;
}

/* The host lets no more wait at the receiver now.  False: it is gone. */
static bool
deliver_later(
    const struct sockhost *to, const struct envelope *e, const struct iovec *iov, size_t n)
{
	const struct deleg_later about = {
	    .src = e->src, .dest = e->dest, .ttl = e->ttl, .tos = e->tos, .index = e->index};
	size_t len = 0;
	struct later *d;
	uint8_t *at;

	for (size_t i = 0; i < n; i++)
		len += iov[i].iov_len;
	d = later_new(&about, len, &at);
	if (d == NULL)
		return true;
	for (size_t i = 0; i < n; i++) {
		memcpy(at, iov[i].iov_base, iov[i].iov_len);
		at += iov[i].iov_len;
	}
	return later_put(d, to) != ECONNREFUSED;
}

bool
proxy_deliver(
    struct proxy *x, const struct bound *to, const struct envelope *e, struct iovec *iov, size_t n)
{
	union envelope_control control;
	struct sockhost name;
	struct msghdr m = {.msg_name = &name.un, .msg_iov = iov, .msg_iovlen = n};
	int sealed;

	if (to->link != NULL) {
		errlink_deliver(to, e, iov, n);
		return true;
	}
	sockhost_from(&name, to->host, strlen(to->host));
	if (later_waits(&name))
		return deliver_later(&name, e, iov, n);
	m.msg_namelen = name.len;
	sealed = envelope_for(x, e, &name, (to->flags & DELEG_INET6) != 0);
	if (sealed >= 0)
		envelope_attach(&m, &control, sealed);
	if (sendmsg(x->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno == EAGAIN)
		return deliver_later(&name, e, iov, n);
	return errno != ECONNREFUSED && errno != ENOENT;
}

/*
 * The host does so when a peer that is connected back turns away with something unread.
 */
void
proxy_refuse(struct proxy *x, const struct bound *b)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	int helper = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockhost name;

	if (helper < 0)
		return;
	proxy_ready(&x->watch, EPOLLIN);
	sockhost_from(&name, b->host, strlen(b->host));
	if (sendto(helper, "", 1, MSG_NOSIGNAL, (struct sockaddr *)&x->name.un, x->name.len) == 1 &&
	    sockhost_connect(x->watch.fd, &name.un, name.len) == 0)
		sockhost_connect(x->watch.fd, &nobody, sizeof nobody);
	close(helper);
}

int
proxy_datagrams(const struct inaddr *dest, struct sockhost *ret)
{
	struct proxy *x;
	int error = proxy_get(dest, &x);

	if (error == 0)
		*ret = x->name;
	return error;
}

void
proxy_free_all(void)
{
	while (!TAILQ_EMPTY(&by_age))
		proxy_free(TAILQ_FIRST(&by_age));
}
