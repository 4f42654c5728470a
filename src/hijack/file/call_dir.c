/* SPDX-License-Identifier: BSD-2-Clause */
/* opendir and its family, for both kernels, over dirstream.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "file/dirstream.h"
#include "hijack.h"
#include "ident/ident.h"
#include "syscall/hijack_exports.h"

#define OPEN_DIR (O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC)

static DIR *
stream_new(int fd)
{
	DIR *dir = malloc(sizeof *dir);

	if (dir == NULL)
		return NULL;
	dir->fd = fd;
	pthread_mutex_init(&dir->lock, NULL);
	dir->pos = 0;
	dir->len = dir->off = 0;
	return dir;
}

DIR *
hijack_opendir(const char *path)
{
	int fd = hijack_openat(AT_FDCWD, path, OPEN_DIR);
	DIR *dir = fd < 0 ? NULL : stream_new(fd);

	if (fd >= 0 && dir == NULL)
		raw_close(fd);
	return dir;
}
HIJACK_EXPORTS(opendir)

static int
check_dirfd(int fd)
{
	struct stat st;
	uint64_t word;
	long flags = raw_call2(SYS_fcntl, fd, F_GETFL);

	if (flags < 0)
		return EBADF;
	if (!ident_dir(fd, &word)) {
		if (raw_call2(SYS_fstat, fd, &st) != 0)
			return EBADF;
		if (!S_ISDIR(st.st_mode))
			return ENOTDIR;
	}
	if ((flags & O_PATH) != 0)
		return EBADF;
	return (flags & O_ACCMODE) == O_WRONLY ? EINVAL : 0;
}

DIR *
hijack_fdopendir(int fd)
{
	DIR *dir;
	int error = check_dirfd(fd);

	if (error != 0) {
		errno = error;
		return NULL;
	}
	dir = stream_new(fd);
	if (dir != NULL)
		dir->pos = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	return dir;
}
HIJACK_EXPORTS(fdopendir)

struct dirent *
hijack_readdir(DIR *dir)
{
	struct dirent *entry = NULL;
	int error;

	pthread_mutex_lock(&dir->lock);
	error = dirstream_next(dir, &entry);
	pthread_mutex_unlock(&dir->lock);
	/* A directory that was removed while it is open ends, says POSIX: Linux says ENOENT. */
	if (error != 0 && error != ENOENT)
		errno = error;
	return entry;
}
HIJACK_EXPORTS(readdir)

int
hijack_readdir_r(DIR *dir, struct dirent *entry, struct dirent **result)
{
	struct dirent *found = NULL;
	int error;

	pthread_mutex_lock(&dir->lock);
	error = dirstream_next(dir, &found);
	if (error == 0)
		memcpy(entry, found, found->d_reclen);
	pthread_mutex_unlock(&dir->lock);
	*result = error == 0 ? entry : NULL;
	return error == ENOENT ? 0 : error;
}
HIJACK_EXPORTS(readdir_r)

int
hijack_closedir(DIR *dir)
{
	int fd;

	if (dir == NULL)
		return hijack_fail(EINVAL);
	fd = dir->fd;
	pthread_mutex_destroy(&dir->lock);
	free(dir);
	return hijack_close(fd);
}
HIJACK_EXPORTS(closedir)

int
hijack_dirfd(DIR *dir)
{
	return dir->fd;
}
HIJACK_EXPORTS(dirfd)

void
hijack_seekdir(DIR *dir, long pos)
{
	pthread_mutex_lock(&dir->lock);
	raw_call3(SYS_lseek, dir->fd, pos, SEEK_SET);
	dir->len = dir->off = 0;
	dir->pos = pos;
	pthread_mutex_unlock(&dir->lock);
}
HIJACK_EXPORTS(seekdir)

void
hijack_rewinddir(DIR *dir)
{
	hijack_seekdir(dir, 0);
}
HIJACK_EXPORTS(rewinddir)

long
hijack_telldir(DIR *dir)
{
	long pos;

	pthread_mutex_lock(&dir->lock);
	pos = dir->pos;
	pthread_mutex_unlock(&dir->lock);
	return pos;
}
HIJACK_EXPORTS(telldir)

ssize_t
hijack_getdents64(int fd, void *buf, size_t nbyte)
{
	size_t len = 0;
	int error = dirstream_fill(fd, buf, nbyte, &len);

	return hijack_ret(error, (int64_t)len);
}
HIJACK_EXPORTS(getdents64)

ssize_t
hijack_getdirentries(int fd, char *buf, size_t nbyte, off_t *base)
{
	off_t start = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	ssize_t got = hijack_getdents64(fd, buf, nbyte);

	if (got >= 0)
		*base = start;
	return got;
}
HIJACK_EXPORTS(getdirentries)
