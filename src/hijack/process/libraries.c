/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared libraries of the rump kernel for a new image. */
#include "process/libraries.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/env.h"
#include "base/own.h"
#include "base/raw.h"
#include "hijack.h"
#include "ident/parts.h"
#include "process/library_search.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"

#define PATH_NAME      "LD_LIBRARY_PATH"
#define PRELOAD_NAME   "LD_PRELOAD"
#define PRELOADED_NAME "RUMPHIJACK__PRELOADED" /* as it was, for the new image */

/* Does LD_LIBRARY_PATH name a directory of the rump kernel?  If not, a program of the host has no
 * library there. */
static bool
leads_to_rump(const char *list)
{
	char dir[PATH_MAX];

	while (search_next_dir(&list, "", dir)) {
		if (route_path_is_rump(dir))
			return true;
	}
	return false;
}

static void
directory_of(const char *path, char dir[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(dir, PATH_MAX, "%.*s", slash == NULL ? 1 : (int)(slash - path),
	    slash == NULL ? "." : path);
}

/* The next word of LD_PRELOAD: dst.  False at the end. */
static bool
next_word(const char **list, char dst[PATH_MAX])
{
	size_t len;

	*list += strspn(*list, ": ");
	len = strcspn(*list, ": ");
	snprintf(dst, PATH_MAX, "%.*s", (int)len, *list);
	*list += len;
	return len != 0;
}

static bool
preloads_from_rump(const char *list)
{
	char word[PATH_MAX];

	while (next_word(&list, word)) {
		if (strchr(word, '/') != NULL && route_path_is_rump(word))
			return true;
	}
	return false;
}

/* Opens one that is preloaded, by path or by name; -1: it is not in the rump kernel. */
static int
open_preloaded(struct search *s, const char *word, char dir[PATH_MAX])
{
	int fd = -1;

	if (strchr(word, '/') == NULL) {
		search_list(*s->path == '\0' ? NULL : s->path, "", word, dir, &fd);
	} else if (route_path_is_rump(word)) {
		directory_of(word, dir);
		fd = hijack_openat(AT_FDCWD, word, O_RDONLY);
		(void)parts_need_all(fd);
	}
	return fd;
}

/* The word becomes what the linker is to load. */
static void
search_preloaded(struct search *s, char word[PATH_MAX])
{
	char dir[PATH_MAX];
	const char *name = basename(word);
	int fd = open_preloaded(s, word, dir);

	if (fd < 0)
		return;
	if (!search_give_name(s->libs, name, fd)) {
		raw_close(fd);
		return;
	}
	search_needs(s, fd, dir, 0);
	memmove(word, name, strlen(name) + 1); /* the directory of links comes first */
}

/* LD_PRELOAD with names in place of paths that the linker would not find. */
static void
search_preload(struct search *s, const char *list)
{
	struct libraries *libs = s->libs;
	size_t len = sizeof PRELOAD_NAME;
	const char *at = list;
	char word[PATH_MAX];

	if (strlen(list) + sizeof PRELOADED_NAME >= sizeof libs->preloaded)
		return;
	snprintf(libs->preloaded, sizeof libs->preloaded, "%s=%s", PRELOADED_NAME, list);
	snprintf(libs->preload, sizeof libs->preload, "%s=", PRELOAD_NAME);
	while (next_word(&at, word)) {
		search_preloaded(s, word);
		len +=
		    (size_t)snprintf(libs->preload + len, sizeof libs->preload - len, "%s:", word);
	}
}

static void
finish(struct libraries *libs, const char *path)
{
	int len = snprintf(libs->about, sizeof libs->about, "%s=%s:%d", LIBRARIES_VARIABLE,
	    libs->dir, path != NULL);

	for (unsigned i = 0; i < libs->n; i++)
		len += snprintf(
		    libs->about + len, sizeof libs->about - (size_t)len, ":%d", libs->fds[i]);
	snprintf(libs->path, libs->size - sizeof *libs, "%s=%s%s%s", PATH_NAME, libs->dir,
	    path == NULL ? "" : ":", path == NULL ? "" : path);
}

/* Room for what is found; no malloc, for exec may follow a fork of one thread of many. */
static struct libraries *
libraries_new(const char *path)
{
	size_t size = sizeof(struct libraries) + sizeof PATH_NAME + 40 + strlen(path);
	struct libraries *libs = own_map(size);

	if (libs != NULL)
		libs->size = size;
	return libs;
}

/* Not inlined: its frame is large, and few programs need it. */
__attribute__((noinline)) static struct libraries *
find(int fd, const char *shown, const char *path, const char *preload)
{
	struct search s = {.path = path};
	char origin[PATH_MAX];

	s.libs = fd < 0 ? NULL : libraries_new(s.path);
	if (s.libs != NULL) {
		directory_of(shown, origin);
		search_needs(&s, fd, origin, 0);
		if (preload != NULL)
			search_preload(&s, preload);
	}
	return s.libs;
}

struct libraries *
libraries_find(int fd, const char *shown, char *const *envp, const char *preload)
{
	const char *path = env_value(envp, PATH_NAME);
	struct libraries *libs;
	bool preloads;
	int own = -1;

	preload = preload == NULL ? env_value(envp, PRELOAD_NAME) : strchr(preload, '=') + 1;
	/* An image without the hijacker would not put away what is made for it. */
	if (preload == NULL || *preload == '\0')
		return NULL;
	preloads = preloads_from_rump(preload) || leads_to_rump(path);
	if (fd < 0 && !preloads)
		return NULL;
	if (fd < 0)
		fd = own = (int)raw_call3(SYS_open, shown, O_RDONLY | O_CLOEXEC, 0);
	libs = find(fd, shown, path == NULL ? "" : path, preloads ? preload : NULL);
	if (own >= 0)
		raw_close(own);
	if (libs == NULL || libs->n == 0) {
		libraries_drop(libs);
		return NULL;
	}
	finish(libs, path);
	return libs;
}

/* Removes the directory of links. */
static void
remove_dir(const char *name)
{
	DIR *dir = hijack_opendir(name);
	struct dirent *entry;

	while (dir != NULL && (entry = hijack_readdir(dir)) != NULL)
		raw_call3(SYS_unlinkat, hijack_dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		hijack_closedir(dir);
	raw_call1(SYS_rmdir, name);
}

void
libraries_drop(struct libraries *libs)
{
	int saved = errno;

	if (libs == NULL)
		return;
	while (libs->n > 0)
		raw_close(libs->fds[--libs->n]);
	if (*libs->dir != '\0')
		remove_dir(libs->dir);
	own_unmap(libs, libs->size);
	errno = saved;
}

/* The variable: DIRECTORY:HAD:FD... */
void
libraries_start(void)
{
	const char *about = env_value(environ, LIBRARIES_VARIABLE);
	char *path = (char *)(uintptr_t)env_value(environ, PATH_NAME), *rest;
	char dir[128];
	int had, used;

	if (about == NULL || sscanf(about, "%127[^:]:%d%n", dir, &had, &used) != 2 ||
	    strstr(dir, LIBRARIES_DIR) == NULL)
		return;
	for (const char *p = about + used; *p == ':';)
		raw_close((int)strtol(p + 1, (char **)(uintptr_t)&p, 10));
	remove_dir(dir);
	if (path != NULL && strncmp(path, dir, strlen(dir)) == 0) {
		rest = path + strlen(dir) + 1;
		if (had != 0)
			memmove(path, rest, strlen(rest) + 1);
		else
			env_remove(environ, PATH_NAME);
	}
	if (env_value(environ, PRELOADED_NAME) != NULL)
		env_rename(environ, PRELOADED_NAME, PRELOAD_NAME);
	env_remove(environ, LIBRARIES_VARIABLE);
}
