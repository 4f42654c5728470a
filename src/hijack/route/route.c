/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which kernel has a path or a socket family.
 *
 * The current directory is one flag: the rump process keeps its own directory, the host process
 * keeps the one it had, and the flag says which of the two counts.  While the host's counts, a
 * relative path may lead into the prefix or a blanket, as it would into a file system mounted
 * there: `cd /; cat rump/file`.  It is put together with the directory's name only if it begins
 * like one that could.
 */
#include "route/route.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/own.h"
#include "base/raw.h"
#include "client/client.h"
#include "config.h"
#include "ident/ident.h"
#include "ident/lookup.h"
#include "ident/stray.h"
#include "process/process.h"
#include "route/path.h"

#define HOPS_MAX 40

PER_PROCESS static atomic_bool cwd_rump;
static _Thread_local bool name_files;

/* Two slashes at the beginning mean a handle to the kernel. */
static const char *
one_slash(const char *path)
{
	while (path[0] == '/' && path[1] == '/')
		path++;
	return path;
}

/* What is left of an absolute path behind the blanket that it is at or below, and that blanket;
 * NULL if there is none. */
static const char *
below_blanket(const char *path, const char **ret_blanket)
{
	const struct config *config = config_get();

	for (size_t i = 0; i < config->blankets; i++) {
		const char *rest = path_below(path, config->blanket[i]);

		*ret_blanket = config->blanket[i];
		if (rest != NULL)
			return rest;
	}
	return NULL;
}

/* Is it one of the files that a resolver reads, while one does so for the rump kernel? */
static bool
is_name_file(const char *path)
{
	static const char *const files[] = {
	    "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf"};

	for (size_t i = 0; name_files && i < sizeof files / sizeof files[0]; i++)
		if (strcmp(path, files[i]) == 0)
			return true;
	return false;
}

bool
route_is_below(const char *path)
{
	const char *prefix = config_get()->prefix, *blanket;

	return (prefix != NULL && path_below(path, prefix) != NULL) ||
	       below_blanket(path, &blanket) != NULL;
}

/* The rump kernel's name of an absolute path, perhaps in r->buf, or NULL if the host has it. */
static const char *
rump_name(struct route *r, const char *path)
{
	const struct config *config = config_get();
	const char *rest = config->prefix == NULL ? NULL : path_below(path, config->prefix);
	const char *blanket;
	size_t len;

	if (rest != NULL)
		return *rest == '\0' ? "/" : one_slash(rest);
	if (is_name_file(path))
		return path;
	rest = below_blanket(path, &blanket);
	if (rest == NULL)
		return NULL;
	/* As it stands, but without detours. */
	len = strlen(blanket);
	if (len + strlen(rest) >= sizeof r->buf)
		return NULL;
	memmove(r->buf + len, rest, strlen(rest) + 1);
	return memcpy(r->buf, blanket, len);
}

/* Is the name of `len` bytes a component of dir? */
static bool
has_component(const char *dir, const char *name, size_t len)
{
	const char *component;
	size_t n;

	while ((component = path_next(&dir, &n)) != NULL) {
		if (n == len && memcmp(component, name, len) == 0)
			return true;
	}
	return false;
}

/* Does a relative path begin with a component of the prefix or of a blanket?  If not, it does not
 * lead there from any place. */
static bool
may_enter(const char *path)
{
	const struct config *config = config_get();
	const char *name = path;
	size_t len = strcspn(path, "/");

	while (len <= 2 && memcmp(name, "..", len) == 0) {
		path = name + len;
		name = path_next(&path, &len);
		if (name == NULL)
			return false;
	}
	if (config->prefix != NULL && has_component(config->prefix, name, len))
		return true;
	for (size_t i = 0; i < config->blankets; i++) {
		if (has_component(config->blanket[i], name, len))
			return true;
	}
	return false;
}

/* The same of a relative path that may enter it.  Few do; the others are spared the large frame. */
__attribute__((noinline)) static const char *
rump_name_below(struct route *r, int dirfd, const char *path)
{
	char dir[PATH_MAX];

	if (route_host_dir(dirfd, dir, sizeof dir) == 0 ||
	    path_join(r->buf, sizeof r->buf, dir, path, strlen(path)) != 0)
		return NULL;
	return rump_name(r, r->buf);
}

/* Does a path that begins on the host, in dirfd, lead into the rump kernel? */
static bool
enters_rump(struct route *r, int dirfd, const char *path)
{
	const char *name = NULL;

	if (*path == '/')
		name = rump_name(r, path);
	else if (may_enter(path))
		name = rump_name_below(r, dirfd, path);
	if (name == NULL)
		return false;
	r->dir = (uint64_t)(int64_t)AT_FDCWD;
	r->path = name;
	return true;
}

static bool
find_route(struct route *r, int dirfd, const char *path, int flags)
{
	bool here = dirfd == AT_FDCWD && route_cwd_is_rump();
	size_t len;

	r->path = path;
	r->dir = (uint64_t)(int64_t)AT_FDCWD;
	/* What cannot be read either kernel says EFAULT about. */
	if (path != NULL && fault_strlen((uintptr_t)path, PATH_MAX, &len) != 0)
		path = NULL;
	if (path != NULL && *path == '/')
		return enters_rump(r, dirfd, path) || route_by_link(r, path, flags);
	if (dirfd != AT_FDCWD)
		here = ident_file(dirfd, &r->dir);
	else if (path == NULL)
		return false;
	return here || (path != NULL && enters_rump(r, dirfd, path));
}

bool
route_at(struct route *r, int dirfd, const char *path, int flags)
{
	r->hops = 0;
	if (!find_route(r, dirfd, path, flags))
		return false;
	process_start();
	return true;
}

bool
route_redirect(struct route *r, const char *target)
{
	size_t len = strlen(target);
	bool host;

	r->path = NULL;
	if (r->hops++ == HOPS_MAX || len >= sizeof r->buf)
		return false;
	memmove(r->buf, target, len + 1);
	r->path = r->buf;
	/* Two slashes: the kernel says that it is the host's, whatever the blankets say. */
	host = r->buf[1] == '/';
	if (host)
		r->path++;
	return (!host && enters_rump(r, AT_FDCWD, r->buf)) || route_by_link(r, r->path, 0);
}

bool
route_strays(struct route *r, int dirfd, const char *path, int flags)
{
	bool found;

	if (errno != ENOENT)
		return false;
	r->hops = 0;
	found = stray_find(dirfd, path, flags, r->buf) && route_redirect(r, r->buf);
	errno = ENOENT;
	return found;
}

bool
route_again(struct route *r)
{
	unsigned which;

	return route_redirect(r, client_redirect(&which));
}

bool
route_path_is_rump(const char *path)
{
	struct route r;

	return find_route(&r, AT_FDCWD, path, 0);
}

void
route_name_files(bool rump)
{
	name_files = rump;
}

size_t
route_host_dir(int dirfd, char *buf, size_t size)
{
	char link[32];
	long len;

	if (dirfd == AT_FDCWD) {
		len = raw_call2(SYS_getcwd, buf, size) - 1; /* counts the NUL */
	} else {
		snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
		len = raw_call3(SYS_readlink, link, buf, size - 1);
	}
	if (len <= 0 || buf[0] != '/')
		return 0;
	buf[len] = '\0';
	return (size_t)len;
}

bool
route_socket(int domain, int type)
{
	(void)type;
	if (domain < 0 || domain >= 64)
		return false;
	return (config_get()->families >> domain & 1) != 0;
}

bool
route_local(void)
{
	return route_socket(AF_UNIX, SOCK_STREAM);
}

bool
route_cwd_is_rump(void)
{
	return atomic_load_explicit(&OWN(cwd_rump), memory_order_relaxed);
}

void
route_set_cwd(bool rump)
{
	lookup_cwd_changed();
	atomic_store_explicit(&OWN(cwd_rump), rump, memory_order_relaxed);
}

int
route_show(const char *rump_path, char *buf, size_t size)
{
	const char *prefix = config_get()->prefix, *blanket;
	bool bare = prefix == NULL || below_blanket(rump_path, &blanket) != NULL;
	size_t prefix_len = bare ? 0 : strlen(prefix);
	size_t len = strlen(rump_path);

	if (len == 1 && prefix_len > 0)
		len = 0; /* the root is "/rump", not "/rump/" */
	if (prefix_len + len + 1 > size)
		return ERANGE;
	memmove(buf + prefix_len, rump_path, len);
	if (prefix_len > 0)
		memcpy(buf, prefix, prefix_len);
	buf[prefix_len + len] = '\0';
	return 0;
}
