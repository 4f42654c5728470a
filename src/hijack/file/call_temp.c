/* SPDX-License-Identifier: BSD-2-Clause */
/* mkstemp and its family: names of the rump kernel's are made up here, the host's by libc. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/raw.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define TRIES 10000

/* Tries a name: 0 or more if it will do, -1 and EEXIST to go on. */
typedef int try_fn(const char *name, int flags);

static int
try_file(const char *name, int flags)
{
	return hijack_openat(
	    AT_FDCWD, name, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
}

static int
try_directory(const char *name, int flags)
{
	(void)flags;
	return hijack_mkdirat(AT_FDCWD, name, 0700);
}

static int
try_unused(const char *name, int flags)
{
	struct stat st;

	(void)flags;
	if (hijack_newfstatat(AT_FDCWD, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return hijack_fail(EEXIST);
	return errno == ENOENT ? 0 : -1;
}

static void
make_up(char *x)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint64_t bits = 0;

	raw_call3(SYS_getrandom, &bits, sizeof bits, 0);
	for (int i = 0; i < 6; i++) {
		x[i] = letters[bits % (sizeof letters - 1)];
		bits /= sizeof letters - 1;
	}
}

/* Fills in the XXXXXX before the suffix until `attempt` is content. */
static int
temporary(char *name, int suffix, int flags, try_fn *attempt)
{
	size_t len = strlen(name);
	int saved = errno;
	char *x;

	if (suffix < 0 || len < 6 + (size_t)suffix)
		return hijack_fail(EINVAL);
	x = name + len - 6 - (size_t)suffix;
	if (memcmp(x, "XXXXXX", 6) != 0)
		return hijack_fail(EINVAL);
	for (int i = 0; i < TRIES; i++) {
		int rc;

		make_up(x);
		rc = attempt(name, flags);
		if (rc >= 0 || errno != EEXIST) {
			errno = rc >= 0 ? saved : errno;
			return rc;
		}
	}
	return hijack_fail(EEXIST);
}

int
hijack_mkostemps(char *name, int suffix, int flags)
{
	if (!route_path_is_rump(name))
		return host.mkostemps(name, suffix, flags);
	return temporary(name, suffix, flags, try_file);
}
HIJACK_EXPORTS(mkostemps)

int
hijack_mkostemp(char *name, int flags)
{
	return hijack_mkostemps(name, 0, flags);
}
HIJACK_EXPORTS(mkostemp)

int
hijack_mkstemps(char *name, int suffix)
{
	return hijack_mkostemps(name, suffix, 0);
}
HIJACK_EXPORTS(mkstemps)

int
hijack_mkstemp(char *name)
{
	return hijack_mkostemps(name, 0, 0);
}
HIJACK_EXPORTS(mkstemp)

char *
hijack_mkdtemp(char *name)
{
	if (!route_path_is_rump(name))
		return host.mkdtemp(name);
	return temporary(name, 0, 0, try_directory) < 0 ? NULL : name;
}
HIJACK_EXPORTS(mkdtemp)

char *
hijack_mktemp(char *name)
{
	if (!route_path_is_rump(name))
		return host.mktemp(name);
	if (temporary(name, 0, 0, try_unused) < 0)
		*name = '\0';
	return name;
}
HIJACK_EXPORTS(mktemp)

FILE *
hijack_tmpfile(void)
{
	FILE *stream;
	int fd;

	if (!route_path_is_rump(P_tmpdir))
		return host.tmpfile();
	fd = hijack_openat(AT_FDCWD, P_tmpdir, O_RDWR | O_EXCL | O_TMPFILE, 0600);
	stream = fd < 0 ? NULL : host.fdopen(fd, "w+");
	if (fd >= 0 && stream == NULL)
		raw_close(fd);
	return stream;
}
HIJACK_EXPORTS(tmpfile)

static bool
is_directory(const char *path)
{
	struct stat st;

	return path != NULL && hijack_newfstatat(AT_FDCWD, path, &st, 0) == 0 &&
	       S_ISDIR(st.st_mode);
}

char *
hijack_tempnam(const char *dir, const char *prefix)
{
	const char *wanted = secure_getenv("TMPDIR");
	char *name;

	if (!is_directory(wanted))
		wanted = is_directory(dir) ? dir : P_tmpdir;
	if (!route_path_is_rump(wanted))
		return host.tempnam(dir, prefix);
	if (asprintf(&name, "%s/%.5sXXXXXX", wanted, prefix == NULL ? "file" : prefix) < 0)
		return NULL;
	if (temporary(name, 0, 0, try_unused) >= 0)
		return name;
	free(name);
	return NULL;
}
HIJACK_EXPORTS(tempnam)

char *
hijack_tmpnam_r(char *name)
{
	if (name == NULL || !route_path_is_rump(P_tmpdir))
		return host.tmpnam_r(name);
	strcpy(name, P_tmpdir "/fileXXXXXX");
	return temporary(name, 0, 0, try_unused) < 0 ? NULL : name;
}
HIJACK_EXPORTS(tmpnam_r)

char *
hijack_tmpnam(char *name)
{
	static char own[L_tmpnam];

	if (!route_path_is_rump(P_tmpdir))
		return host.tmpnam(name);
	return hijack_tmpnam_r(name == NULL ? own : name);
}
HIJACK_EXPORTS(tmpnam)
