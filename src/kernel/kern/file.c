/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of the classic kind: counted references to something with operations.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/check.h"
#include "kern/file.h"
#include "vfs/vfs.h"

int
file_new(enum file_type type, const struct file_ops *ops, struct file **ret)
{
	struct file *f = calloc(1, sizeof *f);

	if (f == NULL)
		return ENOMEM;
	f->type = type;
	f->ops = ops;
	f->refs = 1;
	f->hostfd = -1;
	*ret = f;
	return 0;
}

void
file_ref(struct file *f)
{
	CHECK(f->refs > 0);
	f->refs++;
}

void
file_unref(struct file *f)
{
	CHECK(f->refs > 0);
	if (--f->refs > 0)
		return;
	f->ops->close(f);
	if (f->vnode != NULL)
		vnode_unref(f->vnode);
	free(f);
}
