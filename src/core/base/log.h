/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line on standard error, in one write, by raw system call: it may be said from inside an
 * interposed function.  errno is kept.
 */
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

__attribute__((format(printf, 1, 2))) void log_line(const char *fmt, ...);

#endif
