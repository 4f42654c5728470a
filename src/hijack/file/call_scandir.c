/* SPDX-License-Identifier: BSD-2-Clause */
/* scandir: a whole directory into a sorted array. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/raw.h"
#include "hijack.h"
#include "syscall/hijack_exports.h"

typedef int filter_fn(const struct dirent *);
typedef int compare_fn(const struct dirent **, const struct dirent **);

struct entries {
	struct dirent **list;
	size_t n, room;
};

static void
entries_free(struct entries *e)
{
	while (e->n > 0)
		free(e->list[--e->n]);
	free(e->list);
}

static int
entries_add(struct entries *e, const struct dirent *entry)
{
	struct dirent *copy;

	if (e->n == e->room) {
		size_t room = e->room == 0 ? 16 : 2 * e->room;
		struct dirent **list = reallocarray(e->list, room, sizeof *list);

		if (list == NULL)
			return ENOMEM;
		e->list = list;
		e->room = room;
	}
	copy = malloc(entry->d_reclen);
	if (copy == NULL)
		return ENOMEM;
	e->list[e->n++] = memcpy(copy, entry, entry->d_reclen);
	return 0;
}

static int
entries_read(struct entries *e, DIR *dir, filter_fn *filter)
{
	struct dirent *entry;
	int error = 0;

	errno = 0;
	while (error == 0 && (entry = hijack_readdir(dir)) != NULL) {
		if (filter == NULL || filter(entry) != 0)
			error = entries_add(e, entry);
		errno = 0; /* the filter may have changed it */
	}
	return error != 0 ? error : errno;
}

int
hijack_scandirat(int dirfd, const char *path, struct dirent ***list, void *filter, void *compar)
{
	struct entries e = {NULL, 0, 0};
	int saved = errno;
	int fd = hijack_openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : hijack_fdopendir(fd);
	int error;

	if (dir == NULL) {
		if (fd >= 0)
			raw_close(fd);
		return -1;
	}
	error = entries_read(&e, dir, (filter_fn *)filter);
	hijack_closedir(dir);
	if (error != 0) {
		entries_free(&e);
		return hijack_fail(error);
	}
	if (compar != NULL && e.n > 1)
		qsort(e.list, e.n, sizeof *e.list, (int (*)(const void *, const void *))compar);
	*list = e.list != NULL ? e.list : malloc(sizeof *e.list);
	errno = saved;
	return (int)e.n;
}
HIJACK_EXPORTS(scandirat)

int
hijack_scandir(const char *path, struct dirent ***list, void *filter, void *compar)
{
	return hijack_scandirat(AT_FDCWD, path, list, filter, compar);
}
HIJACK_EXPORTS(scandir)
