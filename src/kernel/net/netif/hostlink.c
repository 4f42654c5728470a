/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces on a descriptor of the host; one whose wire was cut has no carrier. */
#include "net/netif/hostlink.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netloop.h"

#define FRAME_MAX 65549 /* of the largest MTU, with its header */
#define AT_ONCE   64    /* frames for one event */

struct hostlink {
	struct netwatch frames, end; /* fd -1: not watched */
	struct hostlink_wire wire;
	struct ifnet_ops ops;
	struct ifnet *ifp;
};

static void
unwatch(struct netwatch *w)
{
	if (w->fd >= 0)
		netloop_unwatch(w);
	w->fd = -1;
}

static void
is_cut(struct hostlink *h)
{
	unwatch(&h->frames);
	unwatch(&h->end);
	ifnet_set_carrier(h->ifp, false);
}

static void
frames_ready(struct netwatch *w, uint32_t events)
{
	static uint8_t frame[FRAME_MAX];
	struct hostlink *h = (struct hostlink *)((char *)w - offsetof(struct hostlink, frames));
	ssize_t n = 0;

	(void)events;
	for (int i = 0; i < AT_ONCE; i++) {
		n = h->wire.receive(&h->wire, frame, sizeof frame);
		if (n <= 0)
			break;
		if (n >= IFNET_HEADER)
			ifnet_input(h->ifp, frame, (size_t)n);
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		is_cut(h);
}

static void
end_ready(struct netwatch *w, uint32_t events)
{
	(void)events;
	is_cut((struct hostlink *)((char *)w - offsetof(struct hostlink, end)));
}

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	const struct hostlink *h = ifp->driver;

	return h->wire.send(&h->wire, frame, len) == (ssize_t)len ? 0 : ENOBUFS;
}

static void
gone(struct ifnet *ifp)
{
	struct hostlink *h = ifp->driver;

	unwatch(&h->frames);
	unwatch(&h->end);
	h->wire.close(&h->wire);
	free(h);
}

static int
watch(struct netwatch *w, int fd)
{
	int error;

	w->fd = fd;
	error = fd < 0 ? 0 : netloop_watch(w, EPOLLIN);
	if (error != 0)
		w->fd = -1;
	return error;
}

int
hostlink_new(const struct hostlink_wire *wire, const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	const struct ifnet_wish wish = {.mac = mac, .mtu = mtu};
	struct hostlink *h = calloc(1, sizeof *h);
	int error = ENOMEM;

	if (h != NULL) {
		h->frames = (struct netwatch){.fd = -1, .ready = frames_ready};
		h->end = (struct netwatch){.fd = -1, .ready = end_ready};
		h->wire = *wire;
		h->ops = (struct ifnet_ops){.kind = wire->kind, .output = output, .free = gone};
		error = ifnet_new_ether(
		    &wish, "eth%d", IFF_BROADCAST | IFF_MULTICAST, &h->ops, h, &h->ifp);
	}
	if (error != 0) {
		wire->close(wire);
		free(h);
		return error;
	}
	error = watch(&h->frames, wire->fd);
	if (error == 0)
		error = watch(&h->end, wire->end_fd);
	if (error != 0) {
		(void)ifnet_delete(h->ifp);
		return error;
	}
	ifnet_set_carrier(h->ifp, true);
	*ret = h->ifp;
	return 0;
}
