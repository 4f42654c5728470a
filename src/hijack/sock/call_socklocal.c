/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX sockets with names in the rump kernel: paths at or below the prefix, and, with
 * socket=local, abstract names and names chosen by the kernel.  The socket itself is an ordinary
 * host socket; bind gives it a host name of the server's, which stands for the name in the rump
 * kernel wherever the host asks for one or shows one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "process/process.h"
#include "route/route.h"
#include "sock/call_socket.h"
#include "socket/deleg.h"
#include "socket/sockname.h"
#include "syscall/calls.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* The path of an address, with its NUL; "" for a name that is no path. */
static void
path_of(const void *sa, socklen_t len, char path[sizeof(struct sockaddr_un)])
{
	size_t n = len > PATH_OFFSET ? len - PATH_OFFSET : 0;

	memcpy(path, (const char *)sa + PATH_OFFSET, n);
	path[n] = '\0';
}

bool
socket_local_routed(const void *sa, socklen_t len)
{
	char path[sizeof(struct sockaddr_un)];
	struct route r;
	sa_family_t family;

	if (sa == NULL || len < PATH_OFFSET || len > sizeof(struct sockaddr_un))
		return false;
	memcpy(&family, sa, sizeof family);
	if (family != AF_UNIX)
		return false;
	path_of(sa, len, path);
	return *path == '\0' ? route_local() : route_at(&r, AT_FDCWD, path, 0);
}

/* The address as the rump kernel names it: the path along the route, or an abstract name as is. */
static socklen_t
rump_address(const struct route *r, const void *sa, socklen_t len, struct sockaddr_un *un)
{
	size_t n;

	*un = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (r->path == NULL) {
		memcpy(un, sa, len);
		return len;
	}
	n = strnlen(r->path, sizeof un->sun_path);
	memcpy(un->sun_path, r->path, n);
	return (socklen_t)(PATH_OFFSET + n + (n < sizeof un->sun_path));
}

typedef int named_fn(int fd, const struct sockaddr_un *un, socklen_t len, struct sockaddr_un *host);

/* Follows the address through absolute symbolic links.  EREDIRECT: *host has the host's path. */
static int
with_route(named_fn *fn, int fd, const void *sa, socklen_t len, struct sockaddr_un *host)
{
	char path[sizeof(struct sockaddr_un)];
	struct sockaddr_un un;
	struct route r = {.path = NULL};
	int error;

	path_of(sa, len, path);
	if (*path != '\0' && !route_at(&r, AT_FDCWD, path, 0))
		return ENOENT;
	process_start();
	do {
		socklen_t n = rump_address(&r, sa, len, &un);

		error = fn(fd, &un, n, host);
	} while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT) {
		if (r.path == NULL)
			return ELOOP;
		if (strlen(r.path) >= sizeof host->sun_path)
			return ENAMETOOLONG;
		*host = (struct sockaddr_un){.sun_family = AF_UNIX};
		strcpy(host->sun_path, r.path);
	}
	return error;
}

static int
bind_named(int fd, const struct sockaddr_un *un, socklen_t len, struct sockaddr_un *host)
{
	(void)host;
	return call_deleg_bind((const struct sockaddr *)un, len, DELEG_LOCAL, fd);
}

/* Which socket has an abstract name depends on the type of who looks for it. */
static unsigned
local_flags(int fd)
{
	return DELEG_LOCAL | DELEG_NUMBER(sockhost_int(fd, SO_TYPE));
}

static void
host_path(struct sockaddr_un *host, const struct deleg_reply *reply)
{
	struct sockhost name;

	sockhost_from(&name, reply->connect, reply->connect_len);
	*host = name.un;
}

static int
find_named(int fd, const struct sockaddr_un *un, socklen_t len, struct sockaddr_un *host)
{
	struct deleg_reply reply;
	int64_t n;
	int error = call_deleg_connect(
	    (const struct sockaddr *)un, len, NULL, 0, local_flags(fd), &reply, &n);

	if (error == 0)
		host_path(host, &reply);
	return error;
}

/* The same for who may not look into the server's directory (socket/sockway.c). */
static int
open_named(int fd, const struct sockaddr_un *un, socklen_t len, struct sockaddr_un *host)
{
	struct deleg_reply reply;
	int way, error;

	error = call_deleg_reach(
	    (const struct sockaddr *)un, len, NULL, 0, local_flags(fd), &reply, &way);
	if (error == 0) {
		*host = (struct sockaddr_un){.sun_family = AF_UNIX};
		snprintf(host->sun_path, sizeof host->sun_path, "/proc/self/fd/%d", way);
	}
	return error == 0 ? way : -error;
}

int
socket_local_bind(int fd, const void *sa, socklen_t len, struct sockaddr_un *host)
{
	return with_route(bind_named, fd, sa, len, host);
}

/* Who wants credentials gets a name by connecting or sending; it is to be one that the rump kernel
 * knows, for the answer. */
static void
autobind(int fd)
{
	const struct sockaddr any = {.sa_family = AF_UNIX};
	struct sockhost own;

	if (!sockhost_int(fd, SO_PASSCRED) || sockhost_name(fd, false, &own) != 0 ||
	    sockhost_path_len(&own) != 0)
		return;
	if (route_local())
		(void)call_deleg_bind(&any, sizeof any.sa_family, DELEG_LOCAL, fd);
	else
		(void)sockhost_bind(
		    fd, &(struct sockhost){.un.sun_family = AF_UNIX, .len = sizeof any.sa_family});
}

/* Uses the name by a descriptor that the server opened. */
static long
use_opened(int fd, const void *sa, socklen_t len, socket_use *use, void *arg)
{
	struct sockaddr_un host;
	int way = with_route(open_named, fd, sa, len, &host), error;
	long result;

	if (way < 0)
		return hijack_fail(-way);
	result = use(arg, &host);
	error = errno;
	raw_close(way);
	errno = error;
	return result;
}

long
socket_local_reach(int fd, const void *sa, socklen_t len, socket_use *use, void *arg)
{
	struct sockaddr_un host;
	long result;
	int error;

	autobind(fd); /* before anything is looked for, as Linux does */
	error = with_route(find_named, fd, sa, len, &host);
	if (error == EREDIRECT)
		return use(arg, &host); /* the host's own */
	if (error != 0)
		return hijack_fail(error);
	result = use(arg, &host);
	if (result >= 0)
		return result;
	if (errno == EACCES)
		return use_opened(fd, sa, len, use, arg);
	/* The name is there, its socket is not. */
	return errno == ENOENT ? hijack_fail(ECONNREFUSED) : result;
}

void
socket_local_show(struct sockaddr_storage *ss, socklen_t *len)
{
	struct sockhost h;
	char shown[PATH_MAX], *path;
	size_t size;
	int64_t n;

	if (*len <= PATH_OFFSET || ss->ss_family != AF_UNIX)
		return;
	sockhost_take(&h, ss, *len);
	if (sockname_parse(&h).kind != SOCKNAME_LOCAL)
		return;
	process_start();
	if (call_deleg_name(h.un.sun_path, (unsigned)sockhost_path_len(&h), DELEG_OWN, ss, &n) != 0)
		return;
	*len = (socklen_t)n;
	path = (char *)ss + PATH_OFFSET;
	if (path[0] != '/' || *len <= PATH_OFFSET + 1)
		return; /* abstract, or given relative to a directory */
	if (route_show(path, shown, sizeof shown) != 0)
		return;
	size = strnlen(shown, sizeof h.un.sun_path);
	memcpy(path, shown, size); /* its NUL may be behind sun_path: Linux does so, too */
	path[size] = '\0';
	*len = (socklen_t)(PATH_OFFSET + size + 1);
}
