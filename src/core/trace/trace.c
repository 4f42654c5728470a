/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RUMP_TRACE: where the lines go.
 *
 * The program may close any descriptor (daemons close all of them) and get our number for a file
 * of its own.  So the file's identity is kept and compared before each line.
 */
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/raw.h"
#include "trace/call.h"

#define FD_HIGH 1024 /* the descriptor's number is just below this, or the process's limit */
#define FD_ROOM 4

PER_PROCESS int trace_on;
PER_PROCESS int trace_fd = -1;

static struct {
	dev_t dev;
	ino_t ino;
} trace_file;

/* The number after which few programs look; the client's own descriptors are there, too. */
static int
high_number(void)
{
	struct rlimit limit = {FD_HIGH, FD_HIGH};

	raw_call4(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
	return (int)(limit.rlim_cur < FD_HIGH ? limit.rlim_cur : FD_HIGH) - FD_ROOM;
}

/* A close-on-exec copy of fd with a high number, or at least none of 0, 1, 2; negative errno. */
static int
copy_high(int fd)
{
	int copy = (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, high_number());

	return copy >= 0 ? copy : (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
}

/* Negative errno. */
static int
open_trace(const char *where)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, fd, copy;

	if (strcmp(where, "-") == 0)
		return copy_high(2);
	fd = (int)raw_call4(SYS_openat, AT_FDCWD, where, flags, 0666);
	if (fd < 0)
		return fd;
	copy = copy_high(fd);
	raw_close(fd);
	return copy;
}

void
trace_init(void)
{
	const char *where = secure_getenv("RUMP_TRACE");
	struct stat st;
	int fd;

	if (where == NULL || where[0] == '\0' || OWN(trace_on))
		return;
	fd = open_trace(where);
	if (fd < 0) {
		log_line("rumpclient: RUMP_TRACE=%s: %s: no trace", where, strerrordesc_np(-fd));
		return;
	}
	if (raw_call2(SYS_fstat, fd, &st) < 0)
		return;
	trace_file.dev = st.st_dev;
	trace_file.ino = st.st_ino;
	OWN(trace_fd) = fd;
	OWN(trace_on) = 1;
}

static bool
still_ours(void)
{
	struct stat st;

	return raw_call2(SYS_fstat, OWN(trace_fd), &st) == 0 && st.st_dev == trace_file.dev &&
	       st.st_ino == trace_file.ino;
}

void
trace_call(unsigned nr, const uint64_t args[6], int error, const int64_t retval[2], int fd)
{
	struct trace_result res = {.error = error, .retval = retval[0], .fd = fd};
	struct line line = {.len = 0};

	if (!still_ours()) {
		OWN(trace_on) = 0;
		OWN(trace_fd) = -1;
		return;
	}
	line_int(&line, raw_call0(SYS_gettid));
	line_char(&line, ' ');
	line_call(&line, nr, args, &res);
	line_end(&line);
	raw_call3(SYS_write, OWN(trace_fd), line.text, line.len);
}
