/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast groups: /proc/net/igmp, igmp6, dev_mcast. */
#include <arpa/inet.h>
#include <net/if.h>

#include "net/group.h"
#include "net/ifnet.h"
#include "net/procnet/pn_priv.h"

struct listing {
	FILE *out;
	const struct ifnet *ifp;
	unsigned count;
};

static void
count(void *arg, const struct inaddr *group, unsigned users)
{
	struct listing *l = arg;

	(void)group, (void)users;
	l->count++;
}

static void
put4(void *arg, const struct inaddr *group, unsigned users)
{
	const struct listing *l = arg;

	fprintf(
	    l->out, "\t\t\t\t%08X %5u %d:%08X\t\t%d\n", htonl(inaddr_v4_of(group)), users, 0, 0, 0);
}

int
procnet_igmp(const struct procfs_of *of, FILE *out)
{
	struct listing l = {.out = out};

	(void)of;
	fputs("Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n", out);
	TAILQ_FOREACH (l.ifp, &ifnet_all, link) {
		l.count = 0;
		group_each(l.ifp, true, count, &l);
		if (l.count == 0)
			continue;
		fprintf(out, "%d\t%-10s: %5u %7s\n", l.ifp->index, l.ifp->name, l.count, "V3");
		group_each(l.ifp, true, put4, &l);
	}
	return 0;
}

static void
put6(void *arg, const struct inaddr *group, unsigned users)
{
	const struct listing *l = arg;
	/* As Linux says of a group that is only the node's own, of all hosts, of others. */
	unsigned flags = group->ip[1] == 1 ? 8 : group->ip[15] == 1 && group->ip[13] == 0 ? 12 : 4;

	fprintf(l->out, "%-4d %-15s ", l->ifp->index, l->ifp->name);
	procnet_put_hex(l->out, group);
	fprintf(l->out, " %5u %08X %d\n", users, flags, 0);
}

int
procnet_igmp6(const struct procfs_of *of, FILE *out)
{
	struct listing l = {.out = out};

	(void)of;
	TAILQ_FOREACH (l.ifp, &ifnet_all, link)
		group_each(l.ifp, false, put6, &l);
	return 0;
}

/* The link addresses that stand for groups. */
static void
put_link(void *arg, const struct inaddr *group, unsigned users)
{
	const struct listing *l = arg;
	const uint8_t *ip = group->ip;

	if (!inaddr_is_v4(group) && ip[1] == 1)
		return; /* never leaves the node */
	fprintf(l->out, "%-4d %-15s %-5u %-5d ", l->ifp->index, l->ifp->name, users, 0);
	if (inaddr_is_v4(group))
		fprintf(l->out, "01005e%02x%02x%02x\n", ip[13] & 0x7fu, ip[14], ip[15]);
	else
		fprintf(l->out, "3333%02x%02x%02x%02x\n", ip[12], ip[13], ip[14], ip[15]);
}

int
procnet_dev_mcast(const struct procfs_of *of, FILE *out)
{
	struct listing l = {.out = out};

	(void)of;
	TAILQ_FOREACH (l.ifp, &ifnet_all, link) {
		if (l.ifp->flags & IFF_LOOPBACK || ifnet_addr_len(l.ifp) == 0)
			continue;
		group_each(l.ifp, true, put_link, &l);
		group_each(l.ifp, false, put_link, &l);
	}
	return 0;
}
