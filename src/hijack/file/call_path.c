/* SPDX-License-Identifier: BSD-2-Clause */
/* libc functions that are one call about a path, with the result in another shape. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
hijack_remove(const char *path)
{
	int saved = errno;

	if (hijack_unlinkat(AT_FDCWD, path, 0) == 0)
		return 0;
	if (errno != EISDIR)
		return -1;
	errno = saved;
	return hijack_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}
HIJACK_EXPORTS(remove)

/* Would the file grow beyond RLIMIT_FSIZE, which only this process knows? */
static bool
is_too_long(const char *path, off_t length)
{
	struct rlimit limit;
	struct stat st;

	return raw_call4(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) == 0 && length > 0 &&
	       (rlim_t)length > limit.rlim_cur && hijack_stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode) && length > st.st_size &&
	       hijack_faccessat2(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

int
hijack_truncate(const char *path, off_t length)
{
	int saved = errno, error;
	struct route r;

	if (!route_at(&r, AT_FDCWD, path, 0))
		return host.truncate(path, length);
	if (is_too_long(path, length)) {
		raise(SIGXFSZ);
		return hijack_fail(EFBIG);
	}
	errno = saved;
	do
		error = call_truncate(r.path, length);
	while (error == EREDIRECT && route_again(&r));
	if (error == EREDIRECT && r.path == NULL)
		return hijack_fail(ELOOP);
	if (error == EREDIRECT)
		return host.truncate(r.path, length);
	return (int)hijack_ret(error, 0);
}
HIJACK_EXPORTS(truncate)

static int
statvfs_from(struct statvfs *buf, const struct statfs *fs, int rc)
{
	unsigned fsid[2];

	if (rc != 0)
		return rc;
	memcpy(fsid, &fs->f_fsid, sizeof fsid);
	*buf = (struct statvfs){
	    .f_bsize = (unsigned long)fs->f_bsize,
	    .f_frsize = (unsigned long)(fs->f_frsize != 0 ? fs->f_frsize : fs->f_bsize),
	    .f_blocks = fs->f_blocks,
	    .f_bfree = fs->f_bfree,
	    .f_bavail = fs->f_bavail,
	    .f_files = fs->f_files,
	    .f_ffree = fs->f_ffree,
	    .f_favail = fs->f_ffree,
	    .f_fsid = (unsigned long)fsid[1] << 32 | fsid[0],
	    .f_flag = (unsigned long)fs->f_flags & ~0x20ul, /* not the kernel's ST_VALID */
	    .f_namemax = (unsigned long)fs->f_namelen,
	};
	return 0;
}

int
hijack_statvfs(const char *path, struct statvfs *buf)
{
	struct statfs fs;

	return statvfs_from(buf, &fs, hijack_statfs(path, &fs));
}
HIJACK_EXPORTS(statvfs)

int
hijack_fstatvfs(int fd, struct statvfs *buf)
{
	struct statfs fs;

	return statvfs_from(buf, &fs, hijack_fstatfs(fd, &fs));
}
HIJACK_EXPORTS(fstatvfs)

/* The rump kernel's file system has the limits of the host's tmpfs. */
long
hijack_pathconf(const char *path, int name)
{
	if (path == NULL || !route_path_is_rump(path))
		return host.pathconf(path, name);
	if (hijack_faccessat2(AT_FDCWD, path, F_OK, 0) != 0)
		return -1;
	return host.pathconf("/dev/shm", name);
}
HIJACK_EXPORTS(pathconf)

key_t
hijack_ftok(const char *path, int id)
{
	struct stat st;

	if (hijack_newfstatat(AT_FDCWD, path, &st, 0) != 0)
		return (key_t)-1;
	return (
	    key_t)((st.st_ino & 0xffff) | (st.st_dev & 0xff) << 16 | (unsigned)(id & 0xff) << 24);
}
HIJACK_EXPORTS(ftok)

int
hijack___xmknodat(int version, int dirfd, const char *path, mode_t mode, dev_t *dev)
{
	if (version != 0)
		return hijack_fail(EINVAL);
	return hijack_mknodat(dirfd, path, mode, *dev);
}
HIJACK_EXPORTS(__xmknodat)

int
hijack___xmknod(int version, const char *path, mode_t mode, dev_t *dev)
{
	return hijack___xmknodat(version, AT_FDCWD, path, mode, dev);
}
HIJACK_EXPORTS(__xmknod)
