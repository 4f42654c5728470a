/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fts(3): walking through trees of both kernels.  libc's own opens what it walks through without
 * passing a symbol, and what it hands out is a public structure, so this takes its place
 * altogether.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/raw.h"
#include "file/fts_entry.h"
#include "hijack.h"
#include "syscall/hijack_exports.h"

/* The entries of the command line, below a parent that is no directory at all. */
static int
take_paths(FTS *f, char *const *paths, FTSENT *parent, FTSENT **ret)
{
	FTSENT *first = NULL, **last = &first, *e;

	for (; *paths != NULL; paths++) {
		size_t len = strlen(*paths);
		int error = len == 0 ? ENOENT : len >= FTS_PATH_MAX ? ENAMETOOLONG : 0;

		e = error != 0 ? NULL : fts_entry_new(f, *paths, len, parent);
		if (e == NULL) {
			fts_list_free(first);
			return error != 0 ? error : ENOMEM;
		}
		e->fts_accpath = e->fts_name;
		e->fts_info = fts_look(f, e, fts_has(f, FTS_COMFOLLOW));
		if (e->fts_info == FTS_DOT)
			e->fts_info = FTS_D;
		*last = e;
		last = &e->fts_link;
	}
	*ret = fts_list_sort(f, first);
	return 0;
}

static int
begin(FTS *f, char *const *paths)
{
	FTSENT *parent, *list = NULL;
	int error;

	f->fts_path = calloc(1, FTS_PATH_MAX + 1);
	f->fts_pathlen = FTS_PATH_MAX;
	parent = fts_entry_new(f, "", 0, NULL);
	error = f->fts_path == NULL || parent == NULL ? ENOMEM : 0;
	if (error == 0)
		error = take_paths(f, paths, parent, &list);
	if (error != 0) {
		free(parent);
		return error;
	}
	f->fts_cur = fts_entry_new(f, "", 0, parent);
	if (f->fts_cur == NULL) {
		fts_list_free(list);
		free(parent);
		return ENOMEM;
	}
	f->fts_cur->fts_link = list;
	f->fts_cur->fts_info = FTS_INIT;
	f->fts_cur->fts_level = FTS_ROOTLEVEL;
	return 0;
}

FTS *
hijack_fts_open(char *const *paths, int options, void *compar)
{
	FTS *f = (options & ~FTS_OPTIONMASK) != 0 ? NULL : calloc(1, sizeof *f);
	int error;

	if (f == NULL) {
		errno = (options & ~FTS_OPTIONMASK) != 0 ? EINVAL : ENOMEM;
		return NULL;
	}
	f->fts_compar = (int (*)(const void *, const void *))compar;
	f->fts_options = options | ((options & FTS_LOGICAL) != 0 ? FTS_NOCHDIR : 0);
	error = begin(f, paths);
	if (error != 0) {
		free(f->fts_path);
		free(f);
		errno = error;
		return NULL;
	}
	f->fts_rfd = -1;
	if (!fts_has(f, FTS_NOCHDIR))
		f->fts_rfd = hijack_openat(AT_FDCWD, ".", O_RDONLY | O_CLOEXEC);
	if (f->fts_rfd < 0)
		f->fts_options |= FTS_NOCHDIR;
	return f;
}
HIJACK_EXPORTS(fts_open)

/* One of the command line is next. */
static void
load(FTS *f, FTSENT *e)
{
	const char *base;

	e->fts_pathlen = e->fts_namelen;
	memcpy(f->fts_path, e->fts_name, e->fts_namelen + 1u);
	base = strrchr(e->fts_name, '/');
	if (base != NULL && (base != e->fts_name || base[1] != '\0')) {
		e->fts_namelen = (unsigned short)strlen(base + 1);
		memmove(e->fts_name, base + 1, e->fts_namelen + 1u);
	}
	e->fts_accpath = f->fts_path;
	f->fts_dev = e->fts_dev;
}

static FTSENT *
stop(FTS *f)
{
	f->fts_options |= FTS_STOP;
	return NULL;
}

/* fts_set(FTS_FOLLOW): what the link leads to; the way back is kept. */
static void
follow(FTS *f, FTSENT *e)
{
	e->fts_info = fts_look(f, e, true);
	if (e->fts_info != FTS_D || fts_has(f, FTS_NOCHDIR))
		return;
	e->fts_symfd = hijack_openat(AT_FDCWD, ".", O_RDONLY | O_CLOEXEC);
	if (e->fts_symfd < 0) {
		e->fts_errno = errno;
		e->fts_info = FTS_ERR;
	} else {
		e->fts_flags |= FTS_SYMFOLLOW;
	}
}

/* The entry, whose path is put together. */
static FTSENT *
hand_out(FTS *f, FTSENT *e)
{
	size_t above = e->fts_parent->fts_pathlen;

	if (above > 0 && f->fts_path[above - 1] == '/')
		above--;
	f->fts_path[above] = '/';
	memcpy(f->fts_path + above + 1, e->fts_name, e->fts_namelen + 1u);
	return f->fts_cur = e;
}

static void
forget_children(FTS *f)
{
	fts_list_free(f->fts_child);
	f->fts_child = NULL;
}

/* The first thing in the directory that was returned last, or that directory once more. */
static FTSENT *
descend(FTS *f, FTSENT *dir, int instruction)
{
	FTSENT *child;

	if (instruction == FTS_SKIP || (fts_has(f, FTS_XDEV) && dir->fts_dev != f->fts_dev)) {
		if ((dir->fts_flags & FTS_SYMFOLLOW) != 0)
			hijack_close(dir->fts_symfd);
		dir->fts_flags &= (unsigned short)~FTS_SYMFOLLOW;
		forget_children(f);
		dir->fts_info = FTS_DP;
		return dir;
	}
	if (f->fts_child != NULL && fts_has(f, FTS_NAMEONLY)) {
		f->fts_options &= ~FTS_NAMEONLY;
		forget_children(f);
	}
	if (f->fts_child == NULL) {
		f->fts_child = fts_list(f, FTS_TO_WALK);
	} else if (fts_enter(f, dir, -1, dir->fts_accpath) != 0) {
		dir->fts_errno = errno;
		dir->fts_flags |= FTS_DONTCHDIR;
		for (child = f->fts_child; child != NULL; child = child->fts_link)
			child->fts_accpath = dir->fts_accpath;
	}
	child = f->fts_child;
	f->fts_child = NULL;
	if (child == NULL)
		return fts_has(f, FTS_STOP) ? NULL : dir;
	return hand_out(f, child);
}

/* Back from the last entry of a directory: 0, or -1. */
static int
go_back(FTS *f, FTSENT *dir)
{
	int error = 0;

	if (dir->fts_level == FTS_ROOTLEVEL) {
		return fts_has(f, FTS_NOCHDIR) ? 0 : hijack_fchdir(f->fts_rfd);
	} else if ((dir->fts_flags & FTS_SYMFOLLOW) != 0) {
		if (hijack_fchdir(dir->fts_symfd) != 0)
			error = errno;
		hijack_close(dir->fts_symfd);
		dir->fts_flags &= (unsigned short)~FTS_SYMFOLLOW;
		return error == 0 ? 0 : hijack_fail(error);
	} else if ((dir->fts_flags & FTS_DONTCHDIR) == 0) {
		return fts_enter(f, dir->fts_parent, -1, "..");
	}
	return 0;
}

/* After the last entry: its directory once more, or the end. */
static FTSENT *
ascend(FTS *f, FTSENT *last)
{
	FTSENT *dir = last->fts_parent;

	free(last);
	f->fts_cur = dir;
	if (dir->fts_level == FTS_ROOTPARENTLEVEL) {
		free(dir);
		errno = 0;
		return f->fts_cur = NULL;
	}
	f->fts_path[dir->fts_pathlen] = '\0';
	if (go_back(f, dir) != 0)
		return stop(f);
	dir->fts_info = dir->fts_errno != 0 ? FTS_ERR : FTS_DP;
	return dir;
}

/* What comes after an entry with which all is done. */
static FTSENT *
advance(FTS *f, FTSENT *e)
{
	FTSENT *next;

	while ((next = e->fts_link) != NULL) {
		free(e);
		e = f->fts_cur = next;
		if (e->fts_level == FTS_ROOTLEVEL) {
			if (!fts_has(f, FTS_NOCHDIR) && hijack_fchdir(f->fts_rfd) != 0)
				return stop(f);
			load(f, e);
			return e;
		}
		if (e->fts_instr == FTS_SKIP)
			continue;
		if (e->fts_instr == FTS_FOLLOW) {
			follow(f, e);
			e->fts_instr = FTS_NOINSTR;
		}
		return hand_out(f, e);
	}
	return ascend(f, e);
}

FTSENT *
hijack_fts_read(FTS *f)
{
	FTSENT *e = f->fts_cur;
	int instruction;

	if (e == NULL || fts_has(f, FTS_STOP))
		return NULL;
	instruction = e->fts_instr;
	e->fts_instr = FTS_NOINSTR;
	if (instruction == FTS_AGAIN) {
		e->fts_info = fts_look(f, e, false);
		return e;
	}
	if (instruction == FTS_FOLLOW && (e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE)) {
		follow(f, e);
		return e;
	}
	return e->fts_info == FTS_D ? descend(f, e, instruction) : advance(f, e);
}
HIJACK_EXPORTS(fts_read)

FTSENT *
hijack_fts_children(FTS *f, int instruction)
{
	FTSENT *e = f->fts_cur;
	enum fts_purpose purpose = FTS_TO_LIST;
	int here;

	if (instruction != 0 && instruction != FTS_NAMEONLY) {
		errno = EINVAL;
		return NULL;
	}
	errno = 0;
	if (fts_has(f, FTS_STOP) || e == NULL)
		return NULL;
	if (e->fts_info == FTS_INIT)
		return e->fts_link;
	if (e->fts_info != FTS_D)
		return NULL;
	forget_children(f);
	if (instruction == FTS_NAMEONLY) {
		f->fts_options |= FTS_NAMEONLY;
		purpose = FTS_TO_NAME;
	}
	if (e->fts_level != FTS_ROOTLEVEL || e->fts_accpath[0] == '/' || fts_has(f, FTS_NOCHDIR))
		return f->fts_child = fts_list(f, purpose);
	/* A relative path of the command line begins here, which fts_rfd may no longer be. */
	here = hijack_openat(AT_FDCWD, ".", O_RDONLY | O_CLOEXEC);
	if (here < 0)
		return NULL;
	f->fts_child = fts_list(f, purpose);
	if (hijack_fchdir(here) != 0)
		forget_children(f);
	hijack_close(here);
	return f->fts_child;
}
HIJACK_EXPORTS(fts_children)

int
hijack_fts_set(FTS *f, FTSENT *e, int instruction)
{
	(void)f;
	if (instruction != 0 && instruction != FTS_AGAIN && instruction != FTS_FOLLOW &&
	    instruction != FTS_NOINSTR && instruction != FTS_SKIP) {
		errno = EINVAL;
		return 1;
	}
	e->fts_instr = (unsigned short)instruction;
	return 0;
}
HIJACK_EXPORTS(fts_set)

int
hijack_fts_close(FTS *f)
{
	FTSENT *e = f->fts_cur, *next;
	int error = 0;

	while (e != NULL) {
		next = e->fts_link != NULL ? e->fts_link : e->fts_parent;
		if ((e->fts_flags & FTS_SYMFOLLOW) != 0)
			hijack_close(e->fts_symfd);
		free(e);
		e = next;
	}
	fts_list_free(f->fts_child);
	if (f->fts_rfd >= 0) {
		if (hijack_fchdir(f->fts_rfd) != 0)
			error = errno;
		hijack_close(f->fts_rfd);
	}
	free(f->fts_path);
	free(f);
	return error == 0 ? 0 : hijack_fail(error);
}
HIJACK_EXPORTS(fts_close)
