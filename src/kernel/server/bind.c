/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening sockets from URLs.
 *
 * A unix socket outlives its server as a name in the file system, which then refuses connections:
 * such a name is replaced, everything else is left alone.  Looking and replacing happens under an
 * flock(2) of the directory, so two servers that start at once cannot both win.
 */
#include "bind.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/url.h"
#include "server.h"

#define BACKLOG       1024
#define LOCK_TRIES    200 /* 2 s */
#define LOCK_PAUSE_NS 10000000L

/* --- unix --- */

/* Does the socket with that name have a server?  0: no; EADDRINUSE: yes, or nobody can tell. */
static int
check_dead(const struct sockaddr_un *sun)
{
	CLEANUP_FD int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (s < 0)
		return server_fail(errno, "socket: %m");
	if (connect(s, (const struct sockaddr *)sun, sizeof *sun) == 0 || errno == EAGAIN)
		return server_fail(EADDRINUSE, "%s: a server is running there", sun->sun_path);
	if (errno != ECONNREFUSED && errno != ENOENT)
		return server_fail(
		    EADDRINUSE, "%s: cannot tell if a server is running there: %m", sun->sun_path);
	return 0;
}

/* Makes way for our socket, if what is there is the socket of a dead server. */
static int
replace_stale(const struct bound *b, const struct sockaddr_un *sun)
{
	struct stat st;
	int error;

	if (fstatat(b->dirfd, b->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return server_fail(EADDRINUSE, "%s: exists and is not a socket", sun->sun_path);
	error = check_dead(sun);
	if (error != 0)
		return error;
	if (unlinkat(b->dirfd, b->name, 0) != 0 && errno != ENOENT)
		return server_fail(errno, "%s: cannot remove: %m", sun->sun_path);
	return 0;
}

/* Others hold such a lock for moments only; if one does not let go we go on without. */
static void
lock_dir(int fd)
{
	struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0; i++)
		nanosleep(&pause, NULL);
}

static int
bind_at(struct bound *b, const struct sockaddr_un *sun)
{
	struct stat st;
	int error = replace_stale(b, sun);

	if (error != 0)
		return error;
	/* The mode of the name, free of the umask, from the moment it exists. */
	if (fchmod(b->fd, 0600) != 0 ||
	    bind(b->fd, (const struct sockaddr *)sun, sizeof *sun) != 0 ||
	    fstatat(b->dirfd, b->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return server_fail(errno, "%s: %m", sun->sun_path);
	b->dev = st.st_dev;
	b->ino = st.st_ino;
	if (listen(b->fd, BACKLOG) != 0) {
		error = server_fail(errno, "%s: %m", sun->sun_path);
		bind_unlink(b);
	}
	return error;
}

static int
bind_unix(const struct sockaddr_un *sun, struct bound *b)
{
	char dir[sizeof sun->sun_path], name[sizeof sun->sun_path];
	int error;

	strcpy(dir, sun->sun_path);
	strcpy(name, sun->sun_path);
	strcpy(b->name, basename(name));
	b->local = true;
	b->dirfd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dirfd < 0)
		return server_fail(errno, "%s: %m", sun->sun_path);
	b->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (b->fd < 0)
		return server_fail(errno, "socket: %m");
	lock_dir(b->dirfd);
	error = bind_at(b, sun);
	flock(b->dirfd, LOCK_UN);
	return error;
}

/* --- tcp --- */

static bool
is_loopback(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)ss;

	if (ss->ss_family == AF_INET)
		return ntohl(sin->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr);
}

static int
bind_tcp(const char *text, const struct url *url, bool any_address, struct bound *b)
{
	int one = 1;

	if (!any_address && !is_loopback(&url->addr))
		return server_fail(EACCES,
		    "%s: not a loopback address; -a lets everybody who reaches it use the kernel",
		    text);
	b->fd = socket(url->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (b->fd < 0 || setsockopt(b->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(b->fd, (const struct sockaddr *)&url->addr, url->len) != 0 ||
	    listen(b->fd, BACKLOG) != 0)
		return server_fail(errno, "%s: %m", text);
	return 0;
}

int
bind_url(const char *text, bool any_address, struct bound *b)
{
	const char *why;
	struct url url;
	int error = url_parse(text, &url, &why);

	*b = (struct bound){.fd = -1, .dirfd = -1};
	if (error != 0)
		return server_fail(error, "%s: %s", text, why);
	if (url.kind == URL_UNIX)
		error = bind_unix((const struct sockaddr_un *)&url.addr, b);
	else
		error = bind_tcp(text, &url, any_address, b);
	if (error != 0)
		bind_close(b);
	return error;
}

void
bind_unlink(struct bound *b)
{
	struct stat st;

	if (b->dirfd >= 0 && fstatat(b->dirfd, b->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == b->dev && st.st_ino == b->ino)
		unlinkat(b->dirfd, b->name, 0);
}

void
bind_close(struct bound *b)
{
	if (b->fd >= 0)
		close(take_fd(&b->fd));
	if (b->dirfd >= 0)
		close(take_fd(&b->dirfd));
}
