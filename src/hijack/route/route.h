/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy: which kernel has a path or a socket family.  Decides only; how a call was caught is not
 * its business.
 *
 * A path goes to the rump kernel if it is absolute and at or below the prefix (path=/rump) or a
 * blanket, or relative to a rump directory descriptor, or relative while the current directory is
 * in the rump kernel, or relative to a host directory above the prefix and leading into it
 * (`rump/x` in `/`), or if it leads through a routed descriptor (`/dev/fd/3`).  The pattern,
 * generated for routes `at` and `path`:
 *
 *	struct route r;
 *	if (!route_at(&r, dirfd, path, flags)) {
 *		result = host.f(dirfd, path, ...);
 *		if (result != -1 || !route_strays(&r, dirfd, path, flags))
 *			return result;
 *	}
 *	do
 *		error = call_f(r.dir, r.path, ..., &retval);
 *	while (error == EREDIRECT && route_again(&r));   an absolute symbolic link: follow it
 *	if (error == EREDIRECT && r.path == NULL)         too many of them
 *		return hijack_fail(ELOOP);
 *	if (error == EREDIRECT)                           it leads to the host
 *		return host.f(AT_FDCWD, r.path, ...);
 *	return hijack_ret(error, retval);
 */
#ifndef HIJACK_ROUTE_H
#define HIJACK_ROUTE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct route {
	uint64_t dir;       /* directory word for the call */
	const char *path;   /* as the rump kernel (or, after a redirect to it, the host) names it */
	unsigned hops;      /* redirects so far; ELOOP at 40 */
	char buf[PATH_MAX]; /* holds path after a redirect */
};

/* Is the path the rump kernel's?  flags: AT_SYMLINK_NOFOLLOW counts.  path may be NULL. */
bool route_at(struct route *r, int dirfd, const char *path, int flags);
/* After EREDIRECT: true: r names the next rump path to try.  False: r->path is the host's, or
 * r->path is NULL: too many (ELOOP). */
bool route_again(struct route *r);

/* Two paths: at2 calls.  world 0: both host, 1: both rump, -1: one each. */
int route_at2(struct route *a, int afd, const char *apath, struct route *b, int bfd,
    const char *bpath, int flags);
/* After EREDIRECT of a call with two paths: as route_again, for the one that client_redirect names;
 * true: try again; false: *ret_error is what to fail with. */
bool route_again2(struct route *a, struct route *b, int *ret_error);

/* r goes on at an absolute path of the program's: true: r names the rump path.  False: as
 * route_again. */
bool route_redirect(struct route *r, const char *target);

/*
 * After the host failed (errno): ENOENT may be the end of a symbolic link of the host that leads
 * into the rump kernel.  True: it is, and r names the path there.  errno stays.
 */
bool route_strays(struct route *r, int dirfd, const char *path, int flags);
/* The same for two paths, as route_at2. */
int route_strays2(struct route *a, int afd, const char *apath, struct route *b, int bfd,
    const char *bpath, int flags);

/* The path of a directory of the host: its length, or 0. */
size_t route_host_dir(int dirfd, char *buf, size_t size);

/* Does an absolute path of the host lead there through one of the links in /proc? */
bool route_by_link(struct route *r, const char *path, int flags);

/* Is an absolute path at or below the prefix or a blanket? */
bool route_is_below(const char *path);

/* Is this path, given with the current directory, the rump kernel's? */
bool route_path_is_rump(const char *path);

/* For the calling thread: the files in which names are looked up (/etc/hosts, ...) are the rump
 * kernel's until it is turned off again. */
void route_name_files(bool rump);

/* Is a socket of this family and type the rump kernel's? */
bool route_socket(int domain, int type);
/* AF_UNIX: are abstract names and unnamed sockets the rump kernel's (socket= includes local)? */
bool route_local(void);

/* The current directory: in the rump kernel or on the host.  Kept over fork and exec. */
bool route_cwd_is_rump(void);
/* To be told after each successful change of directory. */
void route_set_cwd(bool rump);
/* The path as the program names it ("/rump" + path), for getcwd and friends; ERANGE. */
int route_show(const char *rump_path, char *buf, size_t size);

#endif
