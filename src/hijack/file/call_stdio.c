/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stdio: only the openers.  A FILE on a file of the rump kernel is libc's own on a host descriptor,
 * and everything behind it, which never passes a symbol, is right by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/raw.h"
#include "hijack.h"
#include "ident/closing.h"
#include "ident/ident.h"
#include "ident/parts.h"
#include "route/mounts.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* O_ flags of a mode, or -1. */
static int
open_flags(const char *mode)
{
	int flags;

	if (*mode == 'r')
		flags = O_RDONLY;
	else if (*mode == 'w')
		flags = O_WRONLY | O_CREAT | O_TRUNC;
	else if (*mode == 'a')
		flags = O_WRONLY | O_CREAT | O_APPEND;
	else
		return -1;
	for (const char *p = mode + 1; *p != '\0' && *p != ','; p++) {
		if (*p == '+')
			flags = (flags & ~O_ACCMODE) | O_RDWR;
		else if (*p == 'x')
			flags |= O_EXCL;
		else if (*p == 'e')
			flags |= O_CLOEXEC;
	}
	return flags;
}

/* Opens for a stream, which reads without being seen; one that only appends begins at the end, as
 * ftell() shows. */
static int
open_for_stream(const char *path, int flags)
{
	int fd = hijack_openat(AT_FDCWD, path, flags, 0666);
	int error = fd < 0 ? 0 : parts_need_all(fd);

	if (error != 0) {
		raw_close(fd);
		return hijack_fail(error);
	}
	if (fd >= 0 && (flags & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND))
		raw_call3(SYS_lseek, fd, 0, SEEK_END);
	return fd;
}

/* The mode without x: for opening once more what now exists. */
static void
reopening_mode(char *dst, size_t size, const char *mode)
{
	size_t n = 0;

	for (const char *p = mode; *p != '\0' && n + 1 < size; p++) {
		if (*p != 'x')
			dst[n++] = *p;
	}
	dst[n] = '\0';
}

/* Puts fd under a stream that is open on something else; fd is used up. */
static FILE *
put_under(FILE *stream, int fd, const char *mode)
{
	int flags = strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;
	long error = raw_call3(SYS_dup3, fd, fileno(stream), flags);

	closing_copied(fd, fileno(stream));
	raw_close(fd);
	if (error >= 0)
		return stream;
	host.fclose(stream);
	errno = (int)-error;
	return NULL;
}

/*
 * A stream with a character set (",ccs=") can only be made by fopen: on /dev/null, with the real
 * file put under it.
 */
static FILE *
open_converting(int fd, const char *mode)
{
	char again[64];
	FILE *stream;

	reopening_mode(again, sizeof again, mode);
	stream = host.fopen("/dev/null", again);
	if (stream == NULL) {
		raw_close(fd);
		return NULL;
	}
	return put_under(stream, fd, mode);
}

/* libc's reading is to say EISDIR, as of a directory of the host; nothing else is done with a
 * stream on one.  0, or -1 with fd closed. */
static int
put_directory(int fd)
{
	long cloexec = raw_call2(SYS_fcntl, fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0;
	long root = raw_call4(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	long error = root < 0 ? root : raw_call3(SYS_dup3, root, fd, cloexec);

	if (root >= 0)
		raw_close((int)root);
	if (error >= 0)
		return 0;
	raw_close(fd);
	return hijack_fail((int)-error);
}

FILE *
hijack_fopen(const char *path, const char *mode)
{
	int flags = open_flags(mode);
	FILE *stream;
	uint64_t word;
	int fd;

	if (flags < 0 || !route_path_is_rump(path)) {
		stream = host.fopen(path, mode);
		if (stream != NULL && mounts_is_table(path))
			mounts_complete(fileno(stream), path, flags);
		if (stream != NULL || errno != ENOENT)
			return stream;
		/* Perhaps by a link of the host's. */
	}
	fd = open_for_stream(path, flags);
	if (fd < 0)
		return NULL;
	if (flags == O_RDONLY && ident_dir(fd, &word) && put_directory(fd) != 0)
		return NULL;
	if (strchr(mode, ',') != NULL)
		return open_converting(fd, mode);
	stream = host.fdopen(fd, mode);
	if (stream == NULL)
		raw_close(fd);
	return stream;
}
HIJACK_EXPORTS(fopen)

int
hijack_fclose(FILE *stream)
{
	uint64_t word = closing_begin(fileno(stream));
	int result = host.fclose(stream), saved = errno;
	int error = closing_tell(word);

	errno = saved;
	if (error == 0 || result != 0)
		return result;
	errno = error;
	return EOF;
}
HIJACK_EXPORTS(fclose)

/* The stream is closed all the same. */
static FILE *
reopen_failed(const char *mode, FILE *stream, int error)
{
	(void)host.freopen("", mode, stream);
	errno = error;
	return NULL;
}

/* freopen() of a file of the rump kernel. */
static FILE *
reopen_rump(const char *path, int flags, const char *mode, FILE *stream)
{
	char again[64];
	int fd;

	fflush(stream);
	fd = open_for_stream(path, flags);
	if (fd < 0)
		return reopen_failed(mode, stream, errno);
	/* The stream's descriptor was closed before: its number is to be the stream's again. */
	if (fd == fileno(stream)) {
		fd = (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, fd + 1);
		raw_close(fileno(stream));
		if (fd < 0)
			return reopen_failed(mode, stream, -fd);
	}
	reopening_mode(again, sizeof again, mode);
	stream = host.freopen("/dev/null", again, stream);
	if (stream == NULL) {
		raw_close(fd);
		return NULL;
	}
	return put_under(stream, fd, mode);
}

FILE *
hijack_freopen(const char *path, const char *mode, FILE *stream)
{
	int flags = open_flags(mode), saved;
	uint64_t word = path == NULL ? 0 : closing_begin(fileno(stream));

	if (path == NULL || flags < 0 || !route_path_is_rump(path))
		stream = host.freopen(path, mode, stream);
	else
		stream = reopen_rump(path, flags, mode, stream);
	saved = errno;
	(void)closing_tell(word); /* as in Linux, nobody hears of it */
	errno = saved;
	return stream;
}
HIJACK_EXPORTS(freopen)

FILE *
hijack_setmntent(const char *path, const char *mode)
{
	char with_cloexec[16];

	if (strlen(mode) + 1 >= sizeof with_cloexec)
		return host.setmntent(path, mode);
	stpcpy(stpcpy(with_cloexec, mode), "e");
	return hijack_fopen(path, with_cloexec);
}
HIJACK_EXPORTS(setmntent)
