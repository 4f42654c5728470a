/* SPDX-License-Identifier: BSD-2-Clause */
/* Host nodes: see special.h. */
#include "vfs/special.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kern/hostdir.h"
#include "vfs/handle.h"
#include "vfs/hoststore.h"
#include "vfs/vnode.h"

#define STORE_BYTES (1 << 20) /* nodes take none */

struct special {
	uint64_t name;   /* in the store */
	uint64_t number; /* of the object; 0: it is not recognised */
};

static struct hoststore *store;

static int
get_store(void)
{
	if (store != NULL || hoststore_new(STORE_BYTES, &store) == 0)
		return 0;
	return hoststore_in(server_names_dir(), &store);
}

static int
make(struct vnode *vn, struct special *s)
{
	static uint64_t last;
	struct stat st;
	int error;

	s->name = ++last;
	error = hoststore_mknod(store, s->name, vn->mode & S_IFMT, vn->rdev, &st);
	if (error != 0)
		return error;
	s->number = hoststore_object(&st);
	if (s->number != 0)
		error = handle_add(s->number, vn);
	if (error != 0)
		hoststore_remove(store, s->name);
	return error;
}

int
special_need(struct vnode *vn)
{
	struct special *s;
	int error;

	if (vn->special != NULL)
		return 0;
	s = calloc(1, sizeof *s);
	error = s == NULL ? ENOMEM : get_store();
	if (error == 0)
		error = make(vn, s);
	if (error == 0)
		vn->special = s;
	else
		free(s);
	return error;
}

int
special_open(const struct vnode *vn, int flags, int *ret_fd)
{
	int error = hoststore_open(store, vn->special->name, flags | O_NOCTTY, ret_fd);

	return error == EMFILE ? ENFILE : error;
}

void
special_free(struct vnode *vn)
{
	struct special *s = vn->special;

	if (s == NULL)
		return;
	if (s->number != 0)
		handle_remove(s->number);
	hoststore_let_go(store, s->name, vn->mode & 07777, vn->uid, vn->gid);
	free(s);
	vn->special = NULL;
}

void
special_fini(void)
{
	hoststore_free(store);
	store = NULL;
}
