/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that come, go and move: in the mirrors of their directories, and then the attributes. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfs/namei.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

/* Changes of times are what the host tells of as accesses, modifications, attributes. */
static void
stamp(struct vnode *vn, long atime, long mtime)
{
	struct timespec times[2] = {{.tv_nsec = atime}, {.tv_nsec = mtime}};
	struct watch_place places[2];
	unsigned n;

	watch_sync();
	n = watch_places(vn, places);
	for (unsigned i = 0; i < n; i++)
		utimensat(places[i].dir, places[i].name, times, AT_SYMLINK_NOFOLLOW);
}

void
watch_changed(struct vnode *vn)
{
	stamp(vn, UTIME_NOW, UTIME_NOW);
}

void
watch_listed(struct vnode *vn)
{
	stamp(vn, UTIME_NOW, UTIME_OMIT);
}

void
watch_modified(struct vnode *vn)
{
	stamp(vn, UTIME_OMIT, UTIME_NOW);
}

void
watch_created(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct watch_place at;

	watch_sync();
	if (watch_of_dir(dir) == NULL)
		return;
	at = watch_entry(dir->watch, name, len);
	watch_make(&at, vn);
}

void
watch_linked(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct watch_place at;

	watch_sync();
	if (vn->watch != NULL && vn->watch->apart != 0) {
		at = watch_apart(vn->watch);
		utimensat(at.dir, at.name, NULL, AT_SYMLINK_NOFOLLOW);
	}
	watch_created(dir, name, len, vn);
}

/* Will it be freed as soon as the caller lets go of it? */
static bool
is_last(const struct vnode *vn)
{
	return vn->nlink == 0 && vn->refs == 1 && SLIST_EMPTY(&vn->watch->opens);
}

/* The name at a place is no more; the mirror apart stays for as long as vn has another. */
static void
remove_name(const struct watch_place *at, struct vnode *vn)
{
	struct watch_place apart;
	struct watch *w = vn->watch;

	if (w != NULL && is_last(vn) && w->fd != -1) {
		close(w->fd); /* the host is to tell of the end at once */
		w->fd = -1;
	}
	if (w != NULL && w->apart != 0) {
		apart = watch_apart(w);
		if (vn->nlink != 0) {
			utimensat(apart.dir, apart.name, NULL, AT_SYMLINK_NOFOLLOW);
		} else {
			watch_throw_away(&apart);
			w->apart = 0;
		}
	}
	if (at != NULL)
		watch_throw_away(at);
}

void
watch_removed(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	struct watch_place at;

	watch_sync();
	if (watch_of_dir(dir) == NULL) {
		remove_name(NULL, vn);
		return;
	}
	at = watch_entry(dir->watch, name, len);
	remove_name(&at, vn);
}

/* An entry for vn that comes from nowhere. */
static void
appear(const struct watch_place *to, struct vnode *vn)
{
	struct watch_place from = watch_rubbish();

	watch_make(&from, vn);
	if (watch_move(&from, to) != 0)
		watch_throw_away(&from);
}

static void
disappear(const struct watch_place *from)
{
	struct watch_place to = watch_rubbish();

	if (watch_move(from, &to) == 0)
		watch_throw_away(&to);
}

/* vn goes from one place to another; NULL: a directory without a mirror. */
static void
move_entry(const struct watch_place *from, const struct watch_place *to, struct vnode *vn)
{
	struct watch *w = vn->watch;
	struct watch_place apart;

	if (w != NULL && w->apart != 0) {
		apart = watch_apart(w);
		if (from == NULL && to != NULL && watch_move(&apart, to) == 0) {
			w->apart = 0;
			return;
		}
		watch_set_apart(w, &apart);
	}
	if (from != NULL && to != NULL)
		(void)watch_move(from, to);
	else if (from != NULL && w != NULL && w->apart == 0)
		watch_set_apart(w, from);
	else if (from != NULL)
		disappear(from);
	else if (to != NULL)
		appear(to, vn);
}

static void
exchanged(struct watch *fdir, struct watch *tdir, const struct namei *from, const struct namei *to)
{
	struct watch_place a, b;

	if (fdir == NULL || tdir == NULL)
		return;
	a = watch_entry(fdir, from->name, from->len);
	b = watch_entry(tdir, to->name, to->len);
	(void)renameat2(a.dir, a.name, b.dir, b.name, RENAME_EXCHANGE);
}

void
watch_moved(const struct namei *from, const struct namei *to, unsigned flags)
{
	struct watch *fdir = watch_of_dir(from->dir), *tdir = watch_of_dir(to->dir);
	struct watch_place a, b;

	watch_sync();
	if ((flags & RENAME_EXCHANGE) != 0) {
		exchanged(fdir, tdir, from, to);
		return;
	}
	if (fdir != NULL)
		a = watch_entry(fdir, from->name, from->len);
	if (tdir != NULL)
		b = watch_entry(tdir, to->name, to->len);
	if (to->vn != NULL && to->vn->watch != NULL)
		remove_name(NULL, to->vn);
	move_entry(fdir != NULL ? &a : NULL, tdir != NULL ? &b : NULL, from->vn);
}
