/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces and what is on them, in /proc/net. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/procnet/pn_priv.h"
#include "net/tun/tun.h"

int
procnet_dev(const struct procfs_of *of, FILE *out)
{
	struct ifnet *ifp;

	(void)of;
	tun_settle();
	fputs("Inter-|   Receive                                                |  Transmit\n"
	      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets "
	      "errs drop fifo colls carrier compressed\n",
	    out);
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		const struct ifnet_count *r = &ifp->rx, *t = &ifp->tx;

		fprintf(out,
		    "%6s: %7ju %7ju %4ju %4ju %4d %5d %10d %9ju %8ju %7ju %4ju %4ju %4d %5d %7d "
		    "%10d\n",
		    ifp->name, r->bytes, r->packets, r->errors, r->dropped, 0, 0, 0, r->multicast,
		    t->bytes, t->packets, t->errors, t->dropped, 0, 0, 0, 0);
	}
	return 0;
}

/* IPv6's own number of a scope. */
static unsigned
scope6(uint8_t scope)
{
	return scope == RT_SCOPE_HOST ? 0x10 : scope == RT_SCOPE_LINK ? 0x20 : 0;
}

int
procnet_if_inet6(const struct procfs_of *of, FILE *out)
{
	struct ifnet_addr *a;
	struct ifnet *ifp;

	(void)of;
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		TAILQ_FOREACH (a, &ifp->addrs, link) {
			if (inaddr_is_v4(&a->ip))
				continue;
			procnet_put_hex(out, &a->ip);
			fprintf(out, " %02x %02x %02x %02x %8s\n", (unsigned)ifp->index, a->prefix,
			    scope6(a->scope), (unsigned)a->flags & 0xff, ifp->name);
		}
	}
	return 0;
}

/* --- interfaces as names of directories --- */

int
procnet_next_interface(const struct procfs_of *of, int *num)
{
	const struct ifnet *ifp;

	(void)of;
	tun_settle();
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (ifp->index >= *num) {
			*num = ifp->index;
			return 0;
		}
	}
	return ENOENT;
}

static int
index_of(const char *name, size_t len)
{
	const struct ifnet *ifp;

	tun_settle();
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (strlen(ifp->name) == len && memcmp(ifp->name, name, len) == 0)
			return ifp->index;
	return -1;
}

static void
name_of(int index, char name[NAME_MAX + 1])
{
	const struct ifnet *ifp = ifnet_by_index(index);

	snprintf(name, NAME_MAX + 1, "%s", ifp == NULL ? "" : ifp->name);
}

const struct procfs_names procnet_interface_names = {index_of, name_of};

/* There are none. */
int
procnet_wireless(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
	      " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n",
	    out);
	return 0;
}
