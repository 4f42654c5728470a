/* SPDX-License-Identifier: BSD-2-Clause */
/* fts(3): entries, and lists of them. */
#include "file/fts_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "hijack.h"
#include "syscall/hijack_exports.h"

FTSENT *
fts_entry_new(const FTS *f, const char *name, size_t len, FTSENT *parent)
{
	size_t align = _Alignof(struct stat);
	size_t size = (sizeof(FTSENT) + len + align) / align * align;
	FTSENT *e = calloc(1, size + (fts_has(f, FTS_NOSTAT) ? 0 : sizeof(struct stat)));

	if (e == NULL)
		return NULL;
	if (!fts_has(f, FTS_NOSTAT))
		e->fts_statp = (struct stat *)(void *)((char *)e + size);
	memcpy(e->fts_name, name, len);
	e->fts_namelen = (unsigned short)len;
	e->fts_path = f->fts_path;
	e->fts_instr = FTS_NOINSTR;
	e->fts_parent = parent;
	e->fts_level = parent == NULL ? FTS_ROOTPARENTLEVEL : (short)(parent->fts_level + 1);
	return e;
}

void
fts_list_free(FTSENT *e)
{
	while (e != NULL) {
		FTSENT *next = e->fts_link;

		free(e);
		e = next;
	}
}

FTSENT *
fts_list_sort(const FTS *f, FTSENT *list)
{
	FTSENT **all, *e;
	size_t n = 0, i = 0;

	if (f->fts_compar == NULL || list == NULL)
		return list;
	for (e = list; e != NULL; e = e->fts_link)
		n++;
	all = calloc(n, sizeof(FTSENT *));
	if (all == NULL)
		return list; /* in any order */
	for (e = list; e != NULL; e = e->fts_link)
		all[i++] = e;
	qsort(all, n, sizeof(FTSENT *), (int (*)(const void *, const void *))f->fts_compar);
	for (i = 0; i < n; i++)
		all[i]->fts_link = i + 1 < n ? all[i + 1] : NULL;
	list = all[0];
	free(all);
	return list;
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A directory: D, or DC if it is one that it lies in. */
static unsigned short
look_at_directory(FTSENT *e, const struct stat *st)
{
	e->fts_dev = st->st_dev;
	e->fts_ino = st->st_ino;
	e->fts_nlink = st->st_nlink;
	if (is_dot(e->fts_name))
		return FTS_DOT;
	for (FTSENT *above = e->fts_parent; above->fts_level >= FTS_ROOTLEVEL;
	     above = above->fts_parent) {
		if (above->fts_ino == st->st_ino && above->fts_dev == st->st_dev) {
			e->fts_cycle = above;
			return FTS_DC;
		}
	}
	return FTS_D;
}

unsigned short
fts_look(const FTS *f, FTSENT *e, bool follow)
{
	struct stat own, *st = fts_has(f, FTS_NOSTAT) ? &own : e->fts_statp;
	int error;

	follow = follow || fts_has(f, FTS_LOGICAL);
	if (hijack_newfstatat(AT_FDCWD, e->fts_accpath, st, follow ? 0 : AT_SYMLINK_NOFOLLOW) !=
	    0) {
		error = errno;
		if (follow &&
		    hijack_newfstatat(AT_FDCWD, e->fts_accpath, st, AT_SYMLINK_NOFOLLOW) == 0) {
			errno = 0;
			return FTS_SLNONE;
		}
		e->fts_errno = error;
		memset(st, 0, sizeof *st);
		return FTS_NS;
	}
	if (S_ISDIR(st->st_mode))
		return look_at_directory(e, st);
	if (S_ISLNK(st->st_mode))
		return FTS_SL;
	return S_ISREG(st->st_mode) ? FTS_F : FTS_DEFAULT;
}

int
fts_enter(const FTS *f, const FTSENT *dir, int fd, const char *path)
{
	struct stat st;
	int error = 0, own = -1;

	if (fts_has(f, FTS_NOCHDIR))
		return 0;
	if (fd < 0)
		fd = own = hijack_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	/* Somebody may have put another one there. */
	if (hijack_fstat(fd, &st) != 0)
		error = errno;
	else if (dir->fts_dev != st.st_dev || dir->fts_ino != st.st_ino)
		error = ENOENT;
	else if (hijack_fchdir(fd) != 0)
		error = errno;
	if (own >= 0)
		raw_close(own);
	return error == 0 ? 0 : hijack_fail(error);
}

/* --- the entries of a directory --- */

struct listing {
	FTS *f;
	FTSENT *dir;
	enum fts_purpose purpose;
	size_t len; /* of the directory's path, with the slash */
	bool inside;
	FTSENT *first, **last;
};

static void
fill(struct listing *l, FTSENT *e, const struct dirent *d)
{
	FTS *f = l->f;
	bool wants_none =
	    l->purpose == FTS_TO_NAME || (fts_has(f, FTS_NOSTAT) && fts_has(f, FTS_PHYSICAL) &&
					     d->d_type != DT_DIR && d->d_type != DT_UNKNOWN);

	e->fts_accpath = fts_has(f, FTS_NOCHDIR) ? e->fts_path : e->fts_name;
	if (fts_has(f, FTS_NOCHDIR))
		memcpy(f->fts_path + l->len, e->fts_name, e->fts_namelen + 1u);
	e->fts_info = wants_none ? FTS_NSOK : fts_look(f, e, false);
}

static int
add(struct listing *l, const struct dirent *d)
{
	size_t len = strlen(d->d_name);
	FTSENT *e;

	if (is_dot(d->d_name) && !fts_has(l->f, FTS_SEEDOT))
		return 0;
	if (l->len + len >= FTS_PATH_MAX)
		return ENAMETOOLONG;
	e = fts_entry_new(l->f, d->d_name, len, l->dir);
	if (e == NULL)
		return ENOMEM;
	e->fts_pathlen = (unsigned short)(l->len + len);
	fill(l, e, d);
	*l->last = e;
	l->last = &e->fts_link;
	return 0;
}

/* Stands in the directory afterwards, if anything is to be done there.  False: it cannot be
 * entered, and so is not read either. */
static bool
enter(struct listing *l, DIR *stream)
{
	if (l->purpose == FTS_TO_NAME)
		return true;
	l->inside = fts_enter(l->f, l->dir, hijack_dirfd(stream), NULL) == 0;
	if (l->inside)
		return true;
	l->dir->fts_flags |= FTS_DONTCHDIR;
	if (l->purpose == FTS_TO_WALK)
		l->dir->fts_errno = errno;
	return false;
}

static int
leave(const struct listing *l)
{
	if (fts_has(l->f, FTS_NOCHDIR))
		return 0;
	if (l->dir->fts_level == FTS_ROOTLEVEL)
		return hijack_fchdir(l->f->fts_rfd);
	return fts_enter(l->f, l->dir->fts_parent, -1, "..");
}

static int
read_all(struct listing *l, DIR *stream)
{
	struct dirent *d;
	int error = 0;

	while (error == 0 && (d = hijack_readdir(stream)) != NULL)
		error = add(l, d);
	return error;
}

static FTSENT *
give_up(struct listing *l, int error)
{
	fts_list_free(l->first);
	l->dir->fts_info = FTS_ERR;
	l->f->fts_options |= FTS_STOP;
	errno = error;
	return NULL;
}

FTSENT *
fts_list(FTS *f, enum fts_purpose purpose)
{
	struct listing l = {.f = f, .dir = f->fts_cur, .purpose = purpose};
	DIR *stream = hijack_opendir(l.dir->fts_accpath);
	int error = 0;

	if (stream == NULL) {
		if (purpose == FTS_TO_WALK) {
			l.dir->fts_info = FTS_DNR;
			l.dir->fts_errno = errno;
		}
		return NULL;
	}
	l.last = &l.first;
	l.len = l.dir->fts_pathlen;
	if (l.len == 0 || f->fts_path[l.len - 1] != '/')
		l.len++;
	if (enter(&l, stream)) {
		if (fts_has(f, FTS_NOCHDIR))
			f->fts_path[l.len - 1] = '/';
		error = read_all(&l, stream);
	}
	hijack_closedir(stream);
	f->fts_path[l.dir->fts_pathlen] = '\0';
	if (error != 0)
		return give_up(&l, error);
	if (l.inside && (purpose == FTS_TO_LIST || l.first == NULL) && leave(&l) != 0)
		return give_up(&l, errno);
	if (l.first == NULL && purpose == FTS_TO_WALK)
		l.dir->fts_info = FTS_DP;
	return fts_list_sort(f, l.first);
}
