/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The current directory.  One of the two kernels' counts (route.h).  The host's stays what it was
 * while the rump kernel's counts; the rump kernel's is its root while the host's counts.  Programs
 * see the rump kernel's directories below the prefix.
 */
#include "file/call_cwd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "client/client.h"
#include "hijack.h"
#include "ident/ident.h"
#include "process/process.h"
#include "route/route.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* The host's directory counts from now on.  The rump kernel's is let go, so that it can be removed
 * or unmounted. */
static void
enter_host(void)
{
	bool left = route_cwd_is_rump();

	route_set_cwd(false);
	if (left)
		call_chdir("/");
}

static int
host_chdir(const char *path)
{
	int rc = host.chdir(path);

	if (rc == 0)
		enter_host();
	return rc;
}

int
hijack_chdir(const char *path)
{
	struct route r;
	int error;

	if (!route_at(&r, AT_FDCWD, path, 0)) {
		int rc = host_chdir(path);

		if (rc == 0 || !route_strays(&r, AT_FDCWD, path, 0))
			return rc;
	}
	do
		error = call_chdir(r.path);
	while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT)
		return r.path == NULL ? hijack_fail(ELOOP) : host_chdir(r.path);
	if (error == 0)
		route_set_cwd(true);
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(chdir)

int
hijack_fchdir(int fd)
{
	uint64_t word;
	int error, rc;

	if (!ident_file(fd, &word)) {
		rc = host.fchdir(fd);
		if (rc == 0)
			enter_host();
		return rc;
	}
	error = call_fchdir(word);
	if (error == 0)
		route_set_cwd(true);
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(fchdir)

int
cwd_rump(char *buf, size_t size)
{
	int64_t len;
	int error;

	process_start();
	error = call_getcwd(buf, size, &len);
	return error == 0 && (len < 1 || buf[len - 1] != '\0') ? EPROTO : error;
}

int
cwd_shown(char *buf, size_t size)
{
	char path[PATH_MAX];
	int error = cwd_rump(path, sizeof path);

	return error != 0 ? error : route_show(path, buf, size);
}

char *
hijack_getcwd(char *buf, size_t size)
{
	char path[PATH_MAX];
	size_t len;
	int error;

	if (!route_cwd_is_rump())
		return host.getcwd(buf, size);
	if (size == 0 && buf != NULL) {
		errno = EINVAL;
		return NULL;
	}
	error = cwd_shown(path, sizeof path);
	len = error == 0 ? strlen(path) + 1 : 0;
	if (error == 0 && size != 0 && len > size)
		error = ERANGE;
	if (error == 0 && buf == NULL) {
		buf = malloc(size != 0 ? size : len);
		error = buf == NULL ? ENOMEM : 0;
	}
	if (error == 0)
		error = fault_write((uintptr_t)buf, path, len);
	if (error == 0)
		return buf;
	errno = error;
	return NULL;
}
HIJACK_EXPORTS(getcwd)

char *
hijack___getcwd_chk(char *buf, size_t size, size_t room)
{
	if (size > room)
		return host.__getcwd_chk(buf, size, room);
	return hijack_getcwd(buf, size);
}
HIJACK_EXPORTS(__getcwd_chk)

char *
hijack_get_current_dir_name(void)
{
	return route_cwd_is_rump() ? hijack_getcwd(NULL, 0) : host.get_current_dir_name();
}
HIJACK_EXPORTS(get_current_dir_name)

char *
hijack___getwd_chk(char *buf, size_t room)
{
	return buf != NULL && route_cwd_is_rump() ? hijack___getcwd_chk(buf, PATH_MAX, room)
						  : host.__getwd_chk(buf, room);
}
HIJACK_EXPORTS(__getwd_chk)

char *
hijack_getwd(char *buf)
{
	if (buf == NULL) {
		errno = EINVAL;
		return NULL;
	}
	return hijack_getcwd(buf, PATH_MAX);
}
HIJACK_EXPORTS(getwd)
