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

#include "base/own.h"
#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "process/elf_needs.h"
#include "route/path.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define DIR_NAME  "/lib." /* and six letters */
#define PATH_NAME "LD_LIBRARY_PATH"
#define DEPTH_MAX 32

/* A search: what is found so far, and what stays the same during it. */
struct search {
	struct libraries *libs;
	const char *path; /* LD_LIBRARY_PATH, or "" */
};

static const char *
value_of(char *const *envp, const char *name)
{
	size_t len = strlen(name);

	for (; envp != NULL && *envp != NULL; envp++) {
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	}
	return NULL;
}

/* The next directory of a list: dst, with $ORIGIN replaced.  False at the end. */
static bool
next_dir(const char **list, const char *origin, char dst[PATH_MAX])
{
	static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
	const char *p = *list;
	size_t len;

	if (p == NULL)
		return false;
	len = strcspn(p, ":;");
	*list = p[len] == '\0' ? NULL : p + len + 1;
	snprintf(dst, PATH_MAX, "%.*s", len == 0 ? 1 : (int)len, len == 0 ? "." : p);
	for (size_t i = 0; i < 2; i++) {
		size_t word = strlen(words[i]);

		if (strncmp(p, words[i], word) == 0 && len >= word)
			snprintf(dst, PATH_MAX, "%s%.*s", origin, (int)(len - word), p + word);
	}
	return true;
}

enum found { NOWHERE, ON_HOST, IN_RUMP };

/* Looks for a library in the directories of a list; in the rump kernel: opens it. */
static enum found
look(const char *list, const char *origin, const char *name, char dir[PATH_MAX], int *ret_fd)
{
	char path[PATH_MAX];

	while (next_dir(&list, origin, dir)) {
		if (path_join(path, sizeof path, dir, name, strlen(name)) != 0)
			continue;
		if (!route_path_is_rump(path)) {
			if (raw_call3(SYS_faccessat, AT_FDCWD, path, R_OK) == 0)
				return ON_HOST;
			continue;
		}
		*ret_fd = hijack_openat(AT_FDCWD, path, O_RDONLY);
		if (*ret_fd >= 0)
			return IN_RUMP;
	}
	return NOWHERE;
}

/* The server's own directory goes with it, whatever becomes of the new image before it starts. */
static bool
make_dir(struct libraries *libs, const char *base)
{
	if (*base != '/' || strpbrk(base, ":;$") != NULL)
		return false;
	snprintf(libs->dir, sizeof libs->dir, "%s" DIR_NAME "XXXXXX", base);
	if (host.mkdtemp(libs->dir) != NULL)
		return true;
	*libs->dir = '\0';
	return false;
}

/* Gives an open library its name in the directory: false: it has that one already, or no room. */
static bool
give_name(struct libraries *libs, const char *name, int fd)
{
	char link[sizeof libs->dir + NAME_MAX + 1], target[32];

	if (libs->n == sizeof libs->fds / sizeof *libs->fds || strlen(name) > NAME_MAX)
		return false;
	if (*libs->dir == '\0' && !make_dir(libs, client_server()->names) &&
	    !make_dir(libs, "/tmp"))
		return false;
	snprintf(link, sizeof link, "%s/%s", libs->dir, name);
	snprintf(target, sizeof target, "/proc/self/fd/%d", fd);
	if (raw_call2(SYS_symlink, target, link) != 0)
		return false;
	libs->fds[libs->n++] = fd;
	return true;
}

static void search_needs(struct search *s, int fd, const char *origin, unsigned depth);

/* One library, in the order in which the linker looks. */
static void
search_library(struct search *s, const struct elf_needs *e, const char *name, const char *origin,
    unsigned depth)
{
	const char *lists[] = {
	    e->runpath == NULL ? e->rpath : NULL, *s->path == '\0' ? NULL : s->path, e->runpath};
	enum found found = NOWHERE;
	char dir[PATH_MAX];
	int fd = -1;

	for (size_t i = 0; i < 3 && found == NOWHERE; i++)
		found = look(lists[i], origin, name, dir, &fd);
	if (found != IN_RUMP)
		return;
	if (give_name(s->libs, name, fd))
		search_needs(s, fd, dir, depth + 1);
	else
		raw_close(fd);
}

static void
search_needs(struct search *s, int fd, const char *origin, unsigned depth)
{
	struct elf_needs e;

	if (depth > DEPTH_MAX || !elf_needs(&e, fd))
		return;
	for (size_t i = 0; i < e.n; i++) {
		if (strchr(e.needed[i], '/') == NULL)
			search_library(s, &e, e.needed[i], origin, depth);
	}
	elf_needs_free(&e);
}

/* Does LD_LIBRARY_PATH name a directory of the rump kernel?  If not, a program of the host has no
 * library there. */
static bool
leads_to_rump(const char *list)
{
	char dir[PATH_MAX];

	while (next_dir(&list, "", dir)) {
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

struct libraries *
libraries_find(int fd, const char *shown, char *const *envp, const char *preload)
{
	const char *path = value_of(envp, PATH_NAME);
	struct search s = {.path = path == NULL ? "" : path};
	char origin[PATH_MAX];
	int own = -1;

	if (preload == NULL)
		preload = value_of(envp, "LD_PRELOAD");
	/* An image without the hijacker would not put away what is made for it. */
	if (preload == NULL || *preload == '\0' || (fd < 0 && !leads_to_rump(path)))
		return NULL;
	if (fd < 0)
		fd = own = (int)raw_call3(SYS_open, shown, O_RDONLY | O_CLOEXEC, 0);
	s.libs = fd < 0 ? NULL : libraries_new(s.path);
	if (s.libs != NULL) {
		directory_of(shown, origin);
		search_needs(&s, fd, origin, 0);
	}
	if (own >= 0)
		raw_close(own);
	if (s.libs == NULL || s.libs->n == 0) {
		libraries_drop(s.libs);
		return NULL;
	}
	finish(s.libs, path);
	return s.libs;
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
	char *about = getenv(LIBRARIES_VARIABLE), *path = getenv(PATH_NAME);
	char dir[128];
	int had, used;

	if (about == NULL || sscanf(about, "%127[^:]:%d%n", dir, &had, &used) != 2 ||
	    strstr(dir, DIR_NAME) == NULL)
		return;
	for (char *p = about + used; *p == ':';)
		raw_close((int)strtol(p + 1, &p, 10));
	remove_dir(dir);
	if (path != NULL && strncmp(path, dir, strlen(dir)) == 0) {
		if (had != 0)
			setenv(PATH_NAME, path + strlen(dir) + 1, 1);
		else
			unsetenv(PATH_NAME);
	}
	unsetenv(LIBRARIES_VARIABLE);
}
