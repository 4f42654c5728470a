/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preforks: see prefork.h.
 */
#include "prefork.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "guest.h"
#include "kern/clock.h"
#include "server.h"

#define ORPHAN_LIFE_MS 60000 /* for a child whose parent has gone to connect */
#define LOOK_EVERY_MS  5000

struct prefork {
	uint32_t cookie[4];
	struct proc *proc;
	struct guest *parent; /* NULL once it has ended: `deadline` counts */
	struct timespec deadline;
	LIST_ENTRY(prefork) link;
};

static LIST_HEAD(, prefork) preforks = LIST_HEAD_INITIALIZER(preforks);
static atomic_uint norphans;

int
prefork_new(struct guest *parent, uint32_t ret_cookie[4])
{
	struct prefork *pf;
	int error;

	if (parent->npreforks >= GUEST_PREFORKS_MAX)
		return EAGAIN;
	pf = calloc(1, sizeof *pf);
	if (pf == NULL)
		return ENOMEM;
	if (getrandom(pf->cookie, sizeof pf->cookie, 0) != sizeof pf->cookie)
		error = EAGAIN;
	else
		error = proc_new(parent->proc, true, &pf->proc);
	if (error != 0) {
		free(pf);
		return error;
	}
	pf->parent = parent;
	parent->npreforks++;
	LIST_INSERT_HEAD(&preforks, pf, link);
	memcpy(ret_cookie, pf->cookie, sizeof pf->cookie);
	return 0;
}

static struct proc *
prefork_remove(struct prefork *pf)
{
	struct proc *proc = pf->proc;

	if (pf->parent != NULL)
		pf->parent->npreforks--;
	else
		atomic_fetch_sub(&norphans, 1);
	LIST_REMOVE(pf, link);
	free(pf);
	return proc;
}

int
prefork_claim(const uint32_t cookie[4], struct proc **ret)
{
	struct prefork *pf;

	LIST_FOREACH (pf, &preforks, link) {
		if (memcmp(pf->cookie, cookie, sizeof pf->cookie) == 0) {
			*ret = prefork_remove(pf);
			return 0;
		}
	}
	return ESRCH;
}

void
prefork_orphan(struct guest *parent)
{
	struct prefork *pf;

	if (parent->npreforks == 0)
		return;
	LIST_FOREACH (pf, &preforks, link) {
		if (pf->parent != parent)
			continue;
		pf->parent = NULL;
		deadline_after_ms(ORPHAN_LIFE_MS, &pf->deadline);
		atomic_fetch_add(&norphans, 1);
	}
	parent->npreforks = 0;
}

static struct prefork *
find_expired(void)
{
	struct prefork *pf;

	LIST_FOREACH (pf, &preforks, link) {
		if (pf->parent == NULL && deadline_has_passed(&pf->deadline))
			return pf;
	}
	return NULL;
}

int
prefork_expire(void)
{
	struct prefork *pf;

	if (atomic_load(&norphans) == 0)
		return -1;
	giant_lock();
	while ((pf = find_expired()) != NULL)
		proc_exit(prefork_remove(pf));
	giant_unlock();
	return LOOK_EVERY_MS;
}

void
prefork_drop_all(void)
{
	struct prefork *pf;

	while ((pf = LIST_FIRST(&preforks)) != NULL)
		proc_exit(prefork_remove(pf));
}
