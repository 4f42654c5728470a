/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups that an interface is in: the sockets', and those that every host or router is in. */
#include <net/if.h>
#include <string.h>

#include "net/group.h"
#include "net/ifconf.h"
#include "net/ifnet.h"

struct listing {
	const struct ifnet *ifp;
	group_fn *fn;
	void *arg;
};

static void
own_group4(const struct listing *l)
{
	const struct inaddr all = inaddr_v4(0xe0000001, 0);

	l->fn(l->arg, &all, 1);
}

/* ff0S::N */
static void
own_group6(const struct listing *l, uint8_t scope, uint8_t number)
{
	const struct inaddr group = {.ip = {0xff, scope, [15] = number}};

	l->fn(l->arg, &group, 1);
}

/* The group by which neighbours ask for an address (RFC 4291, 2.7.1). */
static struct inaddr
solicited(const struct inaddr *ip)
{
	struct inaddr group = {.ip = {0xff, 0x02, [11] = 1, [12] = 0xff}};

	memcpy(group.ip + 13, ip->ip + 13, 3);
	return group;
}

/* Nobody asks where there is no asking. */
static bool
has_solicited(const struct ifnet_addr *a)
{
	return !inaddr_is_v4(&a->ip) && !inaddr_is_local(&a->ip) &&
	       (a->ifp->flags & IFF_NOARP) == 0;
}

/* Each once, with how many addresses it is for. */
static void
solicited_groups(const struct listing *l)
{
	const struct ifnet_addr *a, *b;

	TAILQ_FOREACH (a, &l->ifp->addrs, link) {
		struct inaddr group = solicited(&a->ip);
		unsigned before = 0, users = 0;

		if (!has_solicited(a))
			continue;
		TAILQ_FOREACH (b, &l->ifp->addrs, link) {
			struct inaddr other = solicited(&b->ip);

			if (b == a)
				before = users;
			users += has_solicited(b) && inaddr_same_ip(&group, &other);
		}
		if (before == 0)
			l->fn(l->arg, &group, users);
	}
}

void
group_each(const struct ifnet *ifp, bool v4, group_fn *fn, void *arg)
{
	const struct listing l = {.ifp = ifp, .fn = fn, .arg = arg};

	group_each_joined((uint32_t)ifp->index, v4, fn, arg);
	if (!ifnet_is_up(ifp))
		return;
	if (v4) {
		own_group4(&l);
		return;
	}
	solicited_groups(&l);
	if (ifconf_get(ifp, IFCONF6_FORWARDING)) {
		own_group6(&l, 0x05, 2);
		own_group6(&l, 0x01, 2);
		own_group6(&l, 0x02, 2);
	}
	own_group6(&l, 0x02, 1);
	own_group6(&l, 0x01, 1);
}
