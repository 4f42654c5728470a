/* SPDX-License-Identifier: BSD-2-Clause */
/* The many spellings of utimensat. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include "hijack.h"
#include "syscall/hijack_exports.h"

/* ts = tv; false: a microsecond is none. */
static bool
timespecs(struct timespec ts[2], const struct timeval tv[2])
{
	for (int i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return false;
		ts[i] = (struct timespec){tv[i].tv_sec, tv[i].tv_usec * 1000};
	}
	return true;
}

/* No times: now. */
static int
set_times(int dirfd, const char *path, const struct timeval *tv, int flags)
{
	struct timespec ts[2];

	if (path == NULL)
		return hijack_fail(EFAULT);
	if (tv != NULL && !timespecs(ts, tv))
		return hijack_fail(EINVAL);
	return hijack_utimensat(dirfd, path, tv == NULL ? NULL : ts, flags);
}

int
hijack_utimes(const char *path, const struct timeval *times)
{
	return set_times(AT_FDCWD, path, times, 0);
}
HIJACK_EXPORTS(utimes)

int
hijack_lutimes(const char *path, const struct timeval *times)
{
	return set_times(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}
HIJACK_EXPORTS(lutimes)

int
hijack_utime(const char *path, const struct utimbuf *times)
{
	struct timeval tv[2];

	if (times == NULL)
		return set_times(AT_FDCWD, path, NULL, 0);
	tv[0] = (struct timeval){times->actime, 0};
	tv[1] = (struct timeval){times->modtime, 0};
	return set_times(AT_FDCWD, path, tv, 0);
}
HIJACK_EXPORTS(utime)

int
hijack_futimes(int fd, const struct timeval *times)
{
	struct timespec ts[2];

	if (times != NULL && !timespecs(ts, times))
		return hijack_fail(EINVAL);
	return hijack_futimens(fd, times == NULL ? NULL : ts);
}
HIJACK_EXPORTS(futimes)

int
hijack_futimesat(int dirfd, const char *path, const struct timeval *times)
{
	return path == NULL ? hijack_futimes(dirfd, times) : set_times(dirfd, path, times, 0);
}
HIJACK_EXPORTS(futimesat)
