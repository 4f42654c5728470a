/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A little preload library made with the generator: what it changes, program.c looks at.
 * Before main it shows that the host table works without any constructor having run.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
hijack_openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (strcmp(path, "/interposed") == 0)
		return 777;
	return host.openat(dirfd, path, flags, mode);
}
HIJACK_EXPORTS(openat)

ssize_t
hijack_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	if (strcmp(path, "/interposed") == 0)
		return 0;
	return host.readlinkat(dirfd, path, buf, size);
}
HIJACK_EXPORTS(readlinkat)

ssize_t
hijack_read(int fd, void *buf, size_t nbyte)
{
	if (fd != 777)
		return host.read(fd, buf, nbyte);
	memset(buf, 'x', nbyte);
	return (ssize_t)nbyte;
}
HIJACK_EXPORTS(read)

FILE *
hijack_fopen(const char *path, const char *mode)
{
	if (strcmp(path, "/interposed") == 0)
		path = "/dev/null";
	return host.fopen(path, mode);
}
HIJACK_EXPORTS(fopen)

int
hijack_no_such_function(int n)
{
	return host.no_such_function(n);
}
HIJACK_EXPORTS(no_such_function)

static void
must(int condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "not so: %s\n", what);
		_exit(1);
	}
}

__attribute__((constructor)) static void
before_main(void)
{
	int fd = host.openat(AT_FDCWD, "/dev/zero", O_RDONLY);
	char byte = 1;
	FILE *null;

	must(fd >= 0 && host.read(fd, &byte, 1) == 1 && byte == 0, "bare system calls work");
	close(fd);
	must(host.openat(AT_FDCWD, "/no/such/file", O_RDONLY) == -1 && errno == ENOENT,
	    "they set errno");
	null = host.fopen("/dev/null", "r");
	must(null != NULL, "a function finds itself");
	fclose(null);
	errno = 0;
	must(host.no_such_function(1) == -1 && errno == ENOSYS, "what is not there is ENOSYS");
	must(host.no_such_function(1) == -1, "and stays so");
	must(host.openat(AT_FDCWD, "/no/such/file", O_RDONLY) == -1 && errno == ENOENT,
	    "libc's function is in the table");
	setenv("INTERPOSE_LIB", "1", 1);
}
