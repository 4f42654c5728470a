/* SPDX-License-Identifier: BSD-2-Clause */
/* Where libraries are, by the rules of the dynamic linker (ld.so(8)). */
#include "process/library_search.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident/parts.h"
#include "process/elf_needs.h"
#include "route/path.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define DEPTH_MAX 32

bool
search_next_dir(const char **list, const char *origin, char dst[PATH_MAX])
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

enum found
search_list(const char *list, const char *origin, const char *name, char dir[PATH_MAX], int *ret_fd)
{
	char path[PATH_MAX];

	while (search_next_dir(&list, origin, dir)) {
		if (path_join(path, sizeof path, dir, name, strlen(name)) != 0)
			continue;
		if (!route_path_is_rump(path)) {
			if (raw_call3(SYS_faccessat, AT_FDCWD, path, R_OK) == 0)
				return ON_HOST;
			continue;
		}
		*ret_fd = hijack_openat(AT_FDCWD, path, O_RDONLY);
		if (*ret_fd >= 0 && parts_need_all(*ret_fd) == 0)
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
	snprintf(libs->dir, sizeof libs->dir, "%s" LIBRARIES_DIR "XXXXXX", base);
	if (host.mkdtemp(libs->dir) != NULL)
		return true;
	*libs->dir = '\0';
	return false;
}

bool
search_give_name(struct libraries *libs, const char *name, int fd)
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
		found = search_list(lists[i], origin, name, dir, &fd);
	if (found != IN_RUMP)
		return;
	if (search_give_name(s->libs, name, fd))
		search_needs(s, fd, dir, depth + 1);
	else
		raw_close(fd);
}

void
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
