/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fts(3) over both kernels: entries and the directories they come from.
 *
 * An FTS has one buffer for the path, in which all entries' fts_path point: it holds the path of
 * the entry that was returned last.  Unless FTS_NOCHDIR is set, the walk stands in the directory
 * whose entries it returns, so accpath is the bare name.
 */
#ifndef HIJACK_FTS_ENTRY_H
#define HIJACK_FTS_ENTRY_H

#include <fts.h>
#include <stdbool.h>
#include <stddef.h>

#define FTS_PATH_MAX 65535 /* lengths are unsigned short */

static inline bool
fts_has(const FTS *f, int option)
{
	return (f->fts_options & option) != 0;
}

/* A new entry; NULL: no memory. */
FTSENT *fts_entry_new(const FTS *f, const char *name, size_t len, FTSENT *parent);
void fts_list_free(FTSENT *e);
/* In the order of the caller's comparison, if there is one. */
FTSENT *fts_list_sort(const FTS *f, FTSENT *list);

/* fts_info of what accpath names, and the attributes that go with it. */
unsigned short fts_look(const FTS *f, FTSENT *e, bool follow);

/* Goes to the directory behind the descriptor, or if it is -1 the path, if that is the entry's. */
int fts_enter(const FTS *f, const FTSENT *dir, int fd, const char *path);

/* The entries of fts_cur; NULL: there are none, or fts_info says why not.  The walk is then in the
 * directory if it is to go on there. */
enum fts_purpose { FTS_TO_WALK, FTS_TO_LIST, FTS_TO_NAME };
FTSENT *fts_list(FTS *f, enum fts_purpose purpose);

#endif
