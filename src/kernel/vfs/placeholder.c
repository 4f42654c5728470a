/* SPDX-License-Identifier: BSD-2-Clause */
/* Placeholders. */
#include "vfs/placeholder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vfs/handle.h"
#include "vfs/hostobj.h"
#include "vfs/vnode.h"

#define SWEEP_MIN     64
#define PATH_OPEN_MAX 256 /* kept for O_PATH descriptors alone */

struct placeholder {
	struct vnode *vn; /* counted */
	int fd;
	ino_t host_ino;
	bool path_opened;
	TAILQ_ENTRY(placeholder) all; /* latest opened last */
};

static TAILQ_HEAD(, placeholder) all = TAILQ_HEAD_INITIALIZER(all);
static size_t count, path_count, sweep_at = SWEEP_MIN;

static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE;
}

/* The host's errno; being out of descriptors is the system's trouble, not the program's. */
static int
host_error(void)
{
	return is_shortage(errno) ? ENFILE : errno;
}

static void
drop(struct placeholder *p)
{
	struct vnode *vn = p->vn;

	TAILQ_REMOVE(&all, p, all);
	count--;
	path_count -= p->path_opened;
	handle_remove(p->host_ino);
	close(p->fd);
	free(p);
	if (vn->placeholder == p)
		vn->placeholder = NULL;
	vnode_unref(vn);
}

static int
new_object(int *ret_fd)
{
	int error = hostobj_new(ret_fd);

	if (!is_shortage(error))
		return error;
	placeholder_sweep(true);
	error = hostobj_new(ret_fd);
	return is_shortage(error) ? ENFILE : error;
}

/* Makes the object stand for vn; takes it over, also in case of an error. */
static int
create(struct vnode *vn, int object, struct placeholder **ret)
{
	struct placeholder *p = calloc(1, sizeof *p);
	struct stat st;
	int error = p == NULL ? ENOMEM : 0;

	if (error == 0)
		error = fstat(object, &st) == -1 ? errno : handle_add(st.st_ino, vn);
	if (error != 0) {
		close(object);
		free(p);
		return error;
	}
	p->fd = object;
	p->host_ino = st.st_ino;
	p->vn = vnode_get(vn);
	TAILQ_INSERT_TAIL(&all, p, all);
	count++;
	*ret = p;
	return 0;
}

/* A descriptor for a program. */
static int
give_out(struct placeholder *p, int flags, int *ret_fd)
{
	int fd;

	if ((flags & O_PATH) != 0 && !p->path_opened) {
		p->path_opened = true;
		path_count++;
	}
	fd = hostobj_reopen(p->fd, flags & HOSTOBJ_OPEN_FLAGS & ~O_TRUNC);
	if (fd == -1)
		return host_error();
	*ret_fd = fd;
	return 0;
}

static void
sweep_if_many(void)
{
	if (count >= sweep_at)
		placeholder_sweep(true);
}

int
placeholder_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct placeholder *p;
	int error, object;

	sweep_if_many();
	if (vn->placeholder == NULL) {
		error = new_object(&object);
		if (error == 0)
			error = create(vn, object, &vn->placeholder);
		if (error != 0)
			return error;
	}
	p = vn->placeholder;
	TAILQ_REMOVE(&all, p, all);
	TAILQ_INSERT_TAIL(&all, p, all);
	return give_out(p, flags, ret_fd);
}

int
placeholder_open_object(struct vnode *vn, int object, int flags, int *ret_fd)
{
	struct placeholder *p;
	int error;

	sweep_if_many();
	error = create(vn, object, &p);
	return error != 0 ? error : give_out(p, flags, ret_fd);
}

static bool
is_kept_for_path(const struct placeholder *p)
{
	return p->path_opened && path_count <= PATH_OPEN_MAX;
}

void
placeholder_sweep(bool now)
{
	static time_t swept;
	struct placeholder *p, *next;
	struct timespec ts;

	if (count == 0)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	if (!now && ts.tv_sec == swept)
		return;
	swept = ts.tv_sec;
	for (p = TAILQ_FIRST(&all); p != NULL; p = next) {
		next = TAILQ_NEXT(p, all);
		if (!is_kept_for_path(p) && hostobj_is_alone(p->fd))
			drop(p);
	}
	sweep_at = count * 2 > SWEEP_MIN ? count * 2 : SWEEP_MIN;
}

void
placeholder_sweep_mount(const struct mount *mp)
{
	struct placeholder *p, *next;

	for (p = TAILQ_FIRST(&all); p != NULL; p = next) {
		next = TAILQ_NEXT(p, all);
		if (p->vn->mount == mp && hostobj_is_alone(p->fd))
			drop(p);
	}
}

void
placeholder_drop_mount(const struct mount *mp)
{
	struct placeholder *p, *next;

	for (p = TAILQ_FIRST(&all); p != NULL; p = next) {
		next = TAILQ_NEXT(p, all);
		if (p->vn->mount == mp)
			drop(p);
	}
}
