/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's network by libslirp.
 *
 * Its descriptors are in an epoll set of the interface's own (slirp_poll.h), which the network's
 * thread watches; a turn before all others hands the events to libslirp and its frames to the
 * kernel, and one after all others brings the set up to date.
 *
 * libslirp may answer a frame at once, from within slirp_input(); the answer waits in a queue until
 * the stack has returned.
 */
#include "net/netif/slirp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libslirp.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <time.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netif/slirp_forward.h"
#include "net/netif/slirp_poll.h"
#include "net/netloop.h"

#define MTU_DEFAULT 1500

struct frame {
	STAILQ_ENTRY(frame) all;
	size_t len;
	uint8_t bytes[];
};

struct timer {
	LIST_ENTRY(timer) all;
	SlirpTimerCb fn;
	void *arg;
	int64_t due_ms; /* INT64_MAX: not set */
};

struct slirp_link {
	struct ifnet *ifp;
	Slirp *slirp;
	struct slirp_poll poll;
	struct netwatch watch; /* its set */
	struct netturn before, after;
	int64_t due_ms; /* libslirp wants to be asked by then */
	STAILQ_HEAD(, frame) arrived;
	LIST_HEAD(, timer) timers;
};

/* --- what libslirp calls --- */

static ssize_t
send_packet(const void *bytes, size_t len, void *arg)
{
	struct slirp_link *s = arg;
	struct frame *f = malloc(sizeof *f + len);

	if (f == NULL)
		return -1;
	f->len = len;
	memcpy(f->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&s->arrived, f, all);
	return (ssize_t)len;
}

static void
guest_error(const char *message, void *arg)
{
	(void)message, (void)arg; /* a packet that it does not like: dropped */
}

static int64_t
clock_ns(void *arg)
{
	struct timespec ts;

	(void)arg;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void *
timer_new(SlirpTimerCb fn, void *fn_arg, void *arg)
{
	struct slirp_link *s = arg;
	struct timer *t = malloc(sizeof *t);

	if (t == NULL)
		return NULL;
	*t = (struct timer){.fn = fn, .arg = fn_arg, .due_ms = INT64_MAX};
	LIST_INSERT_HEAD(&s->timers, t, all);
	return t;
}

static void
timer_free(void *timer, void *arg)
{
	struct timer *t = timer;

	(void)arg;
	if (t == NULL)
		return;
	LIST_REMOVE(t, all);
	free(t);
}

static void
timer_mod(void *timer, int64_t due_ms, void *arg)
{
	(void)arg;
	if (timer != NULL)
		((struct timer *)timer)->due_ms = due_ms;
}

static void
forget_fd(int fd, void *arg)
{
	slirp_poll_forget(&((struct slirp_link *)arg)->poll, fd);
}

static void
notify(void *arg)
{
	(void)arg; /* all that can happen happens on the network's thread or before a turn */
}

static const SlirpCb callbacks = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = forget_fd,
    .unregister_poll_fd = forget_fd,
    .notify = notify,
};

/* --- turns --- */

static void
set_ready(struct netwatch *w, uint32_t events)
{
	struct slirp_link *s =
	    (struct slirp_link *)((char *)w - offsetof(struct slirp_link, watch));

	(void)events;
	slirp_poll_collect(&s->poll);
	s->due_ms = 0;
}

static void
run_timers(struct slirp_link *s)
{
	int64_t now = netloop_now_ms();
	struct timer *t;

	LIST_FOREACH (t, &s->timers, all) {
		if (t->due_ms > now)
			continue;
		t->due_ms = INT64_MAX;
		t->fn(t->arg);
	}
}

static int
turn_before(struct netturn *turn)
{
	struct slirp_link *s =
	    (struct slirp_link *)((char *)turn - offsetof(struct slirp_link, before));
	struct frame *f;

	if (netloop_now_ms() >= s->due_ms)
		slirp_poll_tell(&s->poll, s->slirp);
	run_timers(s);
	while ((f = STAILQ_FIRST(&s->arrived)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->arrived, all);
		ifnet_input(s->ifp, f->bytes, f->len);
		free(f);
	}
	return -1;
}

static int
turn_after(struct netturn *turn)
{
	struct slirp_link *s =
	    (struct slirp_link *)((char *)turn - offsetof(struct slirp_link, after));
	uint32_t ms = slirp_poll_ask(&s->poll, s->slirp);

	s->due_ms = netloop_now_ms() + ms;
	return STAILQ_EMPTY(&s->arrived) ? (int)ms : 0;
}

/* --- as a driver --- */

static int
slirp_output(struct ifnet *ifp, const void *bytes, size_t len)
{
	struct slirp_link *s = ifp->driver;

	slirp_input(s->slirp, bytes, (int)len);
	return 0;
}

static void
slirp_link_free(struct slirp_link *s)
{
	struct frame *f;

	if (s->slirp != NULL)
		slirp_cleanup(s->slirp);
	while ((f = STAILQ_FIRST(&s->arrived)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->arrived, all);
		free(f);
	}
	slirp_poll_close(&s->poll);
	free(s);
}

static void
slirp_gone(struct ifnet *ifp)
{
	struct slirp_link *s = ifp->driver;

	netloop_remove_turn(&s->before);
	netloop_remove_turn(&s->after);
	netloop_unwatch(&s->watch);
	slirp_link_free(s);
}

static const struct ifnet_ops slirp_ops = {
    .kind = "slirp",
    .output = slirp_output,
    .free = slirp_gone,
};

static struct in_addr
ip4(const char *text)
{
	struct in_addr a;

	inet_pton(AF_INET, text, &a);
	return a;
}

static struct in6_addr
ip6(const char *text)
{
	struct in6_addr a;

	inet_pton(AF_INET6, text, &a);
	return a;
}

static int
start(struct slirp_link *s, unsigned mtu)
{
	const SlirpConfig config = {
	    .version = 1,
	    .in_enabled = true,
	    .vnetwork = ip4("10.0.2.0"),
	    .vnetmask = ip4("255.255.255.0"),
	    .vhost = ip4(SLIRP_GATEWAY),
	    .in6_enabled = true,
	    .vprefix_addr6 = ip6("fec0::"),
	    .vprefix_len = SLIRP_PREFIX6,
	    .vhost6 = ip6(SLIRP_GATEWAY6),
	    .vhostname = "rump",
	    .vdhcp_start = ip4(SLIRP_ADDRESS),
	    .vnameserver = ip4("10.0.2.3"),
	    .vnameserver6 = ip6("fec0::3"),
	    .if_mtu = mtu,
	    .if_mru = mtu,
	};
	int error = slirp_poll_open(&s->poll);

	if (error != 0)
		return error;
	s->watch = (struct netwatch){.fd = s->poll.set, .ready = set_ready};
	s->slirp = slirp_new(&config, &callbacks, s);
	return s->slirp == NULL ? EINVAL : netloop_watch(&s->watch, EPOLLIN);
}

int
slirp_link_new(const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	struct ifnet_params p = {
	    .name = "eth%d",
	    .type = ARPHRD_ETHER,
	    .flags = IFF_BROADCAST | IFF_MULTICAST,
	    .mtu = mtu != 0 ? mtu : MTU_DEFAULT,
	    .mtu_min = 576,
	    .mtu_max = mtu != 0 ? mtu : MTU_DEFAULT,
	    .mac = mac,
	    .ops = &slirp_ops,
	};
	struct slirp_link *s = calloc(1, sizeof *s);
	int error;

	if (s == NULL)
		return ENOMEM;
	STAILQ_INIT(&s->arrived);
	LIST_INIT(&s->timers);
	s->poll.set = -1;
	s->before.fn = turn_before;
	s->after.fn = turn_after;
	p.driver = s;
	error = p.mtu < p.mtu_min ? EINVAL : start(s, p.mtu);
	if (error == 0)
		error = ifnet_new(&p, ret);
	if (error != 0) {
		slirp_link_free(s);
		return error;
	}
	s->ifp = *ret;
	netloop_add_first_turn(&s->before);
	netloop_add_turn(&s->after);
	ifnet_set_carrier(*ret, true);
	return 0;
}

int
slirp_link_forward(struct ifnet *ifp, const char *text)
{
	struct slirp_link *s = ifp->driver;

	return ifp->ops == &slirp_ops ? slirp_forward(s->slirp, text) : EINVAL;
}
