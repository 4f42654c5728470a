/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of paths. */
#include "path.h"

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
