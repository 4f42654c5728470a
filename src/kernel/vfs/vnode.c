/* SPDX-License-Identifier: BSD-2-Clause */
/* References to vnodes, and vnodes by descriptor word. */
#include "vfs/vnode.h"

#include <errno.h>
#include <fcntl.h>

#include "base/check.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "vfs/handle.h"
#include "vfs/special.h"
#include "vfs/watch/watch.h"

void
vnode_ref(struct vnode *vn)
{
	vn->refs++;
}

void
vnode_unref(struct vnode *vn)
{
	CHECK(vn->refs > 0);
	if (--vn->refs == 0)
		vn->ops->inactive(vn);
}

void
vnode_put(struct vnode **pvn)
{
	if (*pvn != NULL)
		vnode_unref(*pvn);
	*pvn = NULL;
}

void
vnode_release_special(struct vnode *vn)
{
	watch_free(vn);
	if (vn->fifo != NULL)
		fifo_free(vn->fifo);
	vn->fifo = NULL;
	special_free(vn);
	if (vn->socket != NULL && vn->socket_reclaim != NULL)
		vn->socket_reclaim(vn->socket);
	vn->socket = NULL;
}

int
vnode_hold(struct vnode *vn, struct vnode **ret)
{
	int error;

	vnode_ref(vn);
	error = vn->ops->refresh == NULL ? 0 : vn->ops->refresh(vn);
	if (error != 0)
		vnode_unref(vn);
	else
		*ret = vn;
	return error;
}

int
vnode_by_word(struct lwp *l, uint64_t word, struct vnode **ret)
{
	struct vnode *vn;
	struct file *f;
	int error;

	if (handle_is(word)) {
		vn = handle_find(word & ~RUMP_HANDLE);
		if (vn == NULL)
			return EBADF;
	} else if ((int32_t)word == AT_FDCWD) {
		vn = l->proc->cwd;
	} else {
		error = filedesc_get(l->proc, word, &f);
		if (error != 0)
			return error;
		if (f->type != FILE_VNODE)
			return ENOTDIR;
		vn = f->vnode;
	}
	return vnode_hold(vn, ret);
}

void *
vnode_socket(struct vnode *vn)
{
	if (vn->lower != NULL)
		vn = vn->lower;
	return S_ISSOCK(vn->mode) ? vn->socket : NULL;
}
