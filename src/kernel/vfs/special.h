/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host nodes of FIFOs and devices.  What a program has open is a node of the host's that belongs to
 * this vnode alone: so its descriptor is recognised, and what is said of it (fstat, fchmod) is said
 * of the vnode.  The nodes are in a host store; where there is none, in the server's directory, and
 * then they are not recognised.
 */
#ifndef KERNEL_VFS_SPECIAL_H
#define KERNEL_VFS_SPECIAL_H

#include "vfs/hostobj.h"

/* What of open(2)'s flags counts for such a file. */
#define SPECIAL_OPEN_FLAGS (HOSTOBJ_OPEN_FLAGS & ~(O_TRUNC | O_PATH))

struct special;
struct vnode;

/* Makes the node if there is none.  EPERM: the host does not let us. */
int special_need(struct vnode *vn);
/* Opens it, with some of these. */
int special_open(const struct vnode *vn, int flags, int *ret_fd);
/* The vnode goes; who has the node open keeps it. */
void special_free(struct vnode *vn);
/* The kernel ends. */
void special_fini(void);

#endif
