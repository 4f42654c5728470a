/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two interfaces with a cable between them.
 *
 * A frame is received in a turn of the network's (netloop.h), never inside the sending, because who
 * receives may send.
 */
#include "net/netif/veth.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netloop.h"

#define QUEUE_MAX 1000 /* frames on all cables */
#define AT_ONCE   256  /* of them in a turn */

struct veth {
	struct ifnet *ifp;
	struct veth *peer; /* NULL: its interface is gone */
};

struct frame {
	STAILQ_ENTRY(frame) link;
	struct veth *to; /* NULL: gone */
	size_t len;
	uint8_t bytes[];
};

static STAILQ_HEAD(, frame) queue = STAILQ_HEAD_INITIALIZER(queue);
static unsigned queued;

static int
take_turn(struct netturn *t)
{
	struct frame *f;

	(void)t;
	for (int i = 0; i < AT_ONCE && (f = STAILQ_FIRST(&queue)) != NULL; i++) {
		STAILQ_REMOVE_HEAD(&queue, link);
		queued--;
		if (f->to != NULL)
			ifnet_input(f->to->ifp, f->bytes, f->len);
		free(f);
		netloop_again(); /* the stack's turn may be over */
	}
	return -1;
}

static struct netturn turn = {.fn = take_turn};

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	struct veth *v = ifp->driver;
	struct frame *f;

	if (v->peer == NULL || queued == QUEUE_MAX)
		return ENOBUFS;
	f = malloc(sizeof *f + len);
	if (f == NULL)
		return ENOBUFS;
	f->to = v->peer;
	f->len = len;
	memcpy(f->bytes, frame, len);
	STAILQ_INSERT_TAIL(&queue, f, link);
	queued++;
	netloop_again();
	return 0;
}

/* There is a carrier while both ends are up. */
static int
set_up(struct ifnet *ifp, bool up)
{
	struct veth *v = ifp->driver;

	if (v->peer == NULL)
		return 0;
	ifnet_set_carrier(ifp, up && ifnet_is_up(v->peer->ifp));
	ifnet_set_carrier(v->peer->ifp, up && ifnet_is_up(v->peer->ifp));
	return 0;
}

/* One end does not go without the other. */
static void
gone(struct ifnet *ifp)
{
	struct veth *v = ifp->driver, *peer = v->peer;
	struct frame *f;

	STAILQ_FOREACH (f, &queue, link)
		if (f->to == v)
			f->to = NULL;
	free(v);
	if (peer == NULL)
		return;
	peer->peer = NULL;
	(void)ifnet_delete(peer->ifp);
}

static const struct ifnet_ops ops = {
    .kind = "veth", .output = output, .set_up = set_up, .free = gone};

static int
make_end(const struct ifnet_wish *wish, struct veth **ret)
{
	struct veth *v = calloc(1, sizeof *v);
	int error;

	if (v == NULL)
		return ENOMEM;
	error = ifnet_new_ether(wish, "veth%d", IFF_BROADCAST | IFF_MULTICAST, &ops, v, &v->ifp);
	if (error != 0)
		free(v);
	else
		*ret = v;
	return error;
}

int
veth_new(const struct ifnet_wish *one, const struct ifnet_wish *other, struct ifnet **ret)
{
	static bool started;
	struct veth *a, *b;
	int error = make_end(other, &b); /* Linux makes the peer first */

	if (error != 0)
		return error;
	error = make_end(one, &a);
	if (error != 0) {
		(void)ifnet_delete(b->ifp);
		return error;
	}
	if (!started)
		netloop_add_turn(&turn);
	started = true;
	a->peer = b;
	b->peer = a;
	ifnet_set_carrier(a->ifp, false);
	ifnet_set_carrier(b->ifp, false);
	a->ifp->peer = b->ifp->index;
	b->ifp->peer = a->ifp->index;
	*ret = a->ifp;
	return 0;
}
