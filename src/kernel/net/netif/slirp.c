/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's network by libslirp.
 *
 * libslirp is made for poll(2): it names its descriptors before each sleep and asks for their
 * events after it.  Here they are in an epoll set of the interface's own, which the network's
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netloop.h"

#define MTU_DEFAULT    1500
#define EVENTS_AT_ONCE 64

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

/* A descriptor of libslirp's; its place in the table is its number. */
struct polled {
	uint32_t registered; /* events in the epoll set; 0: not there */
	uint32_t wanted;     /* since the last fill() */
	uint32_t seen;
};

struct slirp_link {
	struct ifnet *ifp;
	Slirp *slirp;
	struct netwatch watch; /* the epoll set */
	struct netturn before, after;
	struct polled *fds;
	size_t nfds;
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

/* A number that is used anew is not in the epoll set any more. */
static void
forget_fd(int fd, void *arg)
{
	struct slirp_link *s = arg;

	if ((size_t)fd < s->nfds && s->fds[fd].registered != 0) {
		epoll_ctl(s->watch.fd, EPOLL_CTL_DEL, fd, NULL);
		s->fds[fd] = (struct polled){.registered = 0};
	}
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

/* --- polling --- */

static uint32_t
to_epoll(int events)
{
	return (events & SLIRP_POLL_IN ? EPOLLIN : 0) | (events & SLIRP_POLL_OUT ? EPOLLOUT : 0) |
	       (events & SLIRP_POLL_PRI ? EPOLLPRI : 0);
}

static int
from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? SLIRP_POLL_IN : 0) | (events & EPOLLOUT ? SLIRP_POLL_OUT : 0) |
	       (events & EPOLLPRI ? SLIRP_POLL_PRI : 0) | (events & EPOLLERR ? SLIRP_POLL_ERR : 0) |
	       (events & EPOLLHUP ? SLIRP_POLL_HUP : 0);
}

static bool
make_room(struct slirp_link *s, size_t fd)
{
	size_t n = s->nfds == 0 ? 64 : s->nfds;
	struct polled *more;

	while (n <= fd)
		n *= 2;
	if (n == s->nfds)
		return true;
	more = realloc(s->fds, n * sizeof *more);
	if (more == NULL)
		return false;
	memset(more + s->nfds, 0, (n - s->nfds) * sizeof *more);
	s->fds = more;
	s->nfds = n;
	return true;
}

static int
add_poll(int fd, int events, void *arg)
{
	struct slirp_link *s = arg;

	if (!make_room(s, (size_t)fd))
		return -1;
	s->fds[fd].wanted = to_epoll(events) | EPOLLHUP | EPOLLERR;
	return fd;
}

static int
get_revents(int fd, void *arg)
{
	struct slirp_link *s = arg;

	return fd >= 0 && (size_t)fd < s->nfds ? from_epoll(s->fds[fd].seen) : 0;
}

static void
update_set(struct slirp_link *s, int fd)
{
	struct polled *p = &s->fds[fd];
	struct epoll_event ev = {.events = p->wanted, .data.fd = fd};

	if (p->wanted == p->registered)
		return;
	if (p->wanted == 0)
		epoll_ctl(s->watch.fd, EPOLL_CTL_DEL, fd, NULL);
	else if (p->registered == 0 || epoll_ctl(s->watch.fd, EPOLL_CTL_MOD, fd, &ev) != 0)
		epoll_ctl(s->watch.fd, EPOLL_CTL_ADD, fd, &ev);
	p->registered = p->wanted;
}

/* Asks libslirp for its descriptors; in how many ms it wants to be asked again. */
static int
fill(struct slirp_link *s)
{
	uint32_t timeout = 1000;

	for (size_t fd = 0; fd < s->nfds; fd++)
		s->fds[fd].wanted = 0;
	slirp_pollfds_fill(s->slirp, &timeout, add_poll, s);
	for (size_t fd = 0; fd < s->nfds; fd++)
		update_set(s, (int)fd);
	s->due_ms = netloop_now_ms() + timeout;
	return (int)timeout;
}

static void
set_ready(struct netwatch *w, uint32_t events)
{
	struct slirp_link *s =
	    (struct slirp_link *)((char *)w - offsetof(struct slirp_link, watch));
	struct epoll_event seen[EVENTS_AT_ONCE];
	int n = epoll_wait(w->fd, seen, EVENTS_AT_ONCE, 0);

	(void)events;
	for (int i = 0; i < n; i++)
		s->fds[seen[i].data.fd].seen = seen[i].events;
	s->due_ms = 0;
}

/* --- turns --- */

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

	if (netloop_now_ms() >= s->due_ms) {
		slirp_pollfds_poll(s->slirp, 0, get_revents, s);
		for (size_t fd = 0; fd < s->nfds; fd++)
			s->fds[fd].seen = 0;
	}
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
	int ms = fill(s);

	return STAILQ_EMPTY(&s->arrived) ? ms : 0;
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
	if (s->watch.fd >= 0)
		close(s->watch.fd);
	free(s->fds);
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

	s->watch = (struct netwatch){.fd = epoll_create1(EPOLL_CLOEXEC), .ready = set_ready};
	if (s->watch.fd < 0)
		return errno;
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
	s->watch.fd = -1;
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

/* --- forwarding --- */

/* [ADDRESS:]PORT from the end of the text, which is cut off. */
static bool
cut_address(char *text, struct in_addr *ret_ip, int *ret_port)
{
	char *colon = strrchr(text, ':'), *end;
	long port;

	if (colon == NULL)
		return false;
	port = strtol(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port < 1 || port > UINT16_MAX)
		return false;
	*ret_port = (int)port;
	*colon = '\0';
	colon = strrchr(text, ':');
	if (colon != NULL && strchr(colon, '.') != NULL) {
		*colon = '\0';
		return inet_pton(AF_INET, colon + 1, ret_ip) == 1;
	}
	return true;
}

int
slirp_link_forward(struct ifnet *ifp, const char *text)
{
	struct slirp_link *s = ifp->driver;
	CLEANUP_FREE char *copy = NULL;
	struct in_addr host = ip4("127.0.0.1"), guest = ip4(SLIRP_ADDRESS);
	int host_port, guest_port;
	bool udp;

	if (ifp->ops != &slirp_ops)
		return EINVAL;
	copy = malloc(strlen(text) + 2);
	if (copy == NULL)
		return ENOMEM;
	sprintf(copy, ":%s", text); /* so that what is left over in the end begins with ':' */
	if (!cut_address(copy, &guest, &guest_port) || !cut_address(copy, &host, &host_port))
		return EINVAL;
	errno = 0;
	udp = strcmp(copy, ":udp") == 0;
	if (!udp && strcmp(copy, ":tcp") != 0)
		return EINVAL;
	return slirp_add_hostfwd(s->slirp, udp, host, host_port, guest, guest_port) == 0
		   ? 0
		   : (errno != 0 ? errno : EADDRINUSE);
}
