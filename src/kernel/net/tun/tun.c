/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces whose other end is a program.
 *
 * An interface goes with the file that made it, unless it is persistent: then it has no carrier
 * until somebody opens it again.
 */
#include "net/tun/tun.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/tun/tun_priv.h"

#define MTU_DEFAULT  1500
#define MTU_MIN      68
#define MTU_MAX      65535 /* with the link's header */
#define QUEUE        500   /* packets, as Linux shows it for tun */
#define VIRTIO_BYTES 10

static int
output(struct ifnet *ifp, const void *frame, size_t len)
{
	struct tun *t = ifp->driver;

	return t->file != NULL ? tun_give(t->file, frame, len) : ENOBUFS;
}

static void
gone(struct ifnet *ifp)
{
	struct tun *t = ifp->driver;

	if (t->file != NULL)
		tun_end(t->file);
	free(t);
}

static const struct ifnet_ops ops = {.kind = "tun", .output = output, .free = gone};

struct tun *
tun_of(const struct ifnet *ifp, unsigned kind)
{
	struct tun *t = ifp->ops == &ops ? ifp->driver : NULL;

	return t != NULL && (t->about.flags & kind) != 0 ? t : NULL;
}

bool
tun_about(const struct ifnet *ifp, struct tun_about *ret)
{
	struct tun *t = tun_of(ifp, IFF_TUN | IFF_TAP);

	if (t == NULL)
		return false;
	*ret = t->about;
	ret->is_open = t->file != NULL;
	return true;
}

static int
make_tun(struct tun *t, const struct ifnet_wish *wish)
{
	const struct ifnet_params p = {
	    .index = wish->index,
	    .name = wish->name,
	    .type = ARPHRD_NONE,
	    .flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST,
	    .mtu = MTU_DEFAULT,
	    .mtu_min = MTU_MIN,
	    .mtu_max = MTU_MAX,
	    .bare = true,
	    .ops = &ops,
	    .driver = t,
	};
	int error = ifnet_new(&p, &t->ifp);

	if (error == 0)
		error = ifnet_set_txqueuelen(t->ifp, QUEUE);
	return error;
}

static int
make_tap(struct tun *t, const struct ifnet_wish *wish)
{
	int error =
	    ifnet_new_ether(wish, wish->name, IFF_BROADCAST | IFF_MULTICAST, &ops, t, &t->ifp);

	if (error == 0)
		t->ifp->mtu_max = MTU_MAX - IFNET_HEADER;
	return error;
}

int
tun_new(struct tun_file *f, const char *name, unsigned flags)
{
	const struct ifnet_wish wish = {.name = name, .index = f->wanted_index};
	struct tun *t = calloc(1, sizeof *t);
	int error;

	if (t == NULL)
		return ENOMEM;
	t->about = (struct tun_about){.flags = flags, .owner = TUN_NOBODY, .group = TUN_NOBODY};
	t->sndbuf = INT_MAX;
	t->header = VIRTIO_BYTES;
	if (flags & IFF_TUN)
		error = make_tun(t, &wish);
	else
		error = make_tap(t, &wish);
	if (error != 0) {
		free(t);
		return error;
	}
	tun_attach(t, f);
	return 0;
}

void
tun_attach(struct tun *t, struct tun_file *f)
{
	t->file = f;
	f->tun = t;
}

void
tun_detach(struct tun_file *f)
{
	struct tun *t = f->tun;

	if (t == NULL)
		return;
	f->tun = NULL;
	t->file = NULL;
	if (t->about.flags & IFF_PERSIST)
		ifnet_set_carrier(t->ifp, false);
	else
		(void)ifnet_delete(t->ifp);
}
