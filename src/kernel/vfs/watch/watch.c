/* SPDX-License-Identifier: BSD-2-Clause */
/* Mirrors of what is watched. */
#include "vfs/watch/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/hostdir.h"
#include "vfs/publish.h"
#include "vfs/vnode.h"

unsigned watch_count;

static int apart_dir = -1, rubbish_dir = -1;
static unsigned last_number;

static int
open_dir(const char *name, int *fd)
{
	char path[HOSTDIR_PATH_MAX + 16];

	if (*fd != -1)
		return 0;
	snprintf(path, sizeof path, "%s/%s", server_names_dir(), name);
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return errno;
	*fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *fd == -1 ? errno : 0;
}

static int
start(void)
{
	int error = open_dir("watched", &apart_dir);

	if (error == 0)
		error = open_dir("rubbish", &rubbish_dir);
	return error != 0 ? error : watch_bytes_init();
}

static struct watch_place
numbered(int dir, unsigned number)
{
	struct watch_place at = {.dir = dir};

	snprintf(at.name, sizeof at.name, "%u", number);
	return at;
}

struct watch_place
watch_apart(const struct watch *w)
{
	return numbered(apart_dir, w->apart);
}

struct watch_place
watch_rubbish(void)
{
	return numbered(rubbish_dir, ++last_number);
}

struct watch_place
watch_entry(const struct watch *dir, const char *name, size_t len)
{
	struct watch_place at = {.dir = dir->fd};

	memcpy(at.name, name, len);
	return at;
}

void
watch_make(const struct watch_place *at, const struct vnode *vn)
{
	mode_t mask = umask(0); /* who may watch the original may watch this */

	if (vnode_is_dir(vn))
		(void)mkdirat(at->dir, at->name, 0777);
	else
		(void)mknodat(at->dir, at->name, S_IFREG | 0666, 0);
	umask(mask);
}

void
watch_throw_away(const struct watch_place *at)
{
	if (unlinkat(at->dir, at->name, 0) == -1)
		(void)unlinkat(at->dir, at->name, AT_REMOVEDIR);
}

int
watch_move(const struct watch_place *from, const struct watch_place *to)
{
	return renameat(from->dir, from->name, to->dir, to->name) == -1 ? errno : 0;
}

void
watch_set_apart(struct watch *w, const struct watch_place *from)
{
	struct watch_place to;

	w->apart = ++last_number;
	to = watch_apart(w);
	(void)watch_move(from, &to);
}

struct watch *
watch_of_dir(const struct vnode *dir)
{
	return dir->watch != NULL && dir->watch->has_entries ? dir->watch : NULL;
}

/* The entry of vn in the mirror of its directory, if there is one. */
static bool
find_entry(struct vnode *vn, struct watch_place *ret)
{
	CLEANUP_VNODE struct vnode *dir = NULL;
	char name[NAME_MAX + 1];
	size_t len;

	if (vn->nlink == 0 || vn->ops->name(vn, name, &len) != 0 ||
	    vn->ops->parent(vn, &dir) != 0 || watch_of_dir(dir) == NULL)
		return false;
	*ret = watch_entry(watch_of_dir(dir), name, len);
	return true;
}

unsigned
watch_places(struct vnode *vn, struct watch_place places[2])
{
	unsigned n = 0;

	if (vn->watch != NULL && vn->watch->apart != 0)
		places[n++] = watch_apart(vn->watch);
	if (find_entry(vn, &places[n]))
		n++;
	return n;
}

/* A watch whose mirror is at a place. */
static struct watch *
new_watch(struct vnode *vn, const struct watch_place *at, unsigned apart)
{
	struct watch *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->fd = openat(at->dir, at->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (w->fd == -1) {
		free(w);
		return NULL;
	}
	w->vn = vn;
	w->apart = apart;
	w->object = -1;
	SLIST_INIT(&w->opens);
	vn->watch = w;
	if (watch_count++ == 0)
		publish_forget_all();
	return w;
}

struct watch *
watch_get(struct vnode *vn)
{
	struct watch_place at;

	if (vn->watch != NULL)
		return vn->watch;
	return find_entry(vn, &at) ? new_watch(vn, &at, 0) : NULL;
}

static struct watch *
new_apart(struct vnode *vn)
{
	unsigned number = ++last_number;
	struct watch_place at = numbered(apart_dir, number);
	struct watch *w;

	watch_make(&at, vn);
	w = new_watch(vn, &at, number);
	if (w == NULL)
		watch_throw_away(&at);
	return w;
}

static bool
add_entry(void *arg, ino_t ino, unsigned char type, const char *name, size_t len, uint64_t next)
{
	struct vnode *dir = arg;
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct watch_place at;

	(void)ino;
	(void)type;
	(void)next;
	if ((len <= 2 && memcmp(name, "..", len) == 0) ||
	    dir->ops->lookup(dir, name, len, &vn) != 0)
		return true;
	at = watch_entry(dir->watch, name, len);
	watch_make(&at, vn);
	/* What programs have open already may be written at any moment. */
	if (vn->was_opened && watch_get(vn) != NULL)
		watch_bytes_catch_up(vn->watch);
	return true;
}

int
watch_add(struct vnode *vn, int *ret_fd)
{
	uint64_t cookie = 0;
	struct watch *w;
	int error = start();

	if (error != 0)
		return error;
	watch_sync();
	w = watch_get(vn);
	if (w == NULL) {
		w = new_apart(vn);
		if (w == NULL)
			return ENOSPC;
		watch_bytes_catch_up(w);
	}
	if (vnode_is_dir(vn) && !w->has_entries) {
		w->has_entries = true;
		error = vn->ops->readdir(vn, &cookie, add_entry, vn);
	}
	*ret_fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0);
	return *ret_fd == -1 ? errno : error;
}

void
watch_free(struct vnode *vn)
{
	struct watch *w = vn->watch;
	struct watch_place at;

	if (w == NULL)
		return;
	vn->watch = NULL;
	watch_count--;
	watch_bytes_detach(w);
	close(w->fd);
	if (w->apart != 0) {
		at = watch_apart(w);
		watch_throw_away(&at);
	}
	free(w);
}

static void
close_dir(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
watch_fini(void)
{
	close_dir(&apart_dir);
	close_dir(&rubbish_dir);
	watch_bytes_fini();
}
