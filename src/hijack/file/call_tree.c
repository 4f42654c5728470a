/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ftw and nftw: a walk over paths with our own directory functions.  A directory's names are read
 * before its children are visited, so no descriptor is open meanwhile and `fds` means nothing. Only
 * where paths become too long for the kernel, every FAR bytes, a directory is held open (the
 * anchor) and what is below it looked at from there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/raw.h"
#include "hijack.h"
#include "route/path.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define FAR (PATH_MAX / 2)

struct tree {
	int (*plain)(const char *, const struct stat *, int);              /* ftw, or NULL */
	int (*full)(const char *, const struct stat *, int, struct FTW *); /* nftw */
	int flags;
	dev_t dev; /* of the start, for FTW_MOUNT */
	struct visited {
		dev_t dev;
		ino_t ino;
	} * visited; /* directories, when links are followed */
	size_t nvisited;
	char *path; /* of the object in hand, as the program gets it */
	size_t room;
	int anchor;      /* AT_FDCWD: none */
	size_t anchored; /* where in the path the rest begins, as seen from the anchor */
};

static int visit(struct tree *t, size_t base, int level);

/* The name to use for the object, and from where: with FTW_CHDIR we stand in its directory. */
static const char *
access_path(const struct tree *t, size_t base, int *ret_dir)
{
	bool inside = (t->flags & FTW_CHDIR) != 0 && t->path[base] != '\0';

	*ret_dir = inside ? AT_FDCWD : t->anchor;
	return t->path + (inside ? base : t->anchored);
}

static int
report(struct tree *t, const struct stat *st, int type, size_t base, int level)
{
	struct FTW info = {.base = (int)base, .level = level};

	if (t->plain != NULL)
		return t->plain(t->path, st, type == FTW_SLN ? FTW_NS : type);
	return t->full(t->path, st, type, &info);
}

/* FTW_xxx of the object, or -1 with errno. */
static int
classify(struct tree *t, size_t base, struct stat *st)
{
	bool physical = (t->flags & FTW_PHYS) != 0;
	int error, dir;
	const char *path = access_path(t, base, &dir);

	memset(st, 0, sizeof *st);
	if (hijack_newfstatat(dir, path, st, physical ? AT_SYMLINK_NOFOLLOW : 0) == 0) {
		if (S_ISDIR(st->st_mode))
			return FTW_D;
		return S_ISLNK(st->st_mode) ? FTW_SL : FTW_F;
	}
	error = errno;
	if (error != EACCES && error != ENOENT)
		return -1;
	if (!physical && hijack_newfstatat(dir, path, st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st->st_mode))
		return FTW_SLN;
	errno = error;
	return FTW_NS;
}

/* Is it the first time that we come to this directory? */
static int
first_visit(struct tree *t, const struct stat *st, bool *ret_first)
{
	struct visited *grown;

	*ret_first = true;
	if ((t->flags & FTW_PHYS) != 0)
		return 0;
	for (size_t i = 0; i < t->nvisited; i++) {
		if (t->visited[i].dev == st->st_dev && t->visited[i].ino == st->st_ino) {
			*ret_first = false;
			return 0;
		}
	}
	grown = reallocarray(t->visited, t->nvisited + 1, sizeof *grown);
	if (grown == NULL)
		return -1;
	t->visited = grown;
	t->visited[t->nvisited++] = (struct visited){st->st_dev, st->st_ino};
	return 0;
}

/* Room for a path of this length. */
static int
grow(struct tree *t, size_t len)
{
	char *more;

	if (len < t->room)
		return 0;
	more = realloc(t->path, len + PATH_MAX);
	if (more == NULL)
		return -1;
	t->path = more;
	t->room = len + PATH_MAX;
	return 0;
}

static int
visit_child(struct tree *t, size_t len, const char *name, int level)
{
	size_t base;
	int rc;

	if (grow(t, len + 1 + strlen(name)) != 0)
		return -1;
	(void)path_join(t->path, t->room, t->path, name, strlen(name)); /* there is room */
	base = strlen(t->path) - strlen(name);
	rc = visit(t, base, level);
	t->path[len] = '\0';
	return rc;
}

static int
visit_children(struct tree *t, struct dirent **list, int n, int level)
{
	size_t len = strlen(t->path);
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++) {
		const char *name = list[i]->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			rc = visit_child(t, len, name, level);
	}
	return (t->flags & FTW_ACTIONRETVAL) != 0 && rc == FTW_SKIP_SIBLINGS ? 0 : rc;
}

static int
visit_from_anchor(struct tree *t, struct dirent **list, int n, int level)
{
	const size_t anchored = t->anchored;
	int rc, outer = t->anchor;
	int fd = hijack_openat(outer, t->path + anchored, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	t->anchor = fd;
	t->anchored = strlen(t->path) + 1;
	rc = visit_children(t, list, n, level);
	raw_close(fd);
	t->anchor = outer;
	t->anchored = anchored;
	return rc;
}

/* The children, from inside the directory if the program wants that. */
static int
enter_and_visit(struct tree *t, struct dirent **list, int n, size_t base, int level)
{
	int here, rc, dir;
	const char *path = access_path(t, base, &dir);

	if ((t->flags & FTW_CHDIR) == 0)
		return strlen(path) < FAR ? visit_children(t, list, n, level)
					  : visit_from_anchor(t, list, n, level);
	here = hijack_openat(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return -1;
	rc = hijack_chdir(path);
	if (rc == 0)
		rc = visit_children(t, list, n, level);
	if (hijack_fchdir(here) != 0 && rc == 0)
		rc = -1;
	raw_close(here);
	return rc;
}

static int
visit_directory(struct tree *t, const struct stat *st, size_t base, int level)
{
	struct dirent **list;
	const char *path;
	bool first;
	int n, dir, rc = 0;

	if (first_visit(t, st, &first) != 0)
		return -1;
	if (!first)
		return 0;
	path = access_path(t, base, &dir);
	n = hijack_scandirat(dir, path, &list, NULL, NULL);
	if (n < 0)
		return errno == EACCES ? report(t, st, FTW_DNR, base, level) : -1;
	if ((t->flags & FTW_DEPTH) == 0)
		rc = report(t, st, FTW_D, base, level);
	if (rc == 0)
		rc = enter_and_visit(t, list, n, base, level + 1);
	if (rc == 0 && (t->flags & FTW_DEPTH) != 0)
		rc = report(t, st, FTW_DP, base, level);
	while (n > 0)
		free(list[--n]);
	free(list);
	return rc;
}

static int
visit(struct tree *t, size_t base, int level)
{
	struct stat st;
	int type = classify(t, base, &st);
	int rc;

	if (type < 0 || (type == FTW_NS && level == 0))
		return -1;
	if (level == 0)
		t->dev = st.st_dev;
	else if ((t->flags & FTW_MOUNT) != 0 && type != FTW_NS && st.st_dev != t->dev)
		return 0;
	if (type == FTW_D)
		rc = visit_directory(t, &st, base, level);
	else
		rc = report(t, &st, type, base, level);
	return (t->flags & FTW_ACTIONRETVAL) != 0 && rc == FTW_SKIP_SUBTREE ? 0 : rc;
}

/* With FTW_CHDIR the walk begins in the directory of its start. */
static int
visit_start(struct tree *t, size_t base)
{
	char dir[PATH_MAX];
	int here, rc = 0;

	if ((t->flags & FTW_CHDIR) == 0 || t->path[base] == '\0')
		return visit(t, base, 0);
	here = hijack_openat(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return -1;
	memcpy(dir, t->path, base);
	dir[base] = '\0';
	if (base > 0)
		rc = hijack_chdir(dir);
	if (rc == 0)
		rc = visit(t, base, 0);
	if (hijack_fchdir(here) != 0 && rc == 0)
		rc = -1;
	raw_close(here);
	return rc;
}

static int
walk(struct tree *t, const char *path)
{
	size_t len = strlen(path);
	const char *slash;
	int rc;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len >= PATH_MAX)
		return hijack_fail(ENAMETOOLONG);
	if (grow(t, len) != 0)
		return -1;
	t->anchor = AT_FDCWD;
	memcpy(t->path, path, len);
	t->path[len] = '\0';
	slash = strrchr(t->path, '/');
	rc = visit_start(t, slash == NULL ? 0 : (size_t)(slash + 1 - t->path));
	free(t->visited);
	free(t->path);
	return (t->flags & FTW_ACTIONRETVAL) != 0 && rc == FTW_SKIP_SIBLINGS ? 0 : rc;
}

int
hijack_nftw(const char *path, void *func, int fds, int flags)
{
	struct tree t = {
	    .full = (int (*)(const char *, const struct stat *, int, struct FTW *))func,
	    .flags = flags};

	if (!route_path_is_rump(path))
		return host.nftw(path, func, fds, flags);
	return walk(&t, path);
}
HIJACK_EXPORTS(nftw)

int
hijack_ftw(const char *path, void *func, int fds)
{
	struct tree t = {.plain = (int (*)(const char *, const struct stat *, int))func};

	if (!route_path_is_rump(path))
		return host.ftw(path, func, fds);
	return walk(&t, path);
}
HIJACK_EXPORTS(ftw)
