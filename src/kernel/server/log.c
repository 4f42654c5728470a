/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines for the operator, on standard error.  One write a line, so that lines of different threads
 * do not mix.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rump/rumpserver.h"
#include "server.h"

#define LINE_MAX_LEN 512

static bool log_verbose;
static char message[LINE_MAX_LEN];

void
server_log_init(bool verbose)
{
	log_verbose = verbose;
}

static void __attribute__((format(printf, 1, 0))) log_line(const char *fmt, va_list ap)
{
	static const char prefix[] = "rump_server: ";
	char line[LINE_MAX_LEN];
	size_t len = sizeof prefix - 1;
	ssize_t n;

	memcpy(line, prefix, len);
	vsnprintf(line + len, sizeof line - len - 1, fmt, ap);
	len = strlen(line);
	line[len++] = '\n';
	n = write(STDERR_FILENO, line, len);
	(void)n; /* nobody left to tell */
}

void
server_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(fmt, ap);
	va_end(ap);
}

void
server_note(const char *fmt, ...)
{
	va_list ap;

	if (!log_verbose)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap);
	va_end(ap);
}

int
server_fail(int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	return error;
}

const char *
rump_server_message(void)
{
	return message;
}
