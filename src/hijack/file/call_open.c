/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open: the rump kernel finds the file, and either its answer carries the open file itself, or says
 * which object of the server we open (reopen.h).  The host picks the number, so it is the lowest
 * free one.
 */
#include "file/call_open.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "config.h"
#include "hijack.h"
#include "ident/ident.h"
#include "ident/lookup.h"
#include "ident/reopen.h"
#include "route/mounts.h"
#include "sock/call_tun.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
open_raised(int *fd)
{
	int fdoff = config_get()->fdoff;
	long flags, moved;

	if (*fd >= fdoff)
		return 0;
	flags = raw_call3(SYS_fcntl, *fd, F_GETFD, 0);
	moved = raw_call3(SYS_fcntl, *fd, flags & FD_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, fdoff);
	raw_close(*fd);
	*fd = (int)moved;
	return moved < 0 ? (int)-moved : 0;
}

int
open_settle(int fd, int flags, int *ret_fd)
{
	int error = open_raised(&fd);

	if (error != 0)
		return error;
	if ((flags & O_CLOEXEC) == 0)
		raw_call3(SYS_fcntl, fd, F_SETFD, 0);
	if (S_ISSOCK(ident_opened(fd, flags)))
		tun_opened(fd);
	*ret_fd = fd;
	return 0;
}

/* Opens the object ourselves; LOOKUP_ASK: it must be passed; ESTALE: the same, but it may have been
 * made. */
static int
open_object(const struct route *r, int flags, mode_t mode, int *ret_fd)
{
	struct deleg_object object;
	int error = call_deleg_find(r->dir, r->path, flags, mode, &object);

	if (error != 0)
		return error;
	return object.fd < 0 ? LOOKUP_ASK : reopen(&object, flags, ret_fd);
}

/* Has it passed.  Of a large file that is only read, what is read is asked for then (parts.h). */
static int
open_passed(const struct route *r, int flags, mode_t mode, int *ret_fd)
{
	const int others = O_ACCMODE | O_PATH | O_CREAT | O_TRUNC | O_DIRECTORY;
	int fd, error;

	if ((flags & others) == O_RDONLY)
		error = call_deleg_open_parts(r->dir, r->path, flags, &fd);
	else
		error = call_deleg_open(r->dir, r->path, flags, mode, &fd);
	return error != 0 ? error : open_settle(fd, flags, ret_fd);
}

#define KNOWN_FLAGS                                                                                \
	(O_ACCMODE | O_APPEND | O_NONBLOCK | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC | O_LARGEFILE |  \
	    O_NOCTTY)

/* May a file with these facts be opened so?  As the kernel would say; LOOKUP_ASK. */
static int
may_open(const struct dcache_facts *f, int flags)
{
	static const int accmode[] = {[O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK};
	bool is_dir = S_ISDIR(f->st.st_mode);

	if ((flags & O_DIRECTORY) != 0 && !is_dir)
		return ENOTDIR;
	if (S_ISLNK(f->st.st_mode))
		return ELOOP;
	if (is_dir && (flags & O_ACCMODE) != O_RDONLY)
		return EISDIR;
	if (!is_dir && !S_ISREG(f->st.st_mode))
		return LOOKUP_ASK;
	return lookup_access(f, accmode[flags & O_ACCMODE]);
}

/* Opens what is in the shared table. */
static int
open_known(const struct route *r, int flags, int *ret_fd)
{
	struct dcache_facts f;
	struct deleg_object object;
	int error;

	if ((flags & ~KNOWN_FLAGS) != 0 || (flags & O_ACCMODE) == O_ACCMODE)
		return LOOKUP_ASK;
	error = lookup(r->dir, r->path, (flags & O_NOFOLLOW) == 0, &f);
	if (error == 0)
		error = may_open(&f, flags);
	if (error != 0)
		return error;
	if (f.object_fd < 0 || (f.flags & DCACHE_WATCHED) != 0)
		return LOOKUP_ASK;
	object = (struct deleg_object){.fd = f.object_fd,
	    .flags = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK),
	    .number = f.object_number};
	if (S_ISDIR(f.st.st_mode))
		object.flags |= O_DIRECTORY;
	error = reopen(&object, flags, ret_fd);
	if (error != 0)
		return error == ESTALE ? LOOKUP_ASK : error;
	if (lookup_still_holds(&f))
		return 0;
	raw_close(*ret_fd);
	return LOOKUP_ASK;
}

static int
open_once(const struct route *r, int flags, mode_t mode, int *ret_fd)
{
	int error;

	if (!reopen_is_usable())
		return open_passed(r, flags, mode, ret_fd);
	error = open_known(r, flags, ret_fd);
	if (error == LOOKUP_ASK)
		error = open_object(r, flags, mode, ret_fd);
	if (error == 0)
		return open_raised(ret_fd);
	if (error == LOOKUP_ASK)
		return open_passed(r, flags, mode, ret_fd);
	if (error != ESTALE)
		return error;
	error = open_passed(r, flags, mode, ret_fd);
	if (error == EEXIST && (flags & O_EXCL) != 0) /* as we have made it */
		error = open_passed(r, flags & ~O_EXCL, mode, ret_fd);
	return error;
}

int
open_rump(struct route *r, int flags, mode_t mode, int *ret_fd)
{
	int error;

	do
		error = open_once(r, flags, mode, ret_fd);
	while (error == EREDIRECT && route_again(r));
	return error == EREDIRECT && r->path == NULL ? ELOOP : error;
}

int
open_placed(int fd)
{
	int fdoff = config_get()->fdoff;

	if (fdoff == 0 || fd < fdoff)
		return fd;
	raw_close(fd);
	return hijack_fail(ENFILE);
}

int
open_route_flags(int flags)
{
	bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);

	return exclusive || (flags & O_NOFOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0;
}

static int
open_on_host(int dirfd, const char *path, int flags, mode_t mode)
{
	int fd = host.openat(dirfd, path, flags, mode);

	if (fd >= 0 && mounts_is_table(path))
		mounts_complete(fd, path, flags);
	return fd;
}

int
hijack_openat(int dirfd, const char *path, int flags, ...)
{
	struct route r;
	mode_t mode = 0;
	int error, fd = -1;

	if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
		va_list ap;

		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (!route_at(&r, dirfd, path, open_route_flags(flags))) {
		fd = open_on_host(dirfd, path, flags, mode);
		if (fd >= 0 || !route_strays(&r, dirfd, path, open_route_flags(flags)))
			return open_placed(fd);
	}
	pthread_testcancel(); /* not every open asks the server */
	error = open_rump(&r, flags, mode, &fd);
	if (error == EREDIRECT)
		return open_placed(host.openat(AT_FDCWD, r.path, flags, mode));
	return (int)hijack_ret(error, fd);
}
HIJACK_EXPORTS(openat)
