/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlopen of files in the rump kernel.  The dynamic linker opens files behind the symbols, so it is
 * given the descriptor of one that we opened, and the name that the program used is put into the
 * link map, where dladdr, dl_iterate_phdr and debuggers find it.  The libraries that such a file
 * needs in turn are looked for on the host.  In the text of an error that name replaces the
 * descriptor's as well.
 *
 * The linker takes the return address for the library that asks, whose RUNPATH counts: host.dlopen
 * is called last here, so that the compiler jumps to it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/raw.h"
#include "hijack.h"
#include "ident/parts.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static bool
is_rump_library(const char *path)
{
	return path != NULL && strchr(path, '/') != NULL && route_path_is_rump(path);
}

/* /proc/self/fd/N of the file, or, if it cannot be opened, its path: the linker says why. */
static int
open_library(const char *path, char *link, size_t size)
{
	int fd = hijack_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || parts_need_all(fd) != 0)
		snprintf(link, size, "%s", path);
	else
		snprintf(link, size, "/proc/self/fd/%d", fd);
	return fd;
}

/* Unless it was there before, it has the name of the link; the linker frees what it finds. */
static void
set_name(void *library, const char *link, const char *path)
{
	struct link_map *map;
	char *name;

	if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || strcmp(map->l_name, link) != 0)
		return;
	name = strdup(path);
	if (name == NULL)
		return;
	free(map->l_name);
	map->l_name = name;
}

static _Thread_local char *failure; /* what dlerror() is to say next, or NULL */

/* The linker's words about the link, said of the path. */
static void
set_failure(const char *link, const char *path)
{
	const char *why = host.dlerror();
	const char *named = why == NULL ? NULL : strstr(why, link);

	if (named != NULL &&
	    asprintf(&failure, "%.*s%s%s", (int)(named - why), why, path, named + strlen(link)) < 0)
		failure = NULL;
}

static void
close_library(int fd, void *library, const char *link, const char *path)
{
	free(failure);
	failure = NULL;
	if (library != NULL)
		set_name(library, link, path);
	else
		set_failure(link, path);
	if (fd >= 0)
		raw_close(fd);
}

void *
hijack_dlopen(const char *path, int flags)
{
	char link[PATH_MAX];
	void *library;
	int fd;

	if (!is_rump_library(path))
		return host.dlopen(path, flags);
	fd = open_library(path, link, sizeof link);
	library = host.dlopen(link, flags);
	close_library(fd, library, link, path);
	return library;
}
HIJACK_EXPORTS(dlopen)

void *
hijack_dlmopen(long list, const char *path, int flags)
{
	char link[PATH_MAX];
	void *library;
	int fd;

	if (!is_rump_library(path))
		return host.dlmopen(list, path, flags);
	fd = open_library(path, link, sizeof link);
	library = host.dlmopen(list, link, flags);
	close_library(fd, library, link, path);
	return library;
}
HIJACK_EXPORTS(dlmopen)

char *
hijack_dlerror(void)
{
	static _Thread_local char *said;

	if (failure == NULL)
		return host.dlerror();
	free(said);
	said = failure;
	failure = NULL;
	return said;
}
HIJACK_EXPORTS(dlerror)
