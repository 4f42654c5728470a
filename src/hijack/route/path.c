/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of paths. */
#include "route/path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Over slashes and components that are a single dot. */
static const char *
skip_slashes(const char *p)
{
	while (*p == '/' || (p[0] == '.' && (p[1] == '/' || p[1] == '\0')))
		p++;
	return p;
}

/* Is name[0..n) the prefix's component of this number? */
static bool
is_component(const char *prefix, size_t number, const char *name, size_t n)
{
	const char *component;
	size_t len = 0;

	do
		component = path_next(&prefix, &len);
	while (number-- > 0);
	return len == n && memcmp(component, name, n) == 0;
}

static size_t
count_components(const char *path)
{
	size_t n = 0, len;

	while (path_next(&path, &len) != NULL)
		n++;
	return n;
}

/* Walks down the path: `depth` components of the prefix, then `astray` others. */
const char *
path_below(const char *path, const char *prefix)
{
	size_t want = count_components(prefix), depth = 0, astray = 0;

	while (depth < want) {
		size_t n;

		path = skip_slashes(path);
		n = strcspn(path, "/");
		if (n == 0)
			return NULL;
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			if (astray > 0)
				astray--;
			else if (depth > 0)
				depth--;
		} else if (astray == 0 && is_component(prefix, depth, path, n)) {
			depth++;
		} else {
			astray++;
		}
		path += n;
	}
	return path;
}

const char *
path_next(const char **path, size_t *len)
{
	const char *name = *path + strspn(*path, "/");

	if (*name == '\0')
		return NULL;
	*len = strcspn(name, "/");
	*path = name + *len;
	return name;
}

int
path_join(char *dst, size_t size, const char *dir, const char *name, size_t name_len)
{
	size_t len = strlen(dir);

	while (len > 0 && dir[len - 1] == '/')
		len--;
	if (len + 1 + name_len + 1 > size)
		return ENAMETOOLONG;
	memmove(dst, dir, len);
	dst[len] = '/';
	memcpy(dst + len + 1, name, name_len);
	dst[len + 1 + name_len] = '\0';
	return 0;
}

/* A component that a pattern is about: `*` any, `#` a number. */
static bool
matches(const char *pattern, size_t pattern_len, const char *name, size_t len)
{
	if (*pattern == '*')
		return true;
	if (*pattern == '#')
		return strspn(name, "0123456789") == len;
	return pattern_len == len && memcmp(pattern, name, len) == 0;
}

/* What is left of path behind the components of the pattern, or NULL. */
static const char *
behind(const char *path, const char *pattern)
{
	const char *want, *name;
	size_t want_len, len;

	while ((want = path_next(&pattern, &want_len)) != NULL) {
		path = skip_slashes(path);
		name = path_next(&path, &len);
		if (name == NULL || !matches(want, want_len, name, len))
			return NULL;
	}
	return path;
}

const char *
path_behind_fd(const char *path)
{
	static const char *const patterns[] = {"dev/fd/#", "dev/stdin", "dev/stdout", "dev/stderr",
	    "proc/*/fd/#", "proc/*/task/*/fd/#"};
	const char *rest = NULL;

	if (*path != '/' || (strncmp(skip_slashes(path), "dev/", 4) != 0 &&
				strncmp(skip_slashes(path), "proc/", 5) != 0))
		return NULL;
	for (size_t i = 0; rest == NULL && i < sizeof patterns / sizeof *patterns; i++)
		rest = behind(path, patterns[i]);
	return rest;
}
