/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zombies: nodes that nobody in the rump kernel refers to, but whose host object some program
 * still has open, so that calls by handle must find them.
 *
 * The host does not tell when the last program closes an object, so the list is swept: about once
 * a second while calls come in, and whenever it has doubled.  O_PATH descriptors keep no lease
 * away; nodes that had such are kept for as long as there are not too many of them.
 */
#include <time.h>

#include "vfs/tmpfs/tmpfs.h"

#define SWEEP_MIN     64
#define PATH_OPEN_MAX 256 /* zombies that are kept for O_PATH descriptors alone */
#define FEW           8   /* looked at each time */

static bool
is_open_elsewhere(struct tmpfs_node *n)
{
	return n->hostfd != -1 && (n->path_opened || !tmpfs_host_is_alone(n));
}

static void
keep(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);

	if (n->zombie)
		return;
	n->zombie = true;
	TAILQ_INSERT_TAIL(&fs->zombies, n, zombies);
	fs->nzombies++;
}

void
tmpfs_zombie_forget(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);

	if (!n->zombie)
		return;
	n->zombie = false;
	TAILQ_REMOVE(&fs->zombies, n, zombies);
	fs->nzombies--;
}

/* Frees n and the removed directories above that only it kept: a chain of any length. */
static void
destroy(struct tmpfs_node *n)
{
	do {
		n = tmpfs_node_free(n);
		if (n == NULL || --n->v.refs != 0)
			return;
	} while (!is_open_elsewhere(n));
	keep(n);
}

void
tmpfs_inactive(struct vnode *vn)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct tmpfs *fs = tmpfs_of(n);

	if (!is_open_elsewhere(n)) {
		destroy(n);
		return;
	}
	keep(n);
	if (fs->nzombies >= fs->sweep_at)
		tmpfs_sweep(fs, true);
}

void
tmpfs_sweep(struct tmpfs *fs, bool now)
{
	struct tmpfs_nodes list = TAILQ_HEAD_INITIALIZER(list);
	struct tmpfs_node *n;
	struct timespec ts;
	size_t spare;

	if (fs->nzombies == 0)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	/* Where there is little room it must be had at once. */
	if (fs->limits.sized && fs->nzombies <= FEW)
		now = true;
	if (!now && ts.tv_sec == fs->swept)
		return;
	fs->swept = ts.tv_sec;
	spare = fs->nzombies > PATH_OPEN_MAX ? fs->nzombies - PATH_OPEN_MAX : 0;
	TAILQ_CONCAT(&list, &fs->zombies, zombies);
	fs->nzombies = 0;
	while ((n = TAILQ_FIRST(&list)) != NULL) {
		TAILQ_REMOVE(&list, n, zombies);
		n->zombie = false;
		if (n->v.refs != 0)
			continue; /* found by a handle, and held */
		if (!tmpfs_host_is_alone(n)) {
			keep(n);
		} else if (n->path_opened && spare == 0) {
			keep(n);
		} else {
			spare -= n->path_opened && spare != 0;
			destroy(n);
		}
	}
	fs->sweep_at = fs->nzombies * 2 > SWEEP_MIN ? fs->nzombies * 2 : SWEEP_MIN;
}
