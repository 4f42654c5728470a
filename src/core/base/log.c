/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines on standard error.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/raw.h"

void
log_line(const char *fmt, ...)
{
	char line[512];
	int saved = errno;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof line - 1, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof line - 2)
		len = (int)sizeof line - 2;
	if (len >= 0) {
		line[len] = '\n';
		raw_call3(SYS_write, 2, line, len + 1);
	}
	errno = saved;
}
