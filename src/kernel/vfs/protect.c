/* SPDX-License-Identifier: BSD-2-Clause */
/* fs.protected_hardlinks, _symlinks, _regular and _fifos. */
#include "vfs/protect.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/vnode.h"

static int hardlinks, symlinks, regular, fifos;

static int
host_setting(const char *name)
{
	char path[64];
	int value = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/sys/fs/%s", name);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

void
protect_init(void)
{
	hardlinks = host_setting("protected_hardlinks");
	symlinks = host_setting("protected_symlinks");
	regular = host_setting("protected_regular");
	fifos = host_setting("protected_fifos");
}

int
protect_follow(const struct vnode *dir, const struct vnode *link, const struct cred *c)
{
	const mode_t shared = S_ISVTX | S_IWOTH;

	if (symlinks == 0 || (dir->mode & shared) != shared)
		return 0;
	return link->uid == c->fsuid || link->uid == dir->uid ? 0 : EACCES;
}

/* Is the directory shared so widely that this setting counts? */
static bool
counts(const struct vnode *dir, int setting)
{
	return (dir->mode & S_IWOTH) != 0 || ((dir->mode & S_IWGRP) != 0 && setting >= 2);
}

int
protect_open(const struct vnode *dir, const struct vnode *vn, const struct cred *c)
{
	int setting = 1; /* what is neither a file nor a FIFO is always protected */

	if (S_ISREG(vn->mode))
		setting = regular;
	else if (S_ISFIFO(vn->mode))
		setting = fifos;
	if ((dir->mode & S_ISVTX) == 0 || setting == 0 || !counts(dir, setting))
		return 0;
	return vn->uid == dir->uid || vn->uid == c->fsuid ? 0 : EACCES;
}

int
protect_link(struct vnode *vn, const struct cred *c)
{
	const mode_t setgid = S_ISGID | S_IXGRP;

	if (hardlinks == 0 || vnode_is_owner(vn, c))
		return 0;
	if (!S_ISREG(vn->mode) || (vn->mode & S_ISUID) != 0 || (vn->mode & setgid) == setgid)
		return EPERM;
	return vnode_access(vn, c, R_OK | W_OK) == 0 ? 0 : EPERM;
}
