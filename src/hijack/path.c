/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of paths. */
#include "path.h"

#include <errno.h>
#include <string.h>

/* Over slashes and components that are a single dot. */
static const char *
skip_slashes(const char *p)
{
	while (*p == '/' || (p[0] == '.' && (p[1] == '/' || p[1] == '\0')))
		p++;
	return p;
}

const char *
path_below(const char *path, const char *prefix)
{
	for (;;) {
		size_t n;

		prefix += strspn(prefix, "/");
		if (*prefix == '\0')
			return path;
		path = skip_slashes(path);
		n = strcspn(prefix, "/");
		if (strncmp(path, prefix, n) != 0 || (path[n] != '/' && path[n] != '\0'))
			return NULL;
		path += n;
		prefix += n;
	}
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
