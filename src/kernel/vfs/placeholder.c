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

static int
create(struct vnode *vn)
{
	struct placeholder *p = calloc(1, sizeof *p);
	struct stat st;
	int error;

	if (p == NULL)
		return ENOMEM;
	error = new_object(&p->fd);
	if (error != 0) {
		free(p);
		return error;
	}
	error = fstat(p->fd, &st) == -1 ? errno : handle_add(st.st_ino, vn);
	if (error != 0) {
		close(p->fd);
		free(p);
		return error;
	}
	p->host_ino = st.st_ino;
	p->vn = vnode_get(vn);
	vn->placeholder = p;
	TAILQ_INSERT_TAIL(&all, p, all);
	count++;
	return 0;
}

int
placeholder_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct placeholder *p;
	int error, fd;

	if (count >= sweep_at)
		placeholder_sweep(true);
	error = vn->placeholder == NULL ? create(vn) : 0;
	if (error != 0)
		return error;
	p = vn->placeholder;
	TAILQ_REMOVE(&all, p, all);
	TAILQ_INSERT_TAIL(&all, p, all);
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
