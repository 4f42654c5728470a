/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realpath in the tree that the program sees, in which the rump kernel's hangs on the host's at the
 * prefix: a walk over the components, following symbolic links from either side to the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "file/call_cwd.h"
#include "hijack.h"
#include "route/path.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define LINKS_MAX 40

struct walk {
	char done[PATH_MAX];     /* resolved so far; "" is the root */
	char rest[2 * PATH_MAX]; /* still to do */
	unsigned links;
};

static bool
is_name(const char *name, size_t len, const char *what)
{
	return len == strlen(what) && memcmp(name, what, len) == 0;
}

/* Up one directory, but not out of the rump kernel's root. */
static void
go_up(struct walk *w)
{
	const char *prefix = config_get()->prefix;
	char *slash = strrchr(w->done, '/');

	if (slash != NULL && (prefix == NULL || strcmp(w->done, prefix) != 0))
		*slash = '\0';
}

static const char *
done_path(const struct walk *w)
{
	return *w->done == '\0' ? "/" : w->done;
}

/* Is done, which the host need not have, on the way to the prefix? */
static bool
above_prefix(const struct walk *w)
{
	const char *prefix = config_get()->prefix;

	return prefix != NULL && path_below(prefix, done_path(w)) != NULL;
}

/* done is a symbolic link with this target: its text takes its place. */
static int
follow(struct walk *w, const char *target, const char *rest)
{
	char text[sizeof w->rest];
	size_t len = strlen(target), rest_len = strlen(rest);

	if (w->links++ == LINKS_MAX)
		return ELOOP;
	if (len + rest_len >= sizeof text)
		return ENAMETOOLONG;
	memcpy(text, target, len);
	memcpy(text + len, rest, rest_len + 1);
	memcpy(w->rest, text, len + rest_len + 1);
	if (*target == '/')
		*w->done = '\0';
	else
		go_up(w);
	return 0;
}

static int
must_be_directory(const struct walk *w)
{
	struct stat st;

	if (hijack_newfstatat(AT_FDCWD, done_path(w), &st, 0) != 0)
		return above_prefix(w) ? 0 : errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

/* One component: `name`, with `rest` behind it. */
static int
step(struct walk *w, const char *name, size_t len, const char *rest)
{
	char target[PATH_MAX];
	ssize_t target_len;
	int error;

	if (is_name(name, len, ".") || is_name(name, len, "..")) {
		error = must_be_directory(w);
		if (error == 0 && len == 2)
			go_up(w);
		memmove(w->rest, rest, strlen(rest) + 1);
		return error;
	}
	error = path_join(w->done, sizeof w->done, w->done, name, len);
	if (error != 0)
		return error;
	target_len = hijack_readlinkat(AT_FDCWD, w->done, target, sizeof target - 1);
	if (target_len >= 0) {
		target[target_len] = '\0';
		return target_len == 0 ? ENOENT : follow(w, target, rest);
	}
	if (errno != EINVAL && !above_prefix(w))
		return errno;
	memmove(w->rest, rest, strlen(rest) + 1);
	return *rest == '/' ? must_be_directory(w) : 0;
}

static int
walk_start(struct walk *w, const char *path)
{
	int error = 0;

	w->links = 0;
	*w->done = '\0';
	if (path == NULL)
		return EINVAL;
	if (*path == '\0')
		return ENOENT;
	if (strlen(path) >= PATH_MAX)
		return ENAMETOOLONG;
	strcpy(w->rest, path);
	if (*path == '/')
		return 0;
	if (route_cwd_is_rump())
		error = cwd_shown(w->done, sizeof w->done);
	else if (host.getcwd(w->done, sizeof w->done) == NULL)
		error = errno;
	if (error == 0 && strcmp(w->done, "/") == 0)
		*w->done = '\0';
	return error;
}

static char *
resolve(const char *path, char *resolved)
{
	struct walk w;
	const char *rest, *name;
	size_t len;
	int saved = errno;
	int error = walk_start(&w, path);

	while (error == 0 && (rest = w.rest, name = path_next(&rest, &len)) != NULL)
		error = step(&w, name, len, rest);
	if (error != 0) {
		errno = error;
		return NULL;
	}
	errno = saved;
	return resolved == NULL ? strdup(done_path(&w)) : strcpy(resolved, done_path(&w));
}

char *
hijack_realpath(const char *path, char *resolved)
{
	char *found;

	if (path == NULL || !route_path_is_rump(path)) {
		found = host.realpath(path, resolved);
		/* A symbolic link of the host may lead into the rump kernel. */
		if (found != NULL || path == NULL || errno != ENOENT)
			return found;
	}
	return resolve(path, resolved);
}
HIJACK_EXPORTS(realpath)

char *
hijack___realpath_chk(const char *path, char *resolved, size_t room)
{
	if (room < PATH_MAX)
		return host.__realpath_chk(path, resolved, room);
	return hijack_realpath(path, resolved);
}
HIJACK_EXPORTS(__realpath_chk)

char *
hijack_canonicalize_file_name(const char *path)
{
	return hijack_realpath(path, NULL);
}
HIJACK_EXPORTS(canonicalize_file_name)
