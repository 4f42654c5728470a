/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes of procfs: they exist while they are referred to. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "vfs/procfs/procfs.h"

/* The same number for the same file each time; programs only want different ones for different
 * files. */
ino_t
procfs_ino(const struct procfs_of *of)
{
	unsigned hash;

	HASH_FNV(of, sizeof *of, hash);
	return (ino_t)hash | (ino_t)1 << 31;
}

/* Whose it is: the process's user; what is about the kernel belongs to the user who started it. */
static void
set_owner(struct procfs_node *n)
{
	const struct proc *p = n->of.pid == 0 ? NULL : proc_find(n->of.pid);

	n->v.nlink = n->of.pid != 0 && p == NULL ? 0 : S_ISDIR(n->v.mode) ? 2 : 1;
	if (p == NULL)
		return;
	n->v.uid = p->cred.euid;
	n->v.gid = p->cred.egid;
}

int
procfs_node_get(
    struct mount *mp, struct procfs_of of, struct procfs_node *parent, struct vnode **ret)
{
	struct procfs *fs = (struct procfs *)mp;
	struct procfs_node *n;

	HASH_FIND(hh, fs->nodes, &of, sizeof of, n);
	if (n == NULL) {
		n = calloc(1, sizeof *n);
		if (n == NULL)
			return ENOMEM;
		n->of = of;
		n->written = -1;
		HASH_ADD(hh, fs->nodes, of, sizeof n->of, n);
		if (n->hh.tbl == NULL) {
			free(n);
			return ENOMEM;
		}
		n->v = (struct vnode){.ops = &procfs_vnode_ops,
		    .mount = mp,
		    .ino = procfs_ino(&of),
		    .mode = of.entry->mode,
		    .uid = geteuid(),
		    .gid = getegid()};
		n->parent = parent;
		if (parent != NULL)
			vnode_ref(&parent->v);
	}
	set_owner(n);
	*ret = vnode_get(&n->v);
	return 0;
}

void
procfs_node_free(struct procfs_node *n)
{
	struct procfs *fs = (struct procfs *)n->v.mount;

	HASH_DEL(fs->nodes, n);
	vnode_release_special(&n->v);
	if (n->written != -1)
		close(n->written);
	free(n);
}

void
procfs_inactive(struct vnode *vn)
{
	struct procfs_node *parent = procfs_node_of(vn)->parent;

	procfs_node_free(procfs_node_of(vn));
	if (parent != NULL)
		vnode_unref(&parent->v);
}

int
procfs_refresh(struct vnode *vn)
{
	set_owner(procfs_node_of(vn));
	return 0;
}

int
procfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime)
{
	set_owner(procfs_node_of(vn));
	st->st_nlink = vn->nlink;
	st->st_uid = vn->uid;
	st->st_gid = vn->gid;
	st->st_blksize = 1024;
	if (S_ISREG(vn->mode))
		st->st_size = ((struct procfs *)vn->mount)->file_size;
	if (S_ISLNK(vn->mode) && procfs_node_of(vn)->of.pid != 0 &&
	    procfs_node_of(vn)->of.num != -1)
		st->st_size = 64; /* as Linux says of descriptors */
	clock_gettime(CLOCK_REALTIME_COARSE, &st->st_mtim);
	st->st_atim = st->st_ctim = *ret_btime = st->st_mtim;
	return 0;
}
