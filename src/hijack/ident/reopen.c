/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening host objects of the server: see reopen.h.
 *
 * Between the server's answer and our open the number may have become another file's, and in
 * another PID namespace all of it is somebody else's.  So the inode is compared afterwards, nothing
 * is truncated before, and the first look, when it is not known whose descriptors these are, is one
 * without effects (O_PATH), at the root directory.
 */
#include "ident/reopen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "base/raw.h"
#include "client/client.h"
#include "ident/ident.h"
#include "ident/object.h"
#include "syscall/calls.h"

#define OPENS_BEFORE 2

PER_PROCESS static _Atomic(pid_t) proven; /* the server with which it worked */
PER_PROCESS static _Atomic(pid_t) denied; /* the one with which it did not */
static _Atomic(unsigned) opens;

/* Writes a number before `end`; where it begins. */
static char *
put_number(char *end, unsigned n)
{
	do
		*--end = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	return end;
}

/* "/proc/PID/fd/N" at the end of buf. */
static const char *
object_path(char buf[static 64], pid_t pid, int fd)
{
	char *p = buf + 63;

	*p = '\0';
	p = put_number(p, (unsigned)fd);
	p -= 4;
	memcpy(p, "/fd/", 4);
	p = put_number(p, (unsigned)pid);
	p -= 6;
	memcpy(p, "/proc/", 6);
	return p;
}

int
reopen_stat(int fd, uint64_t number, struct stat *st)
{
	pid_t server = client_server()->host_pid;
	char buf[64];

	if (atomic_load_explicit(&OWN(denied), memory_order_relaxed) == server ||
	    raw_call4(SYS_newfstatat, AT_FDCWD, object_path(buf, server, fd), st, 0) != 0)
		return ESTALE;
	return object_is(st, number) ? 0 : ESTALE;
}

void
reopen_forget(void)
{
	atomic_store(&OWN(proven), 0);
	atomic_store(&OWN(denied), 0);
}

/* Opens what the path leads to, if it is the object. */
static int
open_checked(const char *path, const struct deleg_object *object, int flags, int *ret_fd)
{
	struct stat st;
	long fd = raw_call4(SYS_openat, AT_FDCWD, path, flags, 0);

	if (fd == -EMFILE || fd == -ENFILE)
		return (int)-fd;
	if (fd < 0)
		return ESTALE;
	if (raw_call2(SYS_fstat, fd, &st) != 0 || !object_is(&st, object->number)) {
		raw_close((int)fd);
		return ESTALE;
	}
	*ret_fd = (int)fd;
	return 0;
}

static int
prove(const char *path, const struct deleg_object *object, pid_t server)
{
	int fd;
	int error = open_checked(path, object, O_PATH | O_CLOEXEC, &fd);

	if (error == 0)
		raw_close(fd);
	if (error == 0)
		atomic_store(&OWN(proven), server);
	else if (error == ESTALE)
		atomic_store(&OWN(denied), server);
	return error;
}

/* Tries it with the root directory, which is always there. */
static bool
prove_by_root(pid_t server)
{
	struct deleg_object root;
	char buf[64];

	return call_deleg_find(
		   (uint64_t)(int64_t)AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0, &root) == 0 &&
	       root.fd >= 0 && prove(object_path(buf, server, root.fd), &root, server) == 0;
}

bool
reopen_is_usable(void)
{
	pid_t server = client_server()->host_pid;

	if (server == 0 || atomic_load_explicit(&OWN(denied), memory_order_relaxed) == server)
		return false;
	if (atomic_load_explicit(&OWN(proven), memory_order_relaxed) == server)
		return true;
	return atomic_fetch_add(&opens, 1) >= OPENS_BEFORE && prove_by_root(server);
}

int
reopen(const struct deleg_object *object, int flags, int *ret_fd)
{
	pid_t server = client_server()->host_pid;
	int host_flags = (object->flags & ~(O_TRUNC | O_DIRECTORY)) | (flags & O_CLOEXEC);
	bool blocks = (host_flags & (O_NONBLOCK | O_PATH)) == 0;
	char buf[64];
	const char *path = object_path(buf, server, object->fd);
	int error, fd;

	if ((object->flags & O_TRUNC) != 0 && (object->flags & O_ACCMODE) != O_WRONLY &&
	    (object->flags & O_ACCMODE) != O_RDWR)
		return ESTALE; /* the descriptor could not do it */
	/* What is there by now may be a FIFO that waits for its other end, or a terminal. */
	error = open_checked(path, object, host_flags | (blocks ? O_NONBLOCK | O_NOCTTY : 0), &fd);
	if (error != 0)
		return error;
	if (blocks)
		raw_call3(SYS_fcntl, fd, F_SETFL, host_flags);
	if ((object->flags & O_TRUNC) != 0)
		raw_call2(SYS_ftruncate, fd, 0);
	ident_known(object->number, (object->flags & O_DIRECTORY) != 0);
	*ret_fd = fd;
	return 0;
}
