/* SPDX-License-Identifier: BSD-2-Clause */
/* The map from host inode numbers to vnodes. */
#include "vfs/handle.h"

#include <errno.h>
#include <stdlib.h>

#include "vfs/hash.h"

struct handle {
	uint64_t host_ino;
	struct vnode *vn;
	UT_hash_handle hh;
};

static struct handle *handles;

static struct handle *
find(uint64_t host_ino)
{
	struct handle *h;

	HASH_FIND(hh, handles, &host_ino, sizeof host_ino, h);
	return h;
}

int
handle_add(uint64_t host_ino, struct vnode *vn)
{
	struct handle *h = malloc(sizeof *h);

	if (h == NULL)
		return ENOMEM;
	h->host_ino = host_ino;
	h->vn = vn;
	HASH_ADD(hh, handles, host_ino, sizeof h->host_ino, h);
	if (h->hh.tbl == NULL) {
		free(h);
		return ENOMEM;
	}
	return 0;
}

void
handle_remove(uint64_t host_ino)
{
	struct handle *h = find(host_ino);

	if (h == NULL)
		return;
	HASH_DEL(handles, h);
	free(h);
}

struct vnode *
handle_find(uint64_t host_ino)
{
	struct handle *h = find(host_ino);

	return h == NULL ? NULL : h->vn;
}
