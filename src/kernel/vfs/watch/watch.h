/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inotify(7) on files of the rump kernel.
 *
 * The program's inotify descriptor is the host's, and so are its events.  What is watched has a
 * *mirror*: a file or directory of the host, in the server's private directory, that the program
 * puts its watch on.  What happens to the original is then done to the mirror, too: a name is made
 * in the mirror of the directory, moved, removed, its times are touched; and the host tells
 * everybody who watches, with its own masks, cookies, queues and merging.
 *
 * The mirror of a directory has an entry for each name in it.  The entry of a file that is watched
 * itself is its mirror, too; unless it was watched first: then its mirror stays apart, and both
 * get what happens to it.
 *
 *   watch.c        mirrors: making, moving, freeing; the calls of programs
 *   watch_names.c  what is done to names
 *   watch_bytes.c  what programs do to the host objects of files: seen by an inotify of our own
 *
 * Events of bytes are in our queue as soon as the program's call returns.  They are replayed when
 * the server gets to it, but before any event of names, and before a program reads its descriptor
 * (deleg_watch_sync).  So the order is right, and nothing is late.
 */
#ifndef KERNEL_VFS_WATCH_H
#define KERNEL_VFS_WATCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "vfs/hash.h"

struct vnode;

/* An open mirror: it is closed when the program closes the original. */
struct watch_open {
	int self, entry; /* -1: none */
	bool writes;
	SLIST_ENTRY(watch_open) all;
};

struct watch {
	struct vnode *vn; /* that has it, not counted */
	int fd;           /* O_PATH descriptor of the mirror */
	unsigned
	    apart; /* its name among those apart; 0: it is the entry in its directory's mirror */
	bool has_entries; /* the mirror of a directory that is watched itself */
	int object;       /* our own watch, on the host object; -1: none */
	SLIST_HEAD(, watch_open) opens;
	UT_hash_handle hh; /* by object */
};

/* Is anything watched at all?  If not, the functions below need not be called. */
extern unsigned watch_count;

/* A program will watch vn: a descriptor (O_PATH) of the mirror. */
int watch_add(struct vnode *vn, int *ret_fd);
/* Replays what programs did to host objects. */
void watch_sync(void);
/* The vnode is freed.  The kernel ends. */
void watch_free(struct vnode *vn);
void watch_fini(void);

/* Names, after the fact. */
void watch_created(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
void watch_linked(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
void watch_removed(struct vnode *dir, const char *name, size_t len, struct vnode *vn);
struct namei;
void watch_moved(const struct namei *from, const struct namei *to, unsigned flags);

/* Attributes were changed; a directory was read; an open with these flags follows at once. */
void watch_changed(struct vnode *vn);
void watch_listed(struct vnode *vn);
void watch_opened(struct vnode *vn, int flags);
/* The bytes were changed; or the length, by a call that needs no descriptor (watch_sync() first).
 */
void watch_modified(struct vnode *vn);
void watch_truncated(struct vnode *vn);

/* --- between the files of this folder --- */

/* Where a mirror or an entry is: a directory of the host, and its name there. */
struct watch_place {
	int dir;
	char name[NAME_MAX + 1];
};

/* The mirror of a directory, or NULL. */
struct watch *watch_of_dir(const struct vnode *dir);
struct watch_place watch_entry(const struct watch *dir, const char *name, size_t len);
struct watch_place watch_apart(const struct watch *w);
/* A new place for what nobody is to see; and what to do with what was moved there. */
struct watch_place watch_rubbish(void);
void watch_throw_away(const struct watch_place *at);
/* The places that stand for vn: its mirror if that is apart, and its entry; how many (0 to 2). */
unsigned watch_places(struct vnode *vn, struct watch_place places[2]);
void watch_make(const struct watch_place *at, const struct vnode *vn);
int watch_move(const struct watch_place *from, const struct watch_place *to);
/* The mirror goes to a place apart that is new, from where it is. */
void watch_set_apart(struct watch *w, const struct watch_place *from);
/* What vn has, or a new one for its entry. */
struct watch *watch_get(struct vnode *vn);

/* watch_bytes.c */
int watch_bytes_init(void);
void watch_bytes_fini(void);
/* A watch that is new, before anybody's host watch is on the mirror: sees what may be open already.
 */
void watch_bytes_catch_up(struct watch *w);
void watch_bytes_detach(struct watch *w);

#endif
