/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings of interfaces.
 */
#include "net/ifconf.h"

#include <errno.h>

#include "net/ifnet.h"

#define USUAL                                                                                      \
	{                                                                                          \
		.value = {                                                                         \
			[IFCONF6_ACCEPT_RA] = 1,                                                   \
			[IFCONF6_ACCEPT_RA_DEFRTR] = 1,                                            \
			[IFCONF6_ACCEPT_RA_PINFO] = 1,                                             \
			[IFCONF6_AUTOCONF] = 1,                                                    \
		}                                                                                  \
	}

struct ifconf_values ifconf_all = USUAL, ifconf_default = USUAL;

int
ifconf_get(const struct ifnet *ifp, enum ifconf_id id)
{
	return ifp->conf.value[id];
}

void
ifconf_set_router(struct ifnet *ifp, bool on)
{
	ifp->conf.value[IFCONF4_FORWARDING] = ifp->conf.value[IFCONF6_FORWARDING] = on;
}

static struct ifconf_values *
place(int at)
{
	struct ifnet *ifp;

	if (at == IFCONF_AT_ALL)
		return &ifconf_all;
	if (at == IFCONF_AT_DEFAULT)
		return &ifconf_default;
	ifp = ifnet_by_index(IFCONF_INDEX_OF(at));
	return ifp == NULL ? NULL : &ifp->conf;
}

int
ifconf_show(enum ifconf_id id, int at, int *ret)
{
	const struct ifconf_values *c = place(at);

	if (c == NULL)
		return ENOENT;
	*ret = c->value[id];
	return 0;
}

static void
store_everywhere(enum ifconf_id id, int value)
{
	struct ifnet *ifp;

	ifconf_default.value[id] = value;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		ifp->conf.value[id] = value;
}

int
ifconf_store(enum ifconf_id id, int at, int value)
{
	struct ifconf_values *c = place(at);

	if (c == NULL)
		return ENOENT;
	if (value < 0 || value > (id == IFCONF6_ACCEPT_RA ? 2 : 1))
		return EINVAL;
	c->value[id] = value;
	if (at == IFCONF_AT_ALL)
		store_everywhere(id, value);
	return 0;
}
