/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs do to the host objects of watched files, without a call to us: an inotify of our
 * own sees it, and it is done again to the mirrors.
 *
 * An open is known from the call that precedes it.  The mirror is opened in the same mode then, and
 * closed when the host tells that an object opened in that mode was closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/hostobj.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

#define SEEN (IN_ACCESS | IN_MODIFY | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)

static int inotify_fd = -1;
static struct watch *by_object;
static const struct watch *own; /* whose object we have just opened and closed ourselves */

int
watch_bytes_init(void)
{
	if (inotify_fd != -1)
		return 0;
	inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return inotify_fd == -1 ? errno : kern_watch(inotify_fd, watch_sync);
}

void
watch_bytes_fini(void)
{
	if (inotify_fd != -1)
		close(inotify_fd);
	inotify_fd = -1;
}

static void
attach(struct watch *w)
{
	struct vnode_object object;
	char path[HOSTOBJ_PATH_MAX];

	if (w->object != -1 || w->vn->ops->object == NULL ||
	    w->vn->ops->object(w->vn, O_RDONLY, &object) != 0)
		return;
	hostobj_path(object.fd, path);
	w->object = inotify_add_watch(inotify_fd, path, SEEN);
	if (w->object != -1)
		HASH_ADD_INT(by_object, object, w);
}

static void
forget_object(struct watch *w)
{
	if (w->object == -1)
		return;
	HASH_DEL(by_object, w);
	w->object = -1;
}

static void
close_mirror(struct watch *w, struct watch_open *o)
{
	SLIST_REMOVE(&w->opens, o, watch_open, all);
	if (o->self != -1)
		close(o->self);
	if (o->entry != -1)
		close(o->entry);
	free(o);
}

void
watch_bytes_detach(struct watch *w)
{
	struct watch_open *o;

	if (w->object != -1)
		inotify_rm_watch(inotify_fd, w->object);
	forget_object(w);
	while ((o = SLIST_FIRST(&w->opens)) != NULL)
		close_mirror(w, o);
}

/* Opens what stands for vn. */
static void
open_mirrors(struct watch *w, bool writes)
{
	struct watch_open *o = malloc(sizeof *o);
	struct watch_place places[2];
	int fds[2] = {-1, -1};
	unsigned n;

	if (o == NULL)
		return;
	n = watch_places(w->vn, places);
	for (unsigned i = 0; i < n; i++)
		fds[i] = openat(places[i].dir, places[i].name,
		    (writes ? O_WRONLY : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC);
	*o = (struct watch_open){.self = fds[0], .entry = fds[1], .writes = writes};
	SLIST_INSERT_HEAD(&w->opens, o, all);
}

void
watch_bytes_catch_up(struct watch *w)
{
	struct vnode_object object;

	if (!w->vn->was_opened || w->object != -1 || w->vn->ops->object == NULL ||
	    w->vn->ops->object(w->vn, O_RDONLY, &object) != 0)
		return;
	/* How often it is open the host does not tell: once, most likely. */
	if (!hostobj_is_alone(object.fd))
		open_mirrors(w, hostobj_has_writer(object.fd));
	attach(w);
}

void
watch_opened(struct vnode *vn, int flags)
{
	struct watch *w;

	vn->was_opened = true;
	if (watch_count == 0 || (flags & O_PATH) != 0)
		return;
	watch_sync();
	w = watch_get(vn);
	if (w == NULL)
		return;
	open_mirrors(w, (flags & O_ACCMODE) != O_RDONLY && !vnode_is_dir(vn));
	attach(w);
}

static void
closed(struct watch *w, bool writes)
{
	struct watch_open *o;

	SLIST_FOREACH(o, &w->opens, all)
	if (o->writes == writes) {
		close_mirror(w, o);
		return;
	}
}

static void
replay(struct watch *w, uint32_t mask)
{
	struct vnode *vn = w->vn;

	if ((mask & IN_ACCESS) != 0 && !vnode_is_dir(vn))
		watch_listed(vn);
	if ((mask & IN_MODIFY) != 0)
		watch_modified(vn);
	if ((mask & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) != 0 && w != own)
		closed(w, (mask & IN_CLOSE_WRITE) != 0);
	if ((mask & IN_IGNORED) != 0)
		forget_object(w);
	/* Was it the last that had a removed file open?  Letting go of it is how to find out. */
	if ((mask & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) != 0 && vn->nlink == 0 && vn->refs == 0) {
		vnode_ref(vn);
		vnode_unref(vn);
	}
}

/* Replaying makes no events of the objects; but the functions it calls come here again. */
void
watch_sync(void)
{
	static bool active;
	_Alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *e;
	struct watch *w;
	ssize_t n;

	if (active || inotify_fd == -1)
		return;
	active = true;
	while ((n = read(inotify_fd, buf, sizeof buf)) > 0)
		for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof *e + e->len)) {
			e = (const struct inotify_event *)(const void *)(buf + at);
			HASH_FIND_INT(by_object, &e->wd, w);
			if (w != NULL)
				replay(w, e->mask);
		}
	active = false;
}

void
watch_truncated(struct vnode *vn)
{
	if (vn->watch == NULL || vn->watch->object == -1) {
		watch_modified(vn);
		return;
	}
	own = vn->watch;
	watch_sync();
	own = NULL;
}
