/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of interfaces, and how interfaces belong together.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/ifnet_priv.h"
#include "net/netevent.h"

#define NUMBERS_MAX 1000 /* of names with %d */

static int
changed(struct ifnet *ifp)
{
	netevent_tell(&(struct netevent){.kind = NETEVENT_LINK, .ifp = ifp});
	return 0;
}

/* --- names --- */

static struct ifnet_altname *
find(const struct ifnet *ifp, const char *name)
{
	struct ifnet_altname *a;

	STAILQ_FOREACH (a, &ifp->altnames, link)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

struct ifnet *
ifnet_by_any_name(const char *name)
{
	struct ifnet *ifp = ifnet_by_name(name);

	if (ifp != NULL)
		return ifp;
	TAILQ_FOREACH (ifp, &ifnet_all, link)
		if (find(ifp, name) != NULL)
			return ifp;
	return NULL;
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < IFNET_NAME_MAX && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && strpbrk(name, "/: \t\n\v\f\r") == NULL;
}

int
ifnet_choose_name(const char *wanted, char name[IFNET_NAME_MAX])
{
	const char *number = strstr(wanted, "%d");

	if (!is_name(wanted))
		return EINVAL;
	if (number == NULL) {
		strcpy(name, wanted);
		return ifnet_by_any_name(name) != NULL ? EEXIST : 0;
	}
	for (unsigned i = 0; i < NUMBERS_MAX; i++) {
		int n = snprintf(name, IFNET_NAME_MAX, "%.*s%u%s", (int)(number - wanted), wanted,
		    i, number + 2);

		if (n >= IFNET_NAME_MAX)
			return EINVAL;
		if (ifnet_by_any_name(name) == NULL)
			return 0;
	}
	return ENFILE;
}

int
ifnet_rename(struct ifnet *ifp, const char *name)
{
	char chosen[IFNET_NAME_MAX];
	struct ifnet_addr *a;
	int error;

	if (strcmp(ifp->name, name) == 0)
		return 0;
	error = ifnet_choose_name(name, chosen);
	if (error != 0)
		return error;
	TAILQ_FOREACH (a, &ifp->addrs, link)
		if (strcmp(a->label, ifp->name) == 0)
			strcpy(a->label, chosen);
	strcpy(ifp->name, chosen);
	return changed(ifp);
}

int
ifnet_set_alias(struct ifnet *ifp, const char *alias, size_t len)
{
	if (len >= sizeof ifp->alias)
		return EINVAL;
	memcpy(ifp->alias, alias, len);
	ifp->alias[len] = '\0';
	return changed(ifp);
}

int
ifnet_set_group(struct ifnet *ifp, uint32_t group)
{
	ifp->group = group;
	return changed(ifp);
}

int
ifnet_add_altname(struct ifnet *ifp, const char *name)
{
	struct ifnet_altname *a;
	size_t len = strlen(name);

	if (len == 0 || len >= sizeof a->name)
		return EINVAL;
	if (ifnet_by_any_name(name) != NULL)
		return EEXIST;
	a = calloc(1, sizeof *a);
	if (a == NULL)
		return ENOMEM;
	memcpy(a->name, name, len);
	STAILQ_INSERT_TAIL(&ifp->altnames, a, link);
	return changed(ifp);
}

static void
drop(struct ifnet *ifp, struct ifnet_altname *a)
{
	STAILQ_REMOVE(&ifp->altnames, a, ifnet_altname, link);
	free(a);
}

int
ifnet_remove_altname(struct ifnet *ifp, const char *name)
{
	struct ifnet_altname *a = find(ifp, name);

	if (a == NULL)
		return ENOENT;
	drop(ifp, a);
	return changed(ifp);
}

/* --- what lies on what --- */

int
ifnet_link(const struct ifnet *ifp)
{
	return ifp->lower != NULL ? ifp->lower->index : ifp->peer;
}

unsigned
ifnet_depth(const struct ifnet *ifp)
{
	unsigned deepest = ifp->lower != NULL ? ifnet_depth(ifp->lower) : 0, depth;
	const struct ifnet *port;

	TAILQ_FOREACH (port, &ifnet_all, link) {
		depth = port->master == ifp ? ifnet_depth(port) : 0;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

static bool
lies_on(const struct ifnet *ifp, const struct ifnet *what)
{
	const struct ifnet *port;

	if (ifp == what || (ifp->lower != NULL && lies_on(ifp->lower, what)))
		return true;
	TAILQ_FOREACH (port, &ifnet_all, link)
		if (port->master == ifp && lies_on(port, what))
			return true;
	return false;
}

/* --- masters and ports --- */

static void
leave(struct ifnet *port)
{
	struct ifnet *master = port->master;

	port->master = NULL;
	master->ops->remove_port(master, port);
	changed(port);
}

int
ifnet_set_master(struct ifnet *ifp, struct ifnet *master)
{
	int error;

	if (ifp->master == master)
		return 0;
	if (master != NULL && (master->ops == NULL || master->ops->add_port == NULL))
		return EOPNOTSUPP;
	if (ifp->master != NULL)
		leave(ifp);
	if (master == NULL)
		return 0;
	if (ifp != master && lies_on(ifp, master))
		return EBUSY;
	if (ifnet_depth(ifp) >= IFNET_DEPTH_MAX)
		return EMLINK;
	error = master->ops->add_port(master, ifp);
	if (error != 0)
		return error;
	ifp->master = master;
	return changed(ifp);
}

void
ifnet_forget_links(struct ifnet *ifp)
{
	struct ifnet *port;

	TAILQ_FOREACH (port, &ifnet_all, link)
		if (port->master == ifp)
			leave(port);
	if (ifp->master != NULL)
		leave(ifp);
	while (!STAILQ_EMPTY(&ifp->altnames))
		drop(ifp, STAILQ_FIRST(&ifp->altnames));
}
