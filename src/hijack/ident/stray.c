/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links of the host into the rump kernel.  Programs look for what is not there all the time, so the
 * usual case, a missing name in a directory that exists, is told by two calls, by one if the
 * directory was seen before; only else the path is walked, link by link.
 */
#include "ident/stray.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "dcache/dcache.h"
#include "route/path.h"
#include "route/route.h"

#define LINKS_MAX 40

/* The length of the path without its last component and the slashes before that; 0: it has one. */
static size_t
parent_len(const char *path)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len;
}

/* Absolute directories that were there: what has gone since leads nowhere either. */
#define SEEN_SLOTS 256
static _Atomic(uint64_t) seen[SEEN_SLOTS];

static bool
directory_is_there(int dirfd, const char *dir, size_t len)
{
	uint64_t hash = dcache_hash(len, dir, len);
	_Atomic(uint64_t) *slot = &seen[hash % SEEN_SLOTS];

	if (*dir == '/' && atomic_load_explicit(slot, memory_order_relaxed) == hash)
		return true;
	if (raw_call3(SYS_faccessat, dirfd, dir, F_OK) != 0)
		return false;
	if (*dir == '/')
		atomic_store_explicit(slot, hash, memory_order_relaxed);
	return true;
}

/* Is it but a name that the host's directory does not have? */
static bool
is_plainly_missing(int dirfd, const char *path, char text[PATH_MAX])
{
	size_t len = parent_len(path);

	/* With a slash behind it the name would be followed. */
	if (path[strlen(path) - 1] == '/' ||
	    raw_call4(SYS_readlinkat, dirfd, path, text, PATH_MAX) >= 0)
		return false;
	if (len == 0)
		return true;
	memcpy(text, path, len);
	text[len] = '\0';
	return directory_is_there(dirfd, text, len);
}

/* A path of the host on the way: all links in `done` are followed. */
struct way {
	char done[PATH_MAX];
	char rest[PATH_MAX]; /* empty, or begins with a slash */
	unsigned links;
};

/* rest = text and what was behind it; false: it is too long. */
static bool
put_before(struct way *w, const char *text, size_t len)
{
	size_t rest_len = strlen(w->rest);

	if (len + 1 + rest_len >= sizeof w->rest)
		return false;
	memmove(w->rest + 1 + len, w->rest, rest_len + 1);
	memcpy(w->rest + 1, text, len);
	w->rest[0] = '/';
	return true;
}

static void
go_up(struct way *w)
{
	char *slash = strrchr(w->done, '/');

	if (slash != NULL)
		*slash = '\0';
}

/* done is a link: goes on at its target.  True: that is in the rump kernel, buf its path. */
static bool
follow(struct way *w, const char *target, size_t len, char buf[PATH_MAX], bool *ret_ended)
{
	const char *left;

	if (*target == '/')
		*w->done = '\0';
	else
		go_up(w);
	*ret_ended = w->links++ == LINKS_MAX || !put_before(w, target, len);
	left = w->rest + strspn(w->rest, "/");
	if (!*ret_ended)
		*ret_ended = path_join(buf, PATH_MAX, w->done, left, strlen(left)) != 0;
	return !*ret_ended && route_is_below(buf);
}

/* One component.  True: found; else *ret_ended says whether there is nothing more to look at. */
static bool
step(struct way *w, int flags, char buf[PATH_MAX], bool *ret_ended)
{
	char target[PATH_MAX];
	const char *rest = w->rest, *name;
	size_t len;
	long n = -EINVAL;

	name = path_next(&rest, &len);
	*ret_ended = name == NULL;
	if (name == NULL)
		return false;
	if (len == 2 && memcmp(name, "..", 2) == 0) {
		go_up(w);
	} else if (len != 1 || *name != '.') {
		*ret_ended = path_join(w->done, sizeof w->done, w->done, name, len) != 0;
		if (*ret_ended)
			return false;
		n = raw_call3(SYS_readlink, w->done, target, sizeof target - 1);
	}
	*ret_ended = n < 0 && n != -EINVAL;
	if (n > 0 && *rest == '\0' && (flags & AT_SYMLINK_NOFOLLOW) != 0)
		*ret_ended = true;
	memmove(w->rest, rest, strlen(rest) + 1);
	return n > 0 && !*ret_ended && follow(w, target, (size_t)n, buf, ret_ended);
}

/* Its frame is large, and programs with small stacks come here when a link is there only. */
__attribute__((noinline)) static bool
walk(int dirfd, const char *path, int flags, char buf[PATH_MAX])
{
	struct way w = {.links = 0};
	bool ended = false;

	if (*path != '/' && route_host_dir(dirfd, w.done, sizeof w.done) == 0)
		return false;
	if (strcmp(w.done, "/") == 0)
		*w.done = '\0';
	if (!put_before(&w, path, strlen(path)))
		return false;
	while (!ended) {
		if (step(&w, flags, buf, &ended))
			return true;
	}
	return false;
}

bool
stray_find(int dirfd, const char *path, int flags, char buf[PATH_MAX])
{
	return *path != '\0' && !is_plainly_missing(dirfd, path, buf) &&
	       walk(dirfd, path, flags, buf);
}
