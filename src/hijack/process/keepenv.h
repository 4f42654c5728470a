/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that are started with an emptied environment.
 *
 * What makes a program one of the rump kernel's is in its environment, and sshd, su, cron, sudo and
 * `env -i` start programs with a new one.  These shall not leave the kernel by that.  So if
 * RUMP_SERVER and LD_PRELOAD are missing, or LD_PRELOAD names others, exec puts back what this
 * program had; the new image takes it away again before the program sees it, and remembers it for
 * the same purpose.
 *
 * Who does want to leave says LD_PRELOAD= (empty), or takes away LD_PRELOAD alone.
 */
#ifndef HIJACK_KEEPENV_H
#define HIJACK_KEEPENV_H

#include <limits.h>

#define KEEPENV_MAX 6

/* What to add to an environment: `var` up to the first NULL. */
struct keepenv {
	const char *var[KEEPENV_MAX + 1];
	char preload[PATH_MAX]; /* LD_PRELOAD, if others are preloaded, too */
	char about[64];         /* for the new image's start */
};

void keepenv_find(struct keepenv *k, char *const *envp);

/* The new image starts; whoever needs these variables has read them. */
void keepenv_start(void);

#endif
