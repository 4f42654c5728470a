/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two interfaces with a cable between them: one for each direction.
 */
#include "net/netif/veth.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>

#include "net/ifnet.h"
#include "net/netif/cable.h"

struct veth {
	struct ifnet *ifp;
	struct veth *peer; /* NULL: its interface is gone */
	struct cable in;   /* from there */
};

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	struct veth *v = ifp->driver;

	return v->peer == NULL ? ENOBUFS : cable_put(&v->peer->in, frame, len);
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

	cable_fini(&v->in);
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
	if (error != 0)
		return error;
	cable_init(&v->in, v->ifp);
	*ret = v;
	return 0;
}

int
veth_new(const struct ifnet_wish *one, const struct ifnet_wish *other, struct ifnet **ret)
{
	struct veth *a, *b;
	int error = make_end(other, &b); /* Linux makes the peer first */

	if (error != 0)
		return error;
	error = make_end(one, &a);
	if (error != 0) {
		(void)ifnet_delete(b->ifp);
		return error;
	}
	a->peer = b;
	b->peer = a;
	ifnet_set_carrier(a->ifp, false);
	ifnet_set_carrier(b->ifp, false);
	a->ifp->peer = b->ifp->index;
	b->ifp->peer = a->ifp->index;
	*ret = a->ifp;
	return 0;
}
