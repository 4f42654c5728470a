/* SPDX-License-Identifier: BSD-2-Clause */
/* From a path to a vnode: what all calls that take a path stand on. */
#ifndef KERNEL_VFS_NAMEI_H
#define KERNEL_VFS_NAMEI_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lwp;
struct vnode;

enum {
	NAMEI_FOLLOW = 1,  /* a symbolic link at the end is followed */
	NAMEI_PARENT = 2,  /* the directory is wanted; the last name need not exist */
	NAMEI_EMPTY = 4,   /* an empty path means `dirword` itself */
	NAMEI_MOUNT = 8,   /* a mount is wanted, whose root need not answer any more */
	NAMEI_OBJECT = 16, /* an object to open is wanted: VFS_PASS before the last name is looked
			      up, if the directory's file system gives none */
};

/* What the last component is; only with NAMEI_PARENT. */
enum namei_last { NAMEI_NAME, NAMEI_DOT, NAMEI_DOTDOT, NAMEI_ROOT };

struct namei {
	struct lwp *l;
	uint64_t dirword;
	const char *path;
	unsigned flags;
	unsigned which;   /* of the call's paths: 0 or 1 */
	uint64_t resolve; /* RESOLVE_* of openat2(2) */

	/* Results.  Counted; vn is NULL if the name does not exist (NAMEI_PARENT), and for "." and
	 * ".." there, where dir is what they name or its child.  A mounted directory is crossed. */
	struct vnode *dir, *vn;
	enum namei_last last;
	bool slash; /* slashes follow the last component */
	size_t len;
	char name[NAME_MAX + 1]; /* len bytes */

	struct vnode *top; /* counted: where the walk began, if it must not leave it */
	unsigned links;    /* followed so far */
	char *pending;     /* memory of what is left after a symbolic link */
};

/* 0, an errno, or EREDIRECT with l->redirect set.  The results are to be released in any case. */
int namei(struct namei *n);
void namei_done(struct namei *n);

#define CLEANUP_NAMEI __attribute__((cleanup(namei_done)))

#endif
